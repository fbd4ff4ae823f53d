/// Unsigned numbers in seven-bit groups, least significant first; the high bit says that more
/// follow (LEB128). One byte up to 127, which holds nearly every length in an event.
enum Varint {
    /// The most bytes that ``read(_:at:)`` takes.
    static let bytesMax = 4

    /// How many bytes `number` takes.
    static func size(_ number: Int) -> Int {
        var rest = number >> 7
        var size = 1
        while rest > 0 {
            rest >>= 7
            size += 1
        }
        return size
    }

    /// Writes `number` at `index` and moves `index` past it.
    static func write(
        _ number: Int, to buffer: UnsafeMutableRawBufferPointer, at index: inout Int
    ) {
        var rest = number
        while rest > 0x7F {
            buffer[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            index += 1
        }
        buffer[index] = UInt8(rest)
        index += 1
    }

    /// Reads a number at `index` and moves `index` past it; nil when it is cut off, longer than
    /// needed, or above what four bytes hold (256 MiB, more than any entry).
    static func read(_ buffer: UnsafeRawBufferPointer, at index: inout Int) -> Int? {
        var number = 0
        for shift in [0, 7, 14, 21] {
            guard index < buffer.count else { return nil }
            let byte = buffer[index]
            index += 1
            number |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return byte == 0 && shift > 0 ? nil : number }
        }
        return nil
    }
}
