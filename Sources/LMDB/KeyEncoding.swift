/// Keys whose byte order is the order of what they say.
package enum KeyEncoding {
    /// The longest key LMDB stores. Hash longer ones and keep the whole key in the value.
    package static let bytesMax = 511

    /// Eight bytes, most significant first: sorts as numbers do.
    package static func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
    }

    /// The number that ``bytes(_:)`` wrote; nil unless there are exactly eight bytes.
    package static func unsigned(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count == 8 else { return nil }
        return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    /// The number that ``bytes(_:)`` wrote; nil unless there are exactly eight bytes.
    package static func unsigned(_ bytes: [UInt8]) -> UInt64? {
        bytes.withUnsafeBytes { unsigned($0) }
    }
}
