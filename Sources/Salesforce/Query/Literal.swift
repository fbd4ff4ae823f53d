import Records

/// A value in a query's condition, typed so that it can be written in only one, safe way.
///
/// Source: SOQL and SOSL Reference, "Quoted String Escape Sequences", "Date Formats and Date
/// Literals", "Querying Multi-Select Picklists".
package enum Literal: Sendable, Hashable {
    /// Quoted and escaped. Never empty or blank: Salesforce takes `''` for null, so such a
    /// condition would match every record without a value.
    case text(String)
    /// The chosen values of a multi-select, `A;B`: quoted and escaped as text is. Only `=` compares
    /// it, so it is never part of a list.
    case choices(String)
    case id(RecordID)
    case number(DecimalNumber)
    case boolean(Bool)
    /// `2026-01-02`, unquoted.
    case date(String)
    /// `2026-01-02T03:04:05Z`, unquoted.
    case datetime(String)
    /// `03:04:05.000Z`, unquoted.
    case time(String)
    case null

    /// One literal may have this many characters; counted after escaping, to be on the safe side.
    package static let textCharactersMax = 4_000

    /// The literal of a value for a field of this type.
    ///
    /// - Parameter value: coerced to the type before (``FieldDescription/coerce(_:)``).
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` when the value's kind does not fit the
    ///   type.
    package init(_ value: FieldValue, type: FieldType) throws(SalesforceError) {
        switch (type, value) {
        case (_, .null): self = .null
        case (.id, .text(let text)), (.reference, .text(let text)):
            guard let id = RecordID(text) else {
                throw .invalidRequest("a condition on an id field needs a record id")
            }
            self = .id(id)
        case (.boolean, .boolean(let value)): self = .boolean(value)
        case (.int, .number(let value)), (.long, .number(let value)), (.double, .number(let value)),
            (.currency, .number(let value)), (.percent, .number(let value)):
            self = .number(value)
        case (.date, .text(let text)): self = .date(text)
        case (.datetime, .text(let text)): self = .datetime(text)
        case (.time, .text(let text)): self = .time(text)
        case (.multipicklist, .text(let text)): self = .choices(text)
        case (.boolean, _), (.int, _), (.long, _), (.double, _), (.currency, _), (.percent, _),
            (.location, _), (.address, _), (.base64, _):
            throw .invalidRequest(
                "a \(value.kindName) cannot be compared with a field of type \(type.rawValue)")
        case (_, .text(let text)): self = .text(text)
        default:
            throw .invalidRequest(
                "a \(value.kindName) cannot be compared with a field of type \(type.rawValue)")
        }
        _ = try soql()
    }

    /// The literal as SOQL.
    ///
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` for empty or blank text, text with NUL or
    ///   longer than ``textCharactersMax``, and dates not in their one form.
    func soql() throws(SalesforceError) -> String {
        switch self {
        case .text(let text), .choices(let text): return try Self.quoted(text)
        case .id(let id): return "'\(id.description)'"
        case .number(let number): return number.description
        case .boolean(let value): return value ? "true" : "false"
        case .date(let text):
            return try Self.checked(text, Self.matches(text[...], "0000-00-00"))
        case .datetime(let text):
            return try Self.checked(text, Self.isDatetime(text))
        case .time(let text):
            return try Self.checked(
                text,
                Self.matches(text[...], "00:00:00Z") || Self.matches(text[...], "00:00:00.000Z"))
        case .null: return "null"
        }
    }

    /// Whether it may stand in the list of an `IN`.
    var isListable: Bool {
        switch self {
        case .null, .choices: false
        case .text, .id, .number, .boolean, .date, .datetime, .time: true
        }
    }

    private static func quoted(_ text: String) throws(SalesforceError) -> String {
        guard !text.allSatisfy(\.isWhitespace) else {
            throw .invalidRequest("an empty text matches records without a value; it is not sent")
        }
        var quoted = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": quoted += "\\'"
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{8}": quoted += "\\b"
            case "\u{c}": quoted += "\\f"
            case "\0": throw .invalidRequest("a text with a NUL character cannot be queried")
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        guard quoted.utf16.count - 1 <= textCharactersMax else {
            throw .invalidRequest("a text in a condition has more than 4,000 characters")
        }
        return quoted + "'"
    }

    private static func checked(_ text: String, _ isValid: Bool) throws(SalesforceError) -> String {
        guard isValid else { throw .invalidRequest("a date, datetime or time is not in its form") }
        return text
    }

    private static func isDatetime(_ text: String) -> Bool {
        let stem = text.prefix(19)
        guard matches(stem, "0000-00-00T00:00:00") else { return false }
        var zone = text.dropFirst(19)
        if matches(zone.prefix(4), ".000") { zone = zone.dropFirst(4) }
        return zone == "Z" || matches(zone, "+00:00") || matches(zone, "-00:00")
    }

    /// Whether `text` has the shape of `pattern`, in which `0` stands for any digit.
    private static func matches(_ text: Substring, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
        return text.count == pattern.count
            && zip(text, pattern).allSatisfy { byte, wanted in
                wanted == UInt8(ascii: "0") ? ASCII.isDigit(byte) : byte == wanted
            }
    }
}
