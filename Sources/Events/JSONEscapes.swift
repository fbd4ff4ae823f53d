/// Escapes of JSON strings, both ways.
enum JSONEscapes {
    /// The characters that `bytes`, the inside of a string literal, stand for, as UTF-8.
    ///
    /// For text that a ``JSONScanner`` has accepted. Anything it would refuse is copied as it
    /// stands, so that unchecked bytes cannot trap.
    static func unescaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == ASCII.backslash, index + 1 < bytes.count else {
                result.append(byte)
                index += 1
                continue
            }
            index += appendEscape(at: index, of: bytes, to: &result)
        }
        return result
    }

    /// - Returns: how many bytes the escape takes.
    private static func appendEscape(
        at index: Int, of bytes: UnsafeRawBufferPointer, to result: inout [UInt8]
    ) -> Int {
        switch bytes[index + 1] {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(ASCII.newline)
        case UInt8(ascii: "r"): result.append(ASCII.carriageReturn)
        case UInt8(ascii: "t"): result.append(ASCII.tab)
        case UInt8(ascii: "u"): return appendUnicodeEscape(at: index, of: bytes, to: &result)
        default: result.append(bytes[index + 1])
        }
        return 2
    }

    private static func appendUnicodeEscape(
        at index: Int, of bytes: UnsafeRawBufferPointer, to result: inout [UInt8]
    ) -> Int {
        guard let high = unit(at: index, of: bytes) else {
            result.append(ASCII.backslash)
            return 1
        }
        if let scalar = Unicode.Scalar(high) {
            result += UTF8.encode(scalar).map(Array.init) ?? []
            return 6
        }
        guard let low = unit(at: index + 6, of: bytes), (0xDC00...0xDFFF).contains(low),
            (0xD800...0xDBFF).contains(high),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else {
            result.append(ASCII.backslash)
            return 1
        }
        result += UTF8.encode(scalar).map(Array.init) ?? []
        return 12
    }

    private static func unit(at index: Int, of bytes: UnsafeRawBufferPointer) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == ASCII.backslash,
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = ASCII.hexValue(bytes[index + offset]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// Appends a string literal: `"`, `\` and control characters escaped, all else as it is
    /// (RFC 8259 §7).
    static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        for byte in text.utf8 {
            switch byte {
            case ASCII.quote, ASCII.backslash: bytes += [ASCII.backslash, byte]
            case ASCII.newline: bytes += [ASCII.backslash, UInt8(ascii: "n")]
            case ASCII.carriageReturn: bytes += [ASCII.backslash, UInt8(ascii: "r")]
            case ASCII.tab: bytes += [ASCII.backslash, UInt8(ascii: "t")]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += (digits.count == 1 ? "\\u000" : "\\u00").utf8
                bytes += digits.utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(ASCII.quote)
    }
}
