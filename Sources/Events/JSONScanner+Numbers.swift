extension JSONScanner {
    /// Checks the number that starts at `index` and moves behind it.
    ///
    /// The digits are not converted: they stay text for good. Only a number with an exponent can be
    /// out of range, because its length is limited.
    mutating func scanNumber() throws(JSONFault) {
        let start = index
        if byte(at: index) == ASCII.minus { index &+= 1 }
        guard index < end else { throw fault(.unexpectedEnd) }
        if byte(at: index) == UInt8(ascii: "I") { throw fault(.notANumber) }
        if byte(at: index) == ASCII.zero {
            index &+= 1
            if index < end, ASCII.isDigit(byte(at: index)) { throw fault(.invalidNumber) }
        } else {
            try scanDigits()
        }
        if index < end, byte(at: index) == ASCII.dot {
            index &+= 1
            try scanDigits()
        }
        let hasExponent = try scanExponent()
        guard index &- start <= limits.numberBytesMax else {
            throw JSONFault(reason: .numberTooLong, byte: start)
        }
        if hasExponent { try checkRange(from: start) }
    }

    private mutating func scanDigits() throws(JSONFault) {
        guard index < end, ASCII.isDigit(byte(at: index)) else { throw fault(.invalidNumber) }
        while index < end, ASCII.isDigit(byte(at: index)) { index &+= 1 }
    }

    private mutating func scanExponent() throws(JSONFault) -> Bool {
        guard index < end, byte(at: index) | 0x20 == UInt8(ascii: "e") else { return false }
        index &+= 1
        if index < end, byte(at: index) == ASCII.plus || byte(at: index) == ASCII.minus {
            index &+= 1
        }
        try scanDigits()
        return true
    }

    /// Neither `1e400`, which others read as infinity, nor `1e-400`, which they read as zero.
    private func checkRange(from start: Int) throws(JSONFault) {
        let bytes = UnsafeRawBufferPointer(start: base + start, count: index - start)
        let text = String(decoding: bytes, as: UTF8.self)
        guard let value = Double(text) else {
            throw JSONFault(reason: .numberOutOfRange, byte: start)
        }
        let mantissa = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let isZero = !mantissa.contains { (0x31...0x39).contains($0) }
        guard value.isFinite, isZero || value != 0 else {
            throw JSONFault(reason: .numberOutOfRange, byte: start)
        }
    }
}
