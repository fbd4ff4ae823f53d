import Crypto
import Events

/// The index by which a message ID is accepted once, for as long as the log exists.
///
/// Key: the first 16 bytes of SHA-256 over the source's name, a zero byte and the message ID;
/// value: the position, 8 bytes, most significant first. At 16 bytes two of 10^12 ids fall together
/// with a chance of 10^-15; a hit is compared with the stored event all the same.
final class MessageIndex {
    static let keyBytes = 16

    // Grows to the longest id met. For one thread.
    private var text: [UInt8] = []
    private let key = UnsafeMutableRawBufferPointer.allocate(
        byteCount: EntryFormat.hashBytes, alignment: 8)

    deinit { key.deallocate() }

    /// The key for an event's id, lent until the next call.
    func key(source: String, messageID: String) -> UnsafeRawBufferPointer {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: source.utf8)
        text.append(0)
        text.append(contentsOf: messageID.utf8)
        return hashText()
    }

    /// The same for names that were stored.
    func key(
        source: UnsafeRawBufferPointer, messageID: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: source)
        text.append(0)
        text.append(contentsOf: messageID)
        return hashText()
    }

    /// The same, to keep.
    static func keyCopy(source: String, messageID: String) -> [UInt8] {
        let index = MessageIndex()
        // The lent bytes live no longer than the index that lends them.
        return withExtendedLifetime(index) {
            [UInt8](index.key(source: source, messageID: messageID))
        }
    }

    private func hashText() -> UnsafeRawBufferPointer {
        var function = SHA256()
        text.withUnsafeBytes { function.update(bufferPointer: $0) }
        function.finalize().withUnsafeBytes { key.copyMemory(from: $0) }
        return UnsafeRawBufferPointer(rebasing: key[..<Self.keyBytes])
    }

    /// Whether a sender that repeats an id has sent the same message again: equal bytes, or equal
    /// but for what libraries stamp anew on each retry. Otherwise the two are in conflict.
    static func isSame(_ event: Event, _ stored: EventBodyParts) -> Bool {
        if stored.bytes.elementsEqual(event.bytes) && stored.shared.elementsEqual(event.shared) {
            return true
        }
        return EventBytes.isSameMessage([UInt8](stored.bytes), event.bytes)
            && EventBytes.isSameMessage([UInt8](stored.shared), event.shared)
    }
}
