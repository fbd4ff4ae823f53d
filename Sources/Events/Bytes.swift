/// Comparing and hashing of short byte runs without a call into the C library.
enum Bytes {
    /// Whether `count` bytes at both places are equal.
    @inline(__always)
    static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        var offset = 0
        while offset &+ 8 <= count {
            if word(left + offset) != word(right + offset) { return false }
            offset &+= 8
        }
        return rest(left, from: offset, count: count) == rest(right, from: offset, count: count)
    }

    /// A quick hash over eight bytes at a time. Not keyed: a collision costs one comparison of two
    /// names, never a wrong answer.
    @inline(__always)
    static func hash(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset &+ 8 <= count {
            state = mix(state ^ word(bytes + offset))
            offset &+= 8
        }
        return mix(state ^ rest(bytes, from: offset, count: count))
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawPointer) -> UInt64 {
        bytes.loadUnaligned(as: UInt64.self)
    }

    /// The up to seven bytes from `offset`, a multiple of eight, to `count`, as one number: with
    /// the same offset and count, equal exactly when the bytes are.
    ///
    /// Loads overlap, also with bytes before `offset`, because a loop over single bytes would cost
    /// more than all else for names as short as most are.
    @inline(__always)
    private static func rest(_ bytes: UnsafeRawPointer, from offset: Int, count: Int) -> UInt64 {
        let left = count &- offset
        if left == 0 { return 0 }
        if offset > 0 { return word(bytes + (count &- 8)) }
        if left >= 4 {
            let first = bytes.loadUnaligned(as: UInt32.self)
            let last = bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return UInt64(first) &<< 32 | UInt64(last)
        }
        // One to three bytes: the first, the middle and the last name them all.
        let first = bytes.load(as: UInt8.self)
        let middle = bytes.load(fromByteOffset: count &>> 1, as: UInt8.self)
        let last = bytes.load(fromByteOffset: count &- 1, as: UInt8.self)
        return UInt64(first) &<< 16 | UInt64(middle) &<< 8 | UInt64(last)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
