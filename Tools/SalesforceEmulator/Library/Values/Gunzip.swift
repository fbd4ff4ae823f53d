/// Unpacks gzip bodies (RFC 1952, RFC 1951).
///
/// Salesforce accepts compressed requests; the emulator does so with its own small inflater so
/// that it needs no C library. The checksum is not verified: the bytes came over one TCP stream.
enum Gunzip {
    /// The unpacked bytes; nil for malformed data or more than `bytesMax` of them.
    static func unpack(_ bytes: [UInt8], bytesMax: Int) -> [UInt8]? {
        guard let start = headerEnd(bytes) else { return nil }
        var inflater = Inflater(bytes: bytes, index: start, bytesMax: bytesMax)
        return inflater.run() ? inflater.output : nil
    }

    private static func headerEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else {
            return nil
        }
        let flags = bytes[3]
        var index = 10
        if flags & 4 != 0 { index += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
        // File name and comment, each ended by a zero byte.
        for flag in [8, 16] as [UInt8] where flags & flag != 0 {
            while index < bytes.count, bytes[index] != 0 { index += 1 }
            index += 1
        }
        if flags & 2 != 0 { index += 2 }
        return index < bytes.count ? index : nil
    }
}

private struct Inflater {
    /// A Huffman code: how many codes there are of each length, and their symbols in order.
    struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: [Int]) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            for length in 1..<16 {
                symbols += lengths.indices.filter { lengths[$0] == length }
            }
        }
    }

    /// The order in which a dynamic block gives the lengths of its length code.
    static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    let bytes: [UInt8]
    var index: Int
    let bytesMax: Int
    var output: [UInt8] = []
    private var bitBuffer = 0
    private var bitCount = 0

    init(bytes: [UInt8], index: Int, bytesMax: Int) {
        self.bytes = bytes
        self.index = index
        self.bytesMax = bytesMax
    }

    /// Reads blocks until the last; false when the data is malformed.
    mutating func run() -> Bool {
        while true {
            guard let isLast = bits(1), let kind = bits(2) else { return false }
            let isRead: Bool =
                switch kind {
                case 0: stored()
                case 1: compressed(Self.fixedLiterals, Code([Int](repeating: 5, count: 30)))
                case 2: dynamic()
                default: false
                }
            guard isRead, output.count <= bytesMax else { return false }
            if isLast == 1 { return true }
        }
    }

    private static let fixedLiterals = Code(
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112)
            + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))

    private mutating func bits(_ count: Int) -> Int? {
        while bitCount < count {
            guard index < bytes.count else { return nil }
            bitBuffer |= Int(bytes[index]) << bitCount
            index += 1
            bitCount += 8
        }
        let value = bitBuffer & (1 << count - 1)
        bitBuffer >>= count
        bitCount -= count
        return value
    }

    private mutating func symbol(_ code: Code) -> Int? {
        var (value, first, position) = (0, 0, 0)
        for length in 1..<16 {
            guard let bit = bits(1) else { return nil }
            value |= bit
            let count = code.counts[length]
            if value - count < first { return code.symbols[position + value - first] }
            position += count
            first = (first + count) << 1
            value <<= 1
        }
        return nil
    }

    private mutating func stored() -> Bool {
        (bitBuffer, bitCount) = (0, 0)
        guard index + 4 <= bytes.count else { return false }
        let count = Int(bytes[index]) | Int(bytes[index + 1]) << 8
        index += 4
        guard index + count <= bytes.count else { return false }
        output += bytes[index..<index + count]
        index += count
        return true
    }

    private mutating func dynamic() -> Bool {
        guard let literalCount = bits(5), let distanceCount = bits(5), let lengthCount = bits(4)
        else { return false }
        var lengths = [Int](repeating: 0, count: 19)
        for position in 0..<lengthCount + 4 {
            guard let length = bits(3) else { return false }
            lengths[Self.lengthOrder[position]] = length
        }
        let code = Code(lengths)
        let wanted = literalCount + 257 + distanceCount + 1
        var all: [Int] = []
        while all.count < wanted {
            guard let symbol = symbol(code), let run = lengthRun(symbol, last: all.last) else {
                return false
            }
            all += run
        }
        guard all.count == wanted else { return false }
        return compressed(
            Code(Array(all.prefix(literalCount + 257))),
            Code(Array(all.suffix(distanceCount + 1))))
    }

    private mutating func lengthRun(_ symbol: Int, last: Int?) -> [Int]? {
        switch symbol {
        case 16:
            guard let last, let extra = bits(2) else { return nil }
            return [Int](repeating: last, count: 3 + extra)
        case 17: return bits(3).map { [Int](repeating: 0, count: 3 + $0) }
        case 18: return bits(7).map { [Int](repeating: 0, count: 11 + $0) }
        default: return [symbol]
        }
    }

    private mutating func compressed(_ literals: Code, _ distances: Code) -> Bool {
        while output.count <= bytesMax {
            guard let symbol = symbol(literals) else { return false }
            if symbol == 256 { return true }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < DeflateTables.lengthBases.count,
                let extra = bits(DeflateTables.lengthBits[symbol - 257]),
                let code = self.symbol(distances),
                code < DeflateTables.distanceBases.count, let far = bits(max(0, code / 2 - 1))
            else { return false }
            let distance = DeflateTables.distanceBases[code] + far
            guard distance <= output.count else { return false }
            for _ in 0..<DeflateTables.lengthBases[symbol - 257] + extra {
                output.append(output[output.count - distance])
            }
        }
        return false
    }
}
