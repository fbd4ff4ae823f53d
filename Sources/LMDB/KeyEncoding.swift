/// Keys whose byte order is the order of what they say.
package enum KeyEncoding {
    /// The longest key LMDB stores. Hash longer ones and keep the whole key in the value.
    package static let bytesMax = 511

    /// Eight bytes, most significant first: sorts as numbers do.
    package static func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
    }

    /// Eight bytes with the sign bit flipped: negative numbers sort before positive ones.
    package static func bytes(_ number: Int64) -> [UInt8] {
        bytes(UInt64(bitPattern: number) ^ (1 << 63))
    }

    /// The number that ``bytes(_:)-(UInt64)`` wrote; nil unless there are exactly eight bytes.
    package static func unsigned(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count == 8 else { return nil }
        return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    /// The number that ``bytes(_:)-(UInt64)`` wrote; nil unless there are exactly eight bytes.
    package static func unsigned(_ bytes: [UInt8]) -> UInt64? {
        bytes.withUnsafeBytes { unsigned($0) }
    }

    /// The number that ``bytes(_:)-(Int64)`` wrote; nil unless there are exactly eight bytes.
    package static func signed(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        unsigned(bytes).map { Int64(bitPattern: $0 ^ (1 << 63)) }
    }

    /// Text as one part of a longer key: a zero byte becomes 00 FF and 00 00 ends the part, so that
    /// parts sort one after another and no text is another's prefix.
    package static func part(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            bytes.append(byte)
            if byte == 0 { bytes.append(0xFF) }
        }
        bytes.append(0)
        bytes.append(0)
        return bytes
    }

    /// Reads a part that ``part(_:)`` wrote at `index`, and moves `index` past it; nil, with
    /// `index` unmoved, when there is none.
    package static func readPart(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> String? {
        var text: [UInt8] = []
        var next = index
        while next < bytes.count {
            let byte = bytes[next]
            next += 1
            guard byte == 0 else {
                text.append(byte)
                continue
            }
            guard next < bytes.count else { return nil }
            let mark = bytes[next]
            next += 1
            if mark == 0 {
                guard let string = String(validating: text, as: UTF8.self) else { return nil }
                index = next
                return string
            }
            guard mark == 0xFF else { return nil }
            text.append(0)
        }
        return nil
    }
}
