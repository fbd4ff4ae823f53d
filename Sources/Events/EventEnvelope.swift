/// What the door needs to know of an event before the log takes it.
package struct EventEnvelope: Sendable, Hashable {
    /// What the event's own `type` says; `nil` when it has none.
    package let kind: EventKind?
    /// The sender's own id; `nil` when it gave none (or an empty one) and one must be assigned.
    package let messageID: String?
    package let hasUserID: Bool
    package let hasAnonymousID: Bool
    package let hasIntegrations: Bool
    /// Milliseconds since 1970-01-01T00:00:00Z, as are the next two.
    package let timestamp: Int64?
    package let originalTimestamp: Int64?
    package let sentAt: Int64?
    /// When another door received it, for events out of an archive; `nil` also when it is no date:
    /// nobody has to send it.
    package let receivedAt: Int64?
    /// The write key, for senders that put it into the body.
    package let writeKey: String?
    /// Where the write key's characters stand in the event's bytes.
    let writeKeyPlace: Range<Int>?

    /// The event's bytes as they may be kept: as sent, but for a write key in them, of which each
    /// byte is replaced by `*`. A secret does not belong in a log that is never trimmed; all else
    /// stays where it was.
    ///
    /// - Parameter bytes: those that this envelope was read from.
    package func withoutSecret(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var kept = [UInt8](bytes)
        if let writeKeyPlace {
            for index in writeKeyPlace { kept[index] = UInt8(ascii: "*") }
        }
        return kept
    }
}

/// The members of the top level that the envelope is made of, as they were met.
struct EnvelopeMembers {
    var type = RawValue.absent
    var messageID = RawValue.absent
    var userID = RawValue.absent
    var anonymousID = RawValue.absent
    var previousID = RawValue.absent
    var groupID = RawValue.absent
    var event = RawValue.absent
    var timestamp = RawValue.absent
    var originalTimestamp = RawValue.absent
    var sentAt = RawValue.absent
    var receivedAt = RawValue.absent
    var writeKey = RawValue.absent
    var context = RawValue.absent
    var traits = RawValue.absent
    var properties = RawValue.absent
    var integrations = RawValue.absent

    /// Keeps the value if its name is one of the envelope's.
    mutating func note(_ name: RawString, _ value: RawValue, in base: UnsafeRawPointer) {
        guard name.hasEscapes else { return note(base + name.start, count: name.count, value) }
        let raw = UnsafeRawBufferPointer(start: base + name.start, count: name.count)
        JSONEscapes.unescaped(raw).withUnsafeBytes { bytes in
            if let address = bytes.baseAddress { note(address, count: bytes.count, value) }
        }
    }

    /// By length first: most members differ in it, so most names cost one comparison or none.
    private mutating func note(_ name: UnsafeRawPointer, count: Int, _ value: RawValue) {
        func isNamed(_ text: StaticString) -> Bool {
            Bytes.areEqual(name, UnsafeRawPointer(text.utf8Start), count: count)
        }
        switch count {
        case 4: if isNamed("type") { type = value }
        case 5: if isNamed("event") { event = value }
        case 6:
            if isNamed("userId") { userID = value }
            if isNamed("traits") { traits = value }
            if isNamed("sentAt") { sentAt = value }
        case 7:
            if isNamed("context") { context = value }
            if isNamed("groupId") { groupID = value }
        case 8: if isNamed("writeKey") { writeKey = value }
        case 9:
            if isNamed("messageId") { messageID = value }
            if isNamed("timestamp") { timestamp = value }
        case 10:
            if isNamed("properties") { properties = value }
            if isNamed("previousId") { previousID = value }
            if isNamed("receivedAt") { receivedAt = value }
        case 11: if isNamed("anonymousId") { anonymousID = value }
        case 12: if isNamed("integrations") { integrations = value }
        case 17: if isNamed("originalTimestamp") { originalTimestamp = value }
        default: break
        }
    }
}
