import CCrypto

/// SHA-256 of what is added, without an allocation.
///
/// The system's libcrypto rather than swift-crypto: that takes an allocation for each hash and
/// wipes it, as much work as the hashing, and an event is hashed twice. See docs/decisions/0013.
struct SHA256Digest {
    static let byteCount = 32

    private var context = SHA256_CTX()

    init() {
        // The three functions always return 1 (SHA256_Init(3)).
        SHA256_Init(&context)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    /// Writes the hash of all that was added to the start of `hash`, which has room for
    /// ``byteCount`` bytes. Nothing may be added afterwards.
    mutating func finish(into hash: UnsafeMutableRawBufferPointer) {
        precondition(hash.count >= Self.byteCount)
        SHA256_Final(hash.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
    }
}
