/// Splits `{"batch":[…]}`, or a JSON array, into its events, and reads those that are good in
/// passing.
///
/// What stands between the events, and all of the batch's own members, is checked strictly. An
/// event is read as ``EventParser`` reads it. Of one that is not good only strings and brackets are
/// followed, to its end, so that it leaves the others acceptable; ``EventParser`` then judges it
/// alone. Brackets that do not pair make the whole request unreadable: nobody could say where the
/// next event starts.
package enum BatchSplitter {
    package static func split(
        _ bytes: UnsafeRawBufferPointer, limits: BatchLimits = .init()
    ) throws(EventRejection) -> Batch {
        var scanLimits = limits.event
        scanLimits.eventBytesMax = limits.bodyBytesMax
        let parts: BatchParts
        do throws(JSONFault) {
            parts = try scan(bytes, limits: scanLimits, countMax: limits.eventCountMax)
        } catch {
            throw rejection(error, in: bytes, limits: limits, scanLimits: scanLimits)
        }
        return try parts.batch(in: bytes, limits: limits.event)
    }

    /// As for a buffer; the bytes are borrowed, not copied.
    package static func split(
        _ bytes: [UInt8], limits: BatchLimits = .init()
    ) throws(EventRejection) -> Batch {
        try bytes.withUnsafeBufferPointer { buffer throws(EventRejection) -> Batch in
            try split(UnsafeRawBufferPointer(buffer), limits: limits)
        }
    }

    private static func scan(
        _ bytes: UnsafeRawBufferPointer, limits: EventLimits, countMax: Int
    ) throws(JSONFault) -> BatchParts {
        var scanner = try JSONScanner.open(bytes, limits: limits)
        var parts = BatchParts()
        switch scanner.byte(at: scanner.index) {
        case ASCII.openBracket: parts.items = try scanner.splitArray(countMax: countMax)
        case ASCII.openBrace:
            let frame = try scanner.openObject()
            while let name = try scanner.nextMember(of: frame) {
                try parts.take(name, from: &scanner, countMax: countMax)
            }
        default: throw JSONFault(reason: .notAnObject, byte: scanner.index)
        }
        try scanner.finish()
        return parts
    }

    private static func rejection(
        _ fault: JSONFault, in bytes: UnsafeRawBufferPointer, limits: BatchLimits,
        scanLimits: EventLimits
    ) -> EventRejection {
        switch fault.reason {
        case .tooManyEvents:
            EventRejection(
                .tooManyEvents,
                "more than \(limits.eventCountMax) events in one request; send fewer",
                byteOffset: fault.byte, field: "batch")
        case .wrongType:
            EventRejection(
                .wrongType, "batch must be an array of events", byteOffset: fault.byte,
                field: "batch")
        default: fault.rejection(in: bytes, limits: scanLimits)
        }
    }
}

/// The members of a batch as they were met.
private struct BatchParts {
    var items: [BatchItem]?
    private var sentAt = RawValue.absent
    private var receivedAt = RawValue.absent
    private var context = RawValue.absent
    private var integrations = RawValue.absent
    private var writeKey = RawValue.absent

    init() {}

    mutating func take(
        _ name: RawString, from scanner: inout JSONScanner, countMax: Int
    ) throws(JSONFault) {
        if name.equals("batch", in: scanner.base) {
            scanner.skipWhitespace()
            guard scanner.index < scanner.end else { throw scanner.fault(.unexpectedEnd) }
            guard scanner.byte(at: scanner.index) == ASCII.openBracket else {
                throw scanner.fault(.wrongType)
            }
            items = try scanner.splitArray(countMax: countMax)
            return
        }
        let value = try scanner.skipValue()
        if name.equals("sentAt", in: scanner.base) { sentAt = value }
        if name.equals("receivedAt", in: scanner.base) { receivedAt = value }
        if name.equals("context", in: scanner.base) { context = value }
        if name.equals("integrations", in: scanner.base) { integrations = value }
        if name.equals("writeKey", in: scanner.base) { writeKey = value }
    }

    func batch(
        in bytes: UnsafeRawBufferPointer, limits: EventLimits
    ) throws(EventRejection) -> Batch {
        guard let items, let base = bytes.baseAddress else {
            throw EventRejection(.missingField, "a batch needs its events", field: "batch")
        }
        var members = EnvelopeMembers()
        members.sentAt = sentAt
        members.receivedAt = receivedAt
        members.writeKey = writeKey
        members.context = context
        members.integrations = integrations
        let check = EnvelopeCheck(members: members, base: base, routeKind: nil, limits: limits)
        let common = try check.batchMembers()
        let shared = shared(in: bytes)
        guard shared.count <= limits.sharedBytesMax else {
            throw JSONFault(reason: .sharedTooLarge, byte: context.start)
                .rejection(in: bytes, limits: limits)
        }
        return Batch(
            items: fitting(items, beside: shared, eventBytesMax: limits.eventBytesMax),
            shared: shared, writeKey: common.writeKey, sentAt: common.sentAt,
            receivedAt: common.receivedAt)
    }

    /// What the batch says is stored with each event, so it counts towards each event's size: one
    /// that is too large with it is left to be refused alone.
    private func fitting(
        _ items: [BatchItem], beside shared: [UInt8], eventBytesMax: Int
    ) -> [BatchItem] {
        let bytesMax = eventBytesMax - shared.count
        guard items.contains(where: { $0.place.count > bytesMax }) else { return items }
        return items.map { item in
            item.place.count > bytesMax ? BatchItem(place: item.place, envelope: nil) : item
        }
    }

    /// One object of the members that hold for each event, with the values' bytes as sent.
    private func shared(in bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var shared: [UInt8] = []
        for (name, value) in [
            ("sentAt", sentAt), ("context", context), ("integrations", integrations),
        ] where !value.isMissing {
            shared.append(shared.isEmpty ? ASCII.openBrace : ASCII.comma)
            JSONEscapes.write(name, to: &shared)
            shared.append(ASCII.colon)
            shared += bytes[value.start..<value.end]
        }
        if !shared.isEmpty { shared.append(ASCII.closeBrace) }
        return shared
    }
}
