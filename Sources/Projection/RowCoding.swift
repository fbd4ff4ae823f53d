import Records

/// Writes a row of `state/`: varints, length-prefixed text. `docs/data-files.md` shows the bytes.
package struct RowWriter {
    package private(set) var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(512) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Seven bits a byte, least significant first; the top bit says that more follow.
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func count(_ value: Int) { varint(UInt64(value)) }

    /// Zigzag: small negative numbers stay short.
    mutating func signed(_ value: Int64) {
        varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    package mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            count(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func optional<Value>(_ value: Value?, _ write: (inout RowWriter, Value) -> Void) {
        byte(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }

    mutating func list<Value>(_ values: [Value], _ write: (inout RowWriter, Value) -> Void) {
        count(values.count)
        for value in values { write(&self, value) }
    }
}

/// Reads what ``RowWriter`` wrote. After damage every read gives an empty value and ``isDamaged``
/// is true: one check at the end instead of one at each step.
package struct RowReader {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private(set) var isDamaged = false

    /// Values within one another: more than any event may nest, few enough for any thread's stack.
    static let depthMax = 200
    /// Room made for a list before its elements are read: a damaged length must not cost memory.
    private static let reservedCountMax = 64

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Everything was read, and nothing was missing.
    package var isComplete: Bool { !isDamaged && index == bytes.count }

    /// The next byte, left where it is; `nil` at the end.
    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Says that what was read makes no sense, and goes on with `value`.
    mutating func damaged<Value>(_ value: Value) -> Value {
        isDamaged = true
        return value
    }

    mutating func byte() -> UInt8 {
        guard index < bytes.count else {
            isDamaged = true
            return 0
        }
        defer { index += 1 }
        return bytes[index]
    }

    mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = byte()
            value |= UInt64(next & 0x7F) << shift
            if next & 0x80 == 0 { return value }
            shift += 7
        }
        isDamaged = true
        return 0
    }

    /// A number that is no length.
    mutating func integer() -> Int {
        let value = varint()
        return Int(exactly: value) ?? damaged(0)
    }

    /// A length: never more than the row has bytes.
    mutating func count() -> Int {
        let value = varint()
        guard value <= UInt64(bytes.count) else {
            isDamaged = true
            return 0
        }
        return Int(value)
    }

    mutating func signed() -> Int64 {
        let value = varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    package mutating func text() -> String {
        let length = count()
        guard index + length <= bytes.count else {
            isDamaged = true
            return ""
        }
        defer { index += length }
        return String(decoding: bytes[index..<index + length], as: UTF8.self)
    }

    /// Reads what may contain values like itself.
    mutating func nested<Value>(_ instead: Value, _ read: (inout RowReader) -> Value) -> Value {
        guard depth < Self.depthMax else { return damaged(instead) }
        depth += 1
        defer { depth -= 1 }
        return read(&self)
    }

    mutating func optional<Value>(_ read: (inout RowReader) -> Value) -> Value? {
        byte() == 0 ? nil : read(&self)
    }

    mutating func list<Value>(_ read: (inout RowReader) -> Value) -> [Value] {
        let length = count()
        var values: [Value] = []
        values.reserveCapacity(min(length, Self.reservedCountMax))
        for _ in 0..<length where !isDamaged { values.append(read(&self)) }
        return values
    }
}
