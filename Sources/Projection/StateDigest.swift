import Crypto

/// A hash of tables: names, keys and values, each with its length, so that no two contents run
/// together.
struct StateDigest {
    private var hash = SHA256()

    mutating func begin(_ table: String) {
        add(count: -1)
        Array(table.utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    mutating func add(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        add(count: key.count)
        hash.update(bufferPointer: key)
        add(count: value.count)
        hash.update(bufferPointer: value)
    }

    func finish() -> [UInt8] { Array(hash.finalize()) }

    private mutating func add(count: Int) {
        withUnsafeBytes(of: Int64(count).bigEndian) { hash.update(bufferPointer: $0) }
    }
}
