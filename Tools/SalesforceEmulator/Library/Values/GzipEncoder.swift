/// Packs answers for clients that accept gzip (RFC 1952; REST API Developer Guide, "Using
/// Compression"). Small rather than tight: fixed codes, and one candidate for a repetition.
///
/// Made part by part: each `add` returns one complete block, `finish` ends the stream.
struct GzipEncoder: Sendable {
    private static let windowBytes = 32_768
    private static let matchBytesMin = 3
    private static let matchBytesMax = 258
    private static let hashBits = 15

    private var output: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    private var bitBuffer: UInt64 = 0
    private var bitCount = 0
    private var checksum: UInt32 = 0xFFFF_FFFF
    private var byteCount: UInt32 = 0

    /// All of `bytes` as one stream.
    static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var encoder = GzipEncoder()
        return encoder.add(bytes) + encoder.finish()
    }

    /// The next part, packed; repetitions are looked for within it.
    mutating func add(_ bytes: [UInt8]) -> [UInt8] {
        bits(0, 1)
        bits(1, 2)
        bytes.withUnsafeBufferPointer { bytes in
            var heads = [Int32](repeating: -1, count: 1 << Self.hashBits)
            var index = 0
            while index < bytes.count {
                let match = Self.match(bytes, index, &heads)
                if match.length >= Self.matchBytesMin {
                    repetition(length: match.length, distance: match.distance)
                    index += match.length
                } else {
                    literal(Int(bytes[index]))
                    index += 1
                }
            }
            for byte in bytes {
                checksum =
                    Self.table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)]
                    ^ checksum >> 8
            }
        }
        byteCount &+= UInt32(truncatingIfNeeded: bytes.count)
        literal(256)
        return take()
    }

    /// The end of the stream: an empty last block, the checksum and the length.
    mutating func finish() -> [UInt8] {
        bits(1, 1)
        bits(1, 2)
        literal(256)
        if bitCount > 0 { bits(0, 8 - bitCount) }
        for value in [~checksum, byteCount] {
            for shift in stride(from: 0, to: 32, by: 8) {
                output.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return take()
    }

    private mutating func take() -> [UInt8] {
        defer { output = [] }
        return output
    }

    // MARK: Codes

    private static func match(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ heads: inout [Int32]
    ) -> (length: Int, distance: Int) {
        guard index + matchBytesMin <= bytes.count else { return (0, 0) }
        let key =
            UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
            | UInt32(bytes[index + 2])
        let hash = Int((key &* 2_654_435_761) >> UInt32(32 - hashBits))
        let candidate = Int(heads[hash])
        heads[hash] = Int32(index)
        guard candidate >= 0, index - candidate <= windowBytes else { return (0, 0) }
        let end = min(matchBytesMax, bytes.count - index)
        var length = 0
        while length < end, bytes[candidate + length] == bytes[index + length] { length += 1 }
        return (length, index - candidate)
    }

    private mutating func repetition(length: Int, distance: Int) {
        let lengthCode = DeflateTables.lengthBases.lastIndex { $0 <= length } ?? 0
        literal(257 + lengthCode)
        bits(length - DeflateTables.lengthBases[lengthCode], DeflateTables.lengthBits[lengthCode])
        let code = DeflateTables.distanceBases.lastIndex { $0 <= distance } ?? 0
        reversed(code, 5)
        bits(distance - DeflateTables.distanceBases[code], max(0, code / 2 - 1))
    }

    /// A literal, the end of a block (256) or a length code, in the fixed code of RFC 1951.
    private mutating func literal(_ symbol: Int) {
        switch symbol {
        case ..<144: reversed(0x30 + symbol, 8)
        case ..<256: reversed(0x190 + symbol - 144, 9)
        case ..<280: reversed(symbol - 256, 7)
        default: reversed(0xC0 + symbol - 280, 8)
        }
    }

    /// Codes go from their highest bit, everything else from its lowest.
    private mutating func reversed(_ code: Int, _ count: Int) {
        var mirrored = 0
        for bit in 0..<count where code >> bit & 1 == 1 { mirrored |= 1 << (count - 1 - bit) }
        bits(mirrored, count)
    }

    private mutating func bits(_ value: Int, _ count: Int) {
        bitBuffer |= UInt64(value) << UInt64(bitCount)
        bitCount += count
        while bitCount >= 8 {
            output.append(UInt8(truncatingIfNeeded: bitBuffer))
            bitBuffer >>= 8
            bitCount -= 8
        }
    }

    /// The checksum's table (RFC 1952, section 8).
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }
}

/// Lengths and distances of repetitions, by code (RFC 1951, section 3.2.5).
enum DeflateTables {
    static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025,
        1_537, 2_049, 3_073, 4_097, 6_145, 8_193, 12_289, 16_385, 24_577,
    ]
}
