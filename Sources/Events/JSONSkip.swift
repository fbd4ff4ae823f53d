/// Moving over JSON that has been accepted before, as fast as its structure allows.
///
/// Never trusts that: on bytes no ``JSONScanner`` has seen it returns some place within the buffer.
enum JSONSkip {
    /// Behind the closing quote of the string that opens at `start`; the buffer's end when it has
    /// none.
    @inline(__always)
    static func stringEnd(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var index = start &+ 1
        while index < bytes.count {
            index = nextQuoteOrBackslash(from: index, in: bytes)
            guard index < bytes.count else { break }
            if bytes[index] == ASCII.quote { return index &+ 1 }
            index &+= 2
        }
        return bytes.count
    }

    @inline(__always)
    private static func nextQuoteOrBackslash(
        from start: Int, in bytes: UnsafeRawBufferPointer
    ) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones &* UInt64(ASCII.quote))
            let slashes = word ^ (ones &* UInt64(ASCII.backslash))
            let hits = ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes) & tops
            guard hits == 0 else { return index &+ hits.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < bytes.count, bytes[index] != ASCII.quote, bytes[index] != ASCII.backslash {
            index &+= 1
        }
        return index
    }

    @inline(__always)
    static func whitespace(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var index = start
        while index < bytes.count, ASCII.isWhitespace(bytes[index]) { index &+= 1 }
        return index
    }

    /// Behind the value that starts at `start`.
    @inline(__always)
    static func valueEnd(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        guard start < bytes.count else { return bytes.count }
        switch bytes[start] {
        case ASCII.quote: return stringEnd(from: start, in: bytes)
        case ASCII.openBrace, ASCII.openBracket: return containerEnd(from: start, in: bytes)
        default: return scalarEnd(from: start, in: bytes)
        }
    }

    private static func scalarEnd(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case ASCII.comma, ASCII.closeBrace, ASCII.closeBracket: return index
            case let byte where ASCII.isWhitespace(byte): return index
            default: index &+= 1
            }
        }
        return index
    }

    /// Brackets are counted, not paired: accepted JSON has them paired.
    private static func containerEnd(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case ASCII.openBrace, ASCII.openBracket: depth &+= 1
            case ASCII.closeBrace, ASCII.closeBracket:
                depth &-= 1
                if depth == 0 { return index &+ 1 }
            case ASCII.quote:
                index = stringEnd(from: index, in: bytes)
                continue
            default: break
            }
            index &+= 1
        }
        return index
    }
}
