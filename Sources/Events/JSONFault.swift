/// What stopped a scan, in the smallest form: the sentence and the field are worked out only once,
/// by whoever answers the sender, so that scanning code carries no strings.
struct JSONFault: Error {
    let reason: RejectionReason
    let byte: Int

    /// The rejection a sender sees.
    ///
    /// - Parameter bytes: the scanned bytes, from which the field's path is found again.
    func rejection(in bytes: UnsafeRawBufferPointer, limits: EventLimits) -> EventRejection {
        let known = FieldPath.of(byte: byte, in: bytes)
        return EventRejection(
            reason, message(limits: limits), byteOffset: byte, field: known.isEmpty ? nil : known)
    }

    private func message(limits: EventLimits) -> String {
        switch reason {
        case .emptyInput: "nothing but white space; send one JSON object"
        case .byteOrderMark: "starts with a byte order mark; send UTF-8 without one"
        case .invalidUTF8: "is not valid UTF-8 here; encode the text as UTF-8"
        case .unexpectedByte: "this byte cannot stand here in JSON"
        case .unexpectedEnd: "the JSON ends too early"
        case .trailingBytes: "something follows the end of the JSON value; send one value only"
        case .controlCharacter: "a control character in a string must be escaped"
        case .invalidEscape: "this is no escape of JSON"
        case .loneSurrogate: "half of a surrogate pair stands alone; send the whole character"
        case .nulCharacter: "the character U+0000 is not accepted; leave it out"
        case .invalidNumber: "this is no number of JSON"
        case .notANumber: "NaN and Infinity are no JSON; send null or leave the member out"
        case .duplicateKey: "the object has this member name already; send each name once"
        case .numberOutOfRange: "the number is outside the range of a double; send it as a string"
        case .numberTooLong: "the number has more than \(limits.numberBytesMax) characters"
        case .tooDeep: "nested deeper than \(limits.depthMax) levels"
        case .tooManyMembers: "more than \(limits.memberCountMax) members in one event"
        case .keyTooLong: "the member name is longer than \(limits.keyBytesMax) bytes"
        case .stringTooLong: "the string is longer than \(limits.stringBytesMax) bytes"
        case .eventTooLarge: "the event is larger than \(limits.eventBytesMax) bytes"
        case .sharedTooLarge:
            "sentAt, context and integrations of the batch take more than "
                + "\(limits.sharedBytesMax) bytes; send context with each event"
        case .notAnObject: "an event is one JSON object"
        case .tooManyEvents, .missingField, .wrongType, .unknownType, .typeMismatch,
            .invalidTimestamp, .malformedRow, .messageIDConflict:
            reason.rawValue
        }
    }
}
