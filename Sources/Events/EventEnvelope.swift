/// What the door needs to know of an event before the log takes it.
package struct EventEnvelope: Sendable, Hashable {
    /// What the event's own `type` says; `nil` when it has none.
    package let kind: EventKind?
    /// The sender's own id; `nil` when it gave none (or an empty one) and one must be assigned.
    package let messageID: SentText?
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
    /// Where the write key's characters stand in the bytes that this envelope was read from.
    package let writeKeyPlace: Range<Int>?

    /// The same, for bytes in which everything stands `distance` further on.
    package func moved(by distance: Int) -> EventEnvelope {
        EventEnvelope(
            kind: kind, messageID: messageID?.moved(by: distance), hasUserID: hasUserID,
            hasAnonymousID: hasAnonymousID, hasIntegrations: hasIntegrations, timestamp: timestamp,
            originalTimestamp: originalTimestamp, sentAt: sentAt, receivedAt: receivedAt,
            writeKey: writeKey, writeKeyPlace: writeKeyPlace?.moved(by: distance))
    }
}

/// A text of the sender's: where its characters stand in the bytes it was read from, so that most
/// texts are never copied, or the characters themselves where escapes hide them.
package enum SentText: Sendable, Hashable {
    case place(Range<Int>)
    case text(String)

    /// Its characters; `bytes` are those it was read from.
    package func text(in bytes: UnsafeRawBufferPointer) -> String {
        switch self {
        case .place(let place): String(decoding: bytes[place], as: UTF8.self)
        case .text(let text): text
        }
    }

    /// Lends its characters as UTF-8; `bytes` are those it was read from.
    package func withBytes<R>(
        in bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        switch self {
        case .place(let place): return body(UnsafeRawBufferPointer(rebasing: bytes[place]))
        case .text(var text): return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        }
    }

    /// The same text, for bytes in which everything stands `distance` further on.
    package func moved(by distance: Int) -> SentText {
        switch self {
        case .place(let place): .place(place.moved(by: distance))
        case .text: self
        }
    }
}

extension Range<Int> {
    /// The same place in bytes in which everything stands `distance` further on.
    package func moved(by distance: Int) -> Range<Int> {
        (lowerBound + distance)..<(upperBound + distance)
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

    init() {}

    /// Reads the object that starts at the scanner's place, strictly, and moves behind it.
    init(_ scanner: inout JSONScanner) throws(JSONFault) {
        self.init()
        let frame = try scanner.openObject()
        while let name = try scanner.nextMember(of: frame) {
            let value = try scanner.skipValue()
            note(name, value, in: scanner.base)
        }
    }

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
