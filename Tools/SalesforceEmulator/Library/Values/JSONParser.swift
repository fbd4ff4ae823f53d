/// A JSON document that could not be read: where, and what was found there.
package struct JSONSyntaxError: Error, Hashable {
    /// Where, from 0.
    package let byteIndex: Int
    /// What was wrong there; no part of the document.
    package let reason: String
}

extension JSON {
    /// Reads one complete JSON document (RFC 8259) of UTF-8 bytes.
    ///
    /// Linear in the size of the document; nesting deeper than 64 is refused so that a small
    /// hostile body cannot exhaust the stack.
    package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSON {
        var parser = JSONParser(bytes: bytes)
        return try parser.document()
    }

    /// Reads one complete JSON document.
    package static func parse(_ text: String) throws(JSONSyntaxError) -> JSON {
        try parse(Array(text.utf8))
    }
}

private struct JSONParser {
    static let depthMax = 64

    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw failure("text after the document") }
        return value
    }

    private func failure(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(byteIndex: index, reason: reason)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
        guard depth < Self.depthMax else { throw failure("nested too deeply") }
        skipSpace()
        guard index < bytes.count else { throw failure("unexpected end of input") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON
    {
        let length = text.utf8CodeUnitCount
        let matches = text.withUTF8Buffer { wanted in
            index + length <= bytes.count && bytes[index..<index + length].elementsEqual(wanted)
        }
        guard matches else { throw failure("unrecognized token") }
        index += length
        return value
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSON {
        index += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw failure("expected a member name")
            }
            let name = try string()
            skipSpace()
            guard take(":") else { throw failure("expected a colon") }
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw failure("expected a comma or the end of the object") }
        }
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSON {
        index += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw failure("expected a comma or the end of the array") }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = index
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        guard index > start else { throw failure("unexpected character") }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        index += 1
        let start = index
        // Most strings carry no escape: one copy of the slice is all they need.
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\"), bytes[index] >= 0x20
        {
            index += 1
        }
        guard index < bytes.count else { throw failure("unexpected end of input in a string") }
        if bytes[index] == UInt8(ascii: "\"") {
            let slice = bytes[start..<index]
            index += 1
            return try text(slice)
        }
        var unescaped = Array(bytes[start..<index])
        while !take("\"") { try stringPart(into: &unescaped) }
        return try text(unescaped[...])
    }

    private func text(_ slice: ArraySlice<UInt8>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw failure("invalid UTF-8")
        }
        return text
    }

    private mutating func stringPart(into text: inout [UInt8]) throws(JSONSyntaxError) {
        guard index < bytes.count, bytes[index] >= 0x20 else {
            throw failure("illegal character or end of input in a string")
        }
        guard take("\\") else {
            text.append(bytes[index])
            index += 1
            return
        }
        guard index < bytes.count else { throw failure("unexpected end of input in a string") }
        let escape = bytes[index]
        index += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
        default: throw failure("unrecognized escape")
        }
    }

    private mutating func scalar() throws(JSONSyntaxError) -> Character {
        let unit = try hexUnit()
        if (0xD800..<0xDC00).contains(unit), take("\\"), take("u") {
            let low = try hexUnit()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("unpaired surrogate") }
            let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
            if let scalar = Unicode.Scalar(code) { return Character(scalar) }
        }
        guard let scalar = Unicode.Scalar(unit) else { throw failure("unpaired surrogate") }
        return Character(scalar)
    }

    private mutating func hexUnit() throws(JSONSyntaxError) -> UInt32 {
        guard index + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw failure("bad unicode escape") }
        index += 4
        return unit
    }
}
