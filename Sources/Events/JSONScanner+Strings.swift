extension JSONScanner {
    /// Checks the string whose opening quote is at `index` and moves behind its closing quote.
    ///
    /// - Parameters:
    ///   - bytesMax: the longest content accepted, in bytes as sent.
    ///   - tooLong: what to say about a longer one.
    mutating func scanString(
        bytesMax: Int, tooLong: RejectionReason
    ) throws(JSONFault) -> RawString {
        let quote = index
        var hasEscapes = false
        index &+= 1
        while true {
            skipPlainCharacters()
            guard index < end else { throw fault(.unexpectedEnd) }
            switch byte(at: index) {
            case ASCII.quote:
                let string = RawString(start: quote &+ 1, end: index, hasEscapes: hasEscapes)
                guard string.count <= bytesMax else {
                    throw JSONFault(reason: tooLong, byte: quote)
                }
                index &+= 1
                return string
            case ASCII.backslash:
                hasEscapes = true
                try scanEscape()
            case 0..<0x20: throw fault(.controlCharacter)
            default: try scanMultibyte()
            }
        }
    }

    /// Moves to the next byte that is not a printable ASCII character, or is a quote or a
    /// backslash.
    ///
    /// Eight bytes at a time: subtracting a byte's own limit borrows into its top bit exactly when
    /// the byte is below it. A borrow may also flag bytes above a true hit, so only the lowest flag
    /// counts.
    @inline(__always)
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while index &+ 8 <= end {
            let word = UInt64(
                littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones &* UInt64(ASCII.quote))
            let slashes = word ^ (ones &* UInt64(ASCII.backslash))
            let controls = (word &- ones &* UInt64(ASCII.space)) & ~word
            let hits =
                (word | controls | (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes) & tops
            guard hits == 0 else {
                index &+= hits.trailingZeroBitCount &>> 3
                return
            }
            index &+= 8
        }
        while index < end {
            let next = byte(at: index)
            if next < ASCII.space || next >= 0x80 || next == ASCII.quote || next == ASCII.backslash
            {
                return
            }
            index &+= 1
        }
    }

    // MARK: Escapes

    private mutating func scanEscape() throws(JSONFault) {
        let start = index
        guard start &+ 1 < end else { throw JSONFault(reason: .unexpectedEnd, byte: end) }
        switch byte(at: start &+ 1) {
        case ASCII.quote, ASCII.backslash, ASCII.slash, UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index = start &+ 2
        case UInt8(ascii: "u"): try scanUnicodeEscape()
        default: throw fault(.invalidEscape)
        }
    }

    private mutating func scanUnicodeEscape() throws(JSONFault) {
        let start = index
        let unit = try hexUnit(at: start)
        index = start &+ 6
        switch unit {
        case 0: throw JSONFault(reason: .nulCharacter, byte: start)
        case 0xD800...0xDBFF:
            // A high half: the low half must follow at once.
            guard index &+ 1 < end, byte(at: index) == ASCII.backslash,
                byte(at: index &+ 1) == UInt8(ascii: "u")
            else { throw JSONFault(reason: .loneSurrogate, byte: start) }
            let low = try hexUnit(at: index)
            guard (0xDC00...0xDFFF).contains(low) else {
                throw JSONFault(reason: .loneSurrogate, byte: start)
            }
            index &+= 6
        case 0xDC00...0xDFFF: throw JSONFault(reason: .loneSurrogate, byte: start)
        default: break
        }
    }

    /// The four hexadecimal digits of the `\u` escape at `start`.
    private func hexUnit(at start: Int) throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard start &+ offset < end else { throw JSONFault(reason: .unexpectedEnd, byte: end) }
            guard let digit = ASCII.hexValue(byte(at: start &+ offset)) else {
                throw JSONFault(reason: .invalidEscape, byte: start)
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    // MARK: UTF-8

    /// Checks one character of two to four bytes (Unicode, table 3-7: no overlong forms, no
    /// surrogates, nothing above U+10FFFF) and moves behind it.
    mutating func scanMultibyte() throws(JSONFault) {
        let lead = byte(at: index)
        // The permitted range of the second byte is what excludes the ill-formed sequences.
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fault(.invalidUTF8)
        }
        guard index &+ length <= end, second.contains(byte(at: index &+ 1)) else {
            throw fault(.invalidUTF8)
        }
        for offset in 2..<max(length, 2) where byte(at: index &+ offset) & 0xC0 != 0x80 {
            throw fault(.invalidUTF8)
        }
        index &+= length
    }
}
