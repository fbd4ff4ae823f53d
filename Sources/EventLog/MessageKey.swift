import Crypto

/// What the message index files an event under: the first 16 bytes of SHA-256 over the source's
/// name, a zero byte and the message ID.
///
/// At 16 bytes two of 10^12 ids fall together with a chance of 10^-15; a hit is compared with the
/// stored event all the same.
struct MessageKey: Sendable, Hashable {
    static let byteCount = 16

    /// Bytes 0–7, most significant first, so that numbers sort as the bytes do.
    let high: UInt64
    /// Bytes 8–15, likewise.
    let low: UInt64

    /// Reads the first 16 of `bytes`, which must be there.
    init(_ bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Lends the 16 bytes.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

/// Makes ``MessageKey``s one after another without an allocation of its own for each. For one
/// thread.
final class MessageKeyMaker {
    // Grows to the longest id met.
    private var text = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)

    deinit { text.deallocate() }

    func key(source: String, messageID: String) -> MessageKey {
        var (source, messageID) = (source, messageID)
        return source.withUTF8 { source in
            messageID.withUTF8 { messageID in
                key(
                    source: UnsafeRawBufferPointer(source),
                    messageID: UnsafeRawBufferPointer(messageID))
            }
        }
    }

    /// The same for names that were stored.
    func key(
        source: UnsafeRawBufferPointer, messageID: UnsafeRawBufferPointer
    ) -> MessageKey {
        let count = source.count + 1 + messageID.count
        makeRoom(for: count)
        let text = self.text
        text.copyMemory(from: source)
        text[source.count] = 0
        UnsafeMutableRawBufferPointer(rebasing: text[(source.count + 1)...])
            .copyMemory(from: messageID)
        var function = SHA256()
        function.update(bufferPointer: UnsafeRawBufferPointer(rebasing: text[..<count]))
        return function.finalize().withUnsafeBytes { MessageKey($0) }
    }

    private func makeRoom(for count: Int) {
        guard count > text.count else { return }
        text.deallocate()
        text = .allocate(byteCount: count * 2, alignment: 8)
    }
}
