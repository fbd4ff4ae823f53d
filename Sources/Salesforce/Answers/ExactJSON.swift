import Records

/// Why a body is not JSON.
struct JSONFault: Error, Sendable, Hashable {
    /// A phrase without values.
    let reason: String
    let byteOffset: Int
}

/// A strict JSON reader (RFC 8259) whose numbers keep their digits.
///
/// Foundation's decoders pass numbers through `Double`: `0.1` comes back with a tail and an
/// 18-digit number loses its last digits, which the next comparison would take for a difference and
/// write for ever. Duplicate members, invalid UTF-8, depth beyond ``depthMax`` and anything after
/// the value are refused, so that a cut or mangled body is never half read.
struct ExactJSON {
    /// Salesforce's own answers nest less than ten deep.
    static let depthMax = 64

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    static func parse(_ bytes: [UInt8]) throws(JSONFault) -> FieldValue {
        var reader = ExactJSON(bytes: bytes)
        let value = try reader.readValue()
        reader.skipSpace()
        guard reader.index == bytes.count else {
            throw reader.fault("there is text after the value")
        }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func fault(_ reason: String) -> JSONFault {
        JSONFault(reason: reason, byteOffset: index)
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            index += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func readValue() throws(JSONFault) -> FieldValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try readObject()
        case UInt8(ascii: "["): return try readList()
        case UInt8(ascii: "\""): return .text(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .boolean(true))
        case UInt8(ascii: "f"): return try readWord("false", .boolean(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case .none: throw fault("the body ends too early")
        case .some: return .number(try readNumber())
        }
    }

    private mutating func readWord(
        _ word: StaticString, _ value: FieldValue
    ) throws(JSONFault) -> FieldValue {
        let count = word.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: count)
        guard bytes[index...].starts(with: wanted) else { throw fault("not a JSON value") }
        index += count
        return value
    }

    private mutating func enter() throws(JSONFault) {
        index += 1
        depth += 1
        guard depth <= Self.depthMax else { throw fault("the body nests too deep") }
        skipSpace()
    }

    private mutating func readList() throws(JSONFault) -> FieldValue {
        try enter()
        defer { depth -= 1 }
        var values: [FieldValue] = []
        if take(UInt8(ascii: "]")) { return .list(values) }
        while true {
            values.append(try readValue())
            skipSpace()
            if take(UInt8(ascii: "]")) { return .list(values) }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or ] is missing") }
        }
    }

    private mutating func readObject() throws(JSONFault) -> FieldValue {
        try enter()
        defer { depth -= 1 }
        var members: [String: FieldValue] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a member name is missing") }
            let name = try readString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is missing") }
            let value = try readValue()
            guard members.updateValue(value, forKey: name) == nil else {
                throw fault("a member name occurs twice")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or } is missing") }
        }
    }
}

// Strings and numbers.
extension ExactJSON {
    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = next, ASCII.isDigit(byte) { index += 1 }
        return index - start
    }

    private mutating func readNumber() throws(JSONFault) -> DecimalNumber {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let leading = next
        let count = skipDigits()
        guard count == 1 || (count > 1 && leading != UInt8(ascii: "0")) else {
            throw fault("not a JSON value")
        }
        if take(UInt8(ascii: ".")), skipDigits() == 0 { throw fault("a digit is missing") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            guard skipDigits() > 0 else { throw fault("a digit is missing") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = DecimalNumber(text) else { throw fault("a number is out of range") }
        return number
    }

    private mutating func readString() throws(JSONFault) -> String {
        index += 1
        var collected: [UInt8] = []
        var start = index
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                collected += bytes[start..<index]
                guard let text = String(validating: collected, as: UTF8.self) else {
                    throw fault("a string is not UTF-8")
                }
                index += 1
                return text
            case UInt8(ascii: "\\"):
                collected += bytes[start..<index]
                index += 1
                try readEscape(into: &collected)
                start = index
            case 0..<0x20: throw fault("a control character is not escaped")
            default: index += 1
            }
        }
        throw fault("a string does not end")
    }

    private mutating func readEscape(into collected: inout [UInt8]) throws(JSONFault) {
        guard let byte = next else { throw fault("the body ends too early") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): collected.append(byte)
        case UInt8(ascii: "b"): collected.append(0x08)
        case UInt8(ascii: "f"): collected.append(0x0c)
        case UInt8(ascii: "n"): collected.append(0x0a)
        case UInt8(ascii: "r"): collected.append(0x0d)
        case UInt8(ascii: "t"): collected.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try readUnicodeEscape()
            collected += Array(String(Character(scalar)).utf8)
        default: throw fault("an unknown escape")
        }
    }

    private mutating func readUnicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        let first = try readHexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate needs its low half right behind it; either half alone is no character.
        guard first < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw fault("half of a surrogate pair")
        }
        let second = try readHexUnit()
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw fault("half of a surrogate pair") }
        return scalar
    }

    private mutating func readHexUnit() throws(JSONFault) -> UInt32 {
        guard index + 4 <= bytes.count else { throw fault("the body ends too early") }
        let digits = bytes[index..<index + 4]
        guard digits.allSatisfy({ ASCII.isDigit($0) || (0x61...0x66).contains($0 | 0x20) }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits are missing") }
        index += 4
        return value
    }
}

extension FieldValue {
    /// The member of this name, when this is an object that has it.
    subscript(_ name: String) -> FieldValue? {
        if case .object(let members) = self { return members[name] }
        return nil
    }

    var listValue: [FieldValue]? {
        if case .list(let values) = self { return values }
        return nil
    }

    var booleanValue: Bool? {
        if case .boolean(let value) = self { return value }
        return nil
    }

    var integerValue: Int? {
        if case .number(let value) = self { return value.integer }
        return nil
    }
}
