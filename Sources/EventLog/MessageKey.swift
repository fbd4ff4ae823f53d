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

    /// The key of an event; both names are UTF-8.
    init(source: UnsafeRawBufferPointer, messageID: UnsafeRawBufferPointer) {
        let count = source.count + 1 + messageID.count
        let room = max(count, SHA256Digest.byteCount)
        // One piece: each piece that is given to a hash costs something of its own.
        self = withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { text in
            text.copyMemory(from: source)
            text[source.count] = 0
            UnsafeMutableRawBufferPointer(rebasing: text[(source.count + 1)...])
                .copyMemory(from: messageID)
            var digest = SHA256Digest()
            digest.update(UnsafeRawBufferPointer(rebasing: text[..<count]))
            digest.finish(into: text)
            return MessageKey(UnsafeRawBufferPointer(text))
        }
    }

    /// The same for texts.
    init(source: String, messageID: String) {
        var (source, messageID) = (source, messageID)
        self = source.withUTF8 { source in
            messageID.withUTF8 { messageID in
                MessageKey(
                    source: UnsafeRawBufferPointer(source),
                    messageID: UnsafeRawBufferPointer(messageID))
            }
        }
    }

    /// Lends the 16 bytes.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}
