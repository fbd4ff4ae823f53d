/// Makes ``EncodedEvents`` of one source, event by event.
package struct EventEncoder: ~Copyable {
    /// What each byte of a secret in a message is replaced by.
    package static let blank = UInt8(ascii: "*")

    private let memory: EncodedMemory
    /// That of `memory`, and how much of it is written.
    private var room: UnsafeMutableRawBufferPointer
    private var used = 0
    private var items: [EncodedEvents.Item] = []
    /// UTF-8.
    private let source: [UInt8]

    /// Nothing yet, with room for `count` events whose message IDs, messages and shared parts have
    /// `byteCount` bytes in all.
    package init(source: String, count: Int, byteCount: Int) {
        self.source = Array(source.utf8)
        memory = EncodedMemory(
            byteCount: byteCount + count * (self.source.count + 3 * Varint.bytesMax))
        room = memory.room
        items.reserveCapacity(count)
    }

    /// All that was added, in order.
    package consuming func finish() -> EncodedEvents {
        EncodedEvents(items: items, memory: memory, byteCount: used)
    }

    /// Adds an event.
    ///
    /// - Parameters:
    ///   - messageID: UTF-8.
    ///   - shared: what was said beside the message, as ``Event/shared``.
    ///   - message: the message as sent.
    ///   - secret: bytes of the message that are stored as ``blank``.
    package mutating func append(
        messageID: UnsafeRawBufferPointer, shared: UnsafeRawBufferPointer,
        message: UnsafeRawBufferPointer, blanking secret: Range<Int> = 0..<0, receivedAt: Int64
    ) {
        let start = used
        makeRoom(
            for: source.count + messageID.count + shared.count + message.count
                + 3 * Varint.bytesMax)
        let key = source.withUnsafeBytes { source in
            used += EventBody.write(
                source, messageID, shared, message,
                to: UnsafeMutableRawBufferPointer(rebasing: room[start...]))
            return MessageKey(source: source, messageID: messageID)
        }
        // The message stands at the end.
        for index in secret {
            precondition(message.indices.contains(index))
            room[used - message.count + index] = Self.blank
        }
        items.append(
            EncodedEvents.Item(body: start..<used, key: key, receivedAt: receivedAt))
    }

    private mutating func makeRoom(for count: Int) {
        guard used + count > room.count else { return }
        memory.grow(to: max(used + count, room.count * 2), keeping: used)
        room = memory.room
    }
}
