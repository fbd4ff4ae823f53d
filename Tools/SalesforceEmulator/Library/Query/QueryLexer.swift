/// One word of a SOQL statement.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case name(String)
        case string(String)
        /// The quoted text after LIKE.
        case pattern([PatternPart])
        case symbol(String)
        case number(Double)
        case date(Int64)
        case dateTime(Int64)
        case time(String)
        case end
    }

    let kind: Kind
    /// 1-based column of the first character, counted in UTF-8 bytes.
    let position: Int
}

/// Splits a statement into tokens (SOQL and SOSL Reference, "Quoted String Escape Sequences",
/// "Date Formats and Date Literals in WHERE"). Works on bytes: statements near the URL limit,
/// with hundreds of quoted values, are the normal case.
struct QueryLexer {
    static let statementBytesMax = 100_000
    static let stringBytesMax = 4_000

    private let bytes: [UInt8]
    private var index = 0
    private var isAfterLike = false

    init(_ statement: String) {
        bytes = Array(statement.utf8)
    }

    mutating func tokens() throws(QueryError) -> [Token] {
        guard bytes.count <= Self.statementBytesMax else {
            throw .malformed("SOQL statements cannot be longer than 100000 characters.", nil)
        }
        var tokens: [Token] = []
        while let token = try next() {
            if case .name(let word) = token.kind {
                isAfterLike = word.uppercased() == "LIKE"
            } else {
                isAfterLike = false
            }
            tokens.append(token)
        }
        tokens.append(Token(kind: .end, position: bytes.count + 1))
        return tokens
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func next() throws(QueryError) -> Token? {
        while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { index += 1 }
        guard let byte = current else { return nil }
        let position = index + 1
        switch byte {
        case UInt8(ascii: "'"): return try string(at: position)
        case 0x30...0x39: return try numeric(at: position)
        case UInt8(ascii: "-"), UInt8(ascii: "+"): return try numeric(at: position)
        case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"):
            return Token(kind: .name(take(while: Self.isNameByte)), position: position)
        default: return Token(kind: .symbol(try symbol(byte, at: position)), position: position)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }

    private mutating func take(while matches: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = current, matches(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func symbol(_ byte: UInt8, at position: Int) throws(QueryError) -> String {
        index += 1
        let symbol = String(Unicode.Scalar(byte))
        if "<>!".contains(symbol), current == UInt8(ascii: "=") {
            index += 1
            return symbol + "="
        }
        if symbol == "<", current == UInt8(ascii: ">") {
            index += 1
            return "!="
        }
        guard "(),.=<>:".contains(symbol) else {
            throw .malformed("unexpected token: '\(symbol)'", position)
        }
        return symbol
    }

    /// A number, a date or a datetime: all begin with a digit or a sign.
    private mutating func numeric(at position: Int) throws(QueryError) -> Token {
        let text = take { byte in
            Self.isNameByte(byte) || "+-:.".utf8.contains(byte)
        }
        if let days = Instant.parseDay(text) { return Token(kind: .date(days), position: position) }
        if let time = Instant.parseDateTime(text) {
            return Token(kind: .dateTime(time), position: position)
        }
        // Salesforce Stack Exchange 370738: unquoted, with a zone; no page describes it.
        if let time = Instant.parseTime(text) {
            return Token(kind: .time(time), position: position)
        }
        guard let number = Double(text), number.isFinite else {
            throw .malformed("unexpected token: '\(text)'", position)
        }
        return Token(kind: .number(number), position: position)
    }

    private mutating func string(at position: Int) throws(QueryError) -> Token {
        index += 1
        var text: [UInt8] = []
        var parts: [PatternPart] = []
        while let byte = current, byte != UInt8(ascii: "'") {
            let start = index
            index += 1
            if byte == UInt8(ascii: "\\") {
                let escaped = try escape(at: position)
                text.append(contentsOf: escaped.text.utf8)
                if isAfterLike { parts.append(.character(escaped.literal)) }
                continue
            }
            while let follow = current, follow & 0xC0 == 0x80 { index += 1 }
            text.append(contentsOf: bytes[start..<index])
            if isAfterLike { parts.append(Self.part(bytes[start..<index])) }
        }
        guard current != nil else {
            throw .malformed("unexpected end of statement: unterminated string", position)
        }
        index += 1
        guard text.count <= Self.stringBytesMax else {
            throw .malformed("string literals cannot be longer than 4000 characters", position)
        }
        if isAfterLike { return Token(kind: .pattern(parts), position: position) }
        return Token(kind: .string(String(decoding: text, as: UTF8.self)), position: position)
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> PatternPart {
        switch bytes.first {
        case UInt8(ascii: "%"): .anyMany
        case UInt8(ascii: "_"): .anyOne
        default: .character(Character(String(decoding: bytes, as: UTF8.self)))
        }
    }

    /// `\n \r \t \b \f \" \' \\ \uXXXX`, and `\_ \%` for LIKE; a backslash before anything else
    /// is an error.
    private mutating func escape(
        at position: Int
    ) throws(QueryError) -> (text: String, literal: Character) {
        guard let byte = current else {
            throw .malformed("unexpected end of statement: unterminated string", position)
        }
        index += 1
        let character = Character(Unicode.Scalar(byte))
        switch character {
        case "n", "N": return ("\n", "\n")
        case "r", "R": return ("\r", "\r")
        case "t", "T": return ("\t", "\t")
        case "b", "B": return ("\u{8}", "\u{8}")
        case "f", "F": return ("\u{C}", "\u{C}")
        case "\"", "'", "\\": return (String(character), character)
        // Outside LIKE the backslash before these stays part of the text.
        case "_", "%": return ("\\\(character)", character)
        case "u", "U":
            let end = min(index + 4, bytes.count)
            guard end == index + 4,
                let code = UInt32(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { throw .malformed("invalid unicode escape in string", position) }
            index = end
            return (String(Character(scalar)), Character(scalar))
        default:
            throw .malformed("invalid escape sequence '\\\(character)' in string", position)
        }
    }
}
