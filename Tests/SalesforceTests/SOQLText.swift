/// Reads SOQL as the reference describes it, independently of the writer under test: quoted text
/// with the escapes of "Quoted String Escape Sequences", and lists of it. By scalars, because a
/// quote and a combining accent behind it are one `Character`.
struct SOQLText {
    private var rest: ArraySlice<Unicode.Scalar>

    init(_ soql: String) { rest = Array(soql.unicodeScalars)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next quoted literal's value; `nil` when there is none here or an escape is not a legal
    /// one.
    mutating func literal() -> String? {
        guard rest.popFirst() == "'" else { return nil }
        var text = ""
        while let character = rest.popFirst() {
            if character == "'" { return text }
            guard character == "\\" else {
                text.unicodeScalars.append(character)
                continue
            }
            guard let escaped = escape() else { return nil }
            text.unicodeScalars.append(escaped)
        }
        return nil
    }

    /// Skips to after `marker`.
    mutating func skip(after marker: String) -> Bool {
        let marker = Array(marker.unicodeScalars)
        while rest.count >= marker.count {
            if rest.starts(with: marker) {
                rest = rest.dropFirst(marker.count)
                return true
            }
            rest = rest.dropFirst()
        }
        return false
    }

    /// The values of a list of quoted literals up to its closing parenthesis.
    mutating func list() -> [String]? {
        var values: [String] = []
        while let value = literal() {
            values.append(value)
            let separator = rest.popFirst()
            if separator == ")" { return values }
            guard separator == "," else { return nil }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        switch rest.popFirst() {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "\"": return "\""
        case "'": return "'"
        case "\\": return "\\"
        case "u":
            let digits = String(String.UnicodeScalarView(rest.prefix(4)))
            rest = rest.dropFirst(4)
            return UInt32(digits, radix: 16).flatMap { Unicode.Scalar($0) }
        default: return nil
        }
    }
}
