/// Decides whether bytes are an event: one strict pass, no tree, and no copies but of a message ID
/// with escapes.
package enum EventParser {
    /// Checks that `bytes` are one event of the Segment and Customer.io Pipelines specification.
    ///
    /// Checked are the JSON itself (see ``JSONScanner``), the limits, the types of the
    /// specification's own members, and what each kind requires: `userId` or `anonymousId` for all,
    /// and `event` for track, `groupId` for group, `previousId` and `userId` for alias. `null`
    /// counts as absent.
    ///
    /// - Parameter kind: the kind the sender chose by another way (the path it posted to). An event
    ///   without `type` gets it, and one that says otherwise is refused.
    package static func validate(
        _ bytes: UnsafeRawBufferPointer, as kind: EventKind? = nil, limits: EventLimits = .init()
    ) throws(EventRejection) -> EventEnvelope {
        let members: EnvelopeMembers
        do throws(JSONFault) {
            members = try scan(bytes, limits: limits)
        } catch {
            throw error.rejection(in: bytes, limits: limits)
        }
        // A scan that succeeded has seen a buffer with an address.
        guard let base = bytes.baseAddress else {
            throw EventRejection(.emptyInput, "nothing to read", byteOffset: 0)
        }
        let check = EnvelopeCheck(members: members, base: base, routeKind: kind, limits: limits)
        return try check.envelope()
    }

    /// As for a buffer; the bytes are borrowed, not copied.
    package static func validate(
        _ bytes: [UInt8], as kind: EventKind? = nil, limits: EventLimits = .init()
    ) throws(EventRejection) -> EventEnvelope {
        try bytes.withUnsafeBufferPointer { buffer throws(EventRejection) -> EventEnvelope in
            try validate(UnsafeRawBufferPointer(buffer), as: kind, limits: limits)
        }
    }

    private static func scan(
        _ bytes: UnsafeRawBufferPointer, limits: EventLimits
    ) throws(JSONFault) -> EnvelopeMembers {
        var scanner = try JSONScanner.open(bytes, limits: limits)
        guard scanner.byte(at: scanner.index) == ASCII.openBrace else {
            let start = scanner.index
            try scanner.skipValue()
            try scanner.finish()
            throw JSONFault(reason: .notAnObject, byte: start)
        }
        let members = try EnvelopeMembers(&scanner)
        try scanner.finish()
        return members
    }
}
