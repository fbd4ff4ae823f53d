/// Events in the form in which entries hold them (see ``EventBody``), one behind the other in one
/// piece of memory: for producers that have the parts of many events and would otherwise make an
/// ``Event`` of each. Made by ``EventEncoder``.
package struct EncodedEvents: Sendable {
    struct Item: Sendable {
        /// Where its body stands in the bytes.
        let body: Range<Int>
        let key: MessageKey
        /// Milliseconds since 1970-01-01T00:00:00Z.
        let receivedAt: Int64
    }

    let items: [Item]
    private let memory: EncodedMemory
    private let byteCount: Int

    package var count: Int { items.count }

    /// - Parameter memory: not written to any more.
    init(items: [Item], memory: EncodedMemory, byteCount: Int) {
        self.items = items
        self.memory = memory
        self.byteCount = byteCount
    }

    /// Lends the bytes.
    func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(memory) {} }
        return try body(UnsafeRawBufferPointer(rebasing: memory.room[..<byteCount]))
    }
}

/// The memory of ``EncodedEvents``.
///
/// `@unchecked Sendable`: one encoder writes to it; when that has finished nobody does, and those
/// who read it hold it.
final class EncodedMemory: @unchecked Sendable {
    private(set) var room: UnsafeMutableRawBufferPointer

    init(byteCount: Int) { room = .allocate(byteCount: byteCount, alignment: 8) }

    deinit { room.deallocate() }

    /// Makes room for `byteCount` bytes; the first `used` stay.
    func grow(to byteCount: Int, keeping used: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<used]))
        room.deallocate()
        room = larger
    }
}
