/// Why bytes are not an acceptable event: a code for machines, a sentence for people, and where.
///
/// It never holds a value of the event: member names, byte positions and limits only.
package struct EventRejection: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: RejectionReason
    /// What failed, and the limit or the remedy.
    package let message: String
    /// The offending byte, counted from 0 at the event's own first byte.
    package let byteOffset: Int?
    /// The member concerned, as a path such as `traits.email` or `items[2].price`.
    package let field: String?

    package init(
        _ reason: RejectionReason, _ message: String, byteOffset: Int? = nil, field: String? = nil
    ) {
        self.reason = reason
        self.message = message
        self.byteOffset = byteOffset
        self.field = field
    }

    /// The reason's stable name, as answered to senders: `duplicate-key`, `missing-field`, ….
    package var code: String { reason.rawValue }

    package var description: String {
        var text = "\(code): \(message)"
        if let field { text += " (field \(field))" }
        if let byteOffset { text += " (byte \(byteOffset))" }
        return text
    }
}

/// Every reason for refusing an event. The raw values are part of the HTTP API: never change one.
package enum RejectionReason: String, Sendable, Hashable, CaseIterable {
    // The text is not JSON as RFC 8259 has it.
    case emptyInput = "empty-input"
    case byteOrderMark = "byte-order-mark"
    case invalidUTF8 = "invalid-utf8"
    case unexpectedByte = "unexpected-byte"
    case unexpectedEnd = "unexpected-end"
    case trailingBytes = "trailing-bytes"
    case controlCharacter = "control-character"
    case invalidEscape = "invalid-escape"
    case loneSurrogate = "lone-surrogate"
    case nulCharacter = "nul-character"
    case invalidNumber = "invalid-number"
    case notANumber = "not-a-number"

    // It is JSON, but ambiguous or beyond a limit.
    case duplicateKey = "duplicate-key"
    case numberOutOfRange = "number-out-of-range"
    case numberTooLong = "number-too-long"
    case tooDeep = "too-deep"
    case tooManyMembers = "too-many-members"
    case keyTooLong = "key-too-long"
    case stringTooLong = "string-too-long"
    case eventTooLarge = "event-too-large"
    case sharedTooLarge = "shared-too-large"
    case tooManyEvents = "too-many-events"

    // It is sound JSON, but not an event of the specification.
    case notAnObject = "not-an-object"
    case missingField = "missing-field"
    case wrongType = "wrong-type"
    case unknownType = "unknown-type"
    case typeMismatch = "type-mismatch"
    case invalidTimestamp = "invalid-timestamp"
    /// A row of a CSV file that cannot be read, or has no place in it for what its column should
    /// hold. Files only.
    case malformedRow = "malformed-row"
    /// The same message ID was accepted before with another body; the first stays.
    case messageIDConflict = "message-id-conflict"
}
