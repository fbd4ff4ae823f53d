import CAppendBenchmark
import Events

/// The same events for both sides, made before the clock starts.
struct SampleEvents {
    let events: [Event]

    /// `count` events whose messages have `bytes` bytes each.
    init(count: Int, bytes: Int) {
        let head = #"{"type":"identify","userId":"user-"#
        let tail = #"","traits":{"note":""#
        let end = #""}}"#
        events = (0..<count).map { number in
            let id = String(number)
            let fill = bytes - head.utf8.count - id.utf8.count - tail.utf8.count - end.utf8.count
            let message = head + id + tail + String(repeating: "x", count: max(0, fill)) + end
            return Event(
                source: "website", messageID: "2f1c9a52-7d3e-4b8a-9c61-\(number)",
                receivedAt: 1_750_000_000_000 + Int64(number), bytes: Array(message.utf8))
        }
    }

    /// Lends the events as C takes them.
    func withCEvents<R>(_ body: (UnsafePointer<c_event>) throws -> R) rethrows -> R {
        let copies = events.map(CEvent.init)
        defer { for copy in copies { copy.free() } }
        return try copies.map(\.event).withUnsafeBufferPointer { buffer in
            // Never nil: a buffer of an array with elements has an address.
            guard let address = buffer.baseAddress else { preconditionFailure("no events") }
            return try body(address)
        }
    }
}

/// One event in memory of C's own.
private struct CEvent {
    let event: c_event
    private let source: UnsafeMutablePointer<CChar>
    private let messageID: UnsafeMutablePointer<CChar>
    private let bytes: UnsafeMutablePointer<UInt8>

    init(_ event: Event) {
        source = Self.copy(event.source.utf8CString)
        messageID = Self.copy(event.messageID.utf8CString)
        bytes = Self.copy(ContiguousArray(event.bytes))
        self.event = c_event(
            source: source, message_id: messageID, received_at: event.receivedAt,
            bytes: bytes, bytes_count: event.bytes.count)
    }

    private static func copy<T>(_ values: ContiguousArray<T>) -> UnsafeMutablePointer<T> {
        let copy = UnsafeMutablePointer<T>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() { (copy + index).initialize(to: value) }
        return copy
    }

    func free() {
        source.deallocate()
        messageID.deallocate()
        bytes.deallocate()
    }
}
