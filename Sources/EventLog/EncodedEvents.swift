import Events

/// Events of one source in the form in which entries hold them (see ``EventBody``), one behind the
/// other in one piece of memory.
///
/// What can be done for an event alone, copying its parts and hashing its message ID, is done here,
/// by its producer: the one thread that writes then does only what must be done in order.
package struct EncodedEvents: Sendable {
    /// What each byte of a secret in a message is replaced by.
    package static let blank = UInt8(ascii: "*")

    struct Item: Sendable {
        /// Where its body stands in `bytes`.
        let body: Range<Int>
        let key: MessageKey
        /// Milliseconds since 1970-01-01T00:00:00Z.
        let receivedAt: Int64
    }

    private(set) var bytes: [UInt8] = []
    private(set) var items: [Item] = []
    /// The source's name with its length before it, as each body begins.
    private var sourcePart: [UInt8] = []
    /// UTF-8.
    private var source: [UInt8] = []

    package var count: Int { items.count }

    /// Nothing yet, with room for `count` events whose message IDs, messages and shared parts have
    /// `byteCount` bytes in all.
    package init(source: String, count: Int, byteCount: Int) {
        setSource(source)
        items.reserveCapacity(count)
        bytes.reserveCapacity(byteCount + count * (sourcePart.count + 2 * Varint.bytesMax))
    }

    /// The events of any sources, in order.
    package init(_ events: [Event]) {
        self.init(
            source: events.first?.source ?? "", count: events.count,
            byteCount: events.reduce(0) { $0 + EventBody.size($1) })
        var current = events.first?.source ?? ""
        for event in events {
            if event.source != current {
                current = event.source
                setSource(current)
            }
            append(event)
        }
    }

    /// Adds an event of the source.
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
        let start = bytes.count
        bytes += sourcePart
        Varint.append(messageID.count, to: &bytes)
        bytes.append(contentsOf: messageID)
        Varint.append(shared.count, to: &bytes)
        bytes.append(contentsOf: shared)
        let messageStart = bytes.count
        bytes.append(contentsOf: message)
        for index in secret { bytes[messageStart + index] = Self.blank }
        items.append(
            Item(
                body: start..<bytes.count,
                key: source.withUnsafeBytes { MessageKey(source: $0, messageID: messageID) },
                receivedAt: receivedAt))
    }

    private mutating func append(_ event: Event) {
        var messageID = event.messageID
        messageID.withUTF8 { messageID in
            event.shared.withUnsafeBytes { shared in
                event.bytes.withUnsafeBytes { message in
                    append(
                        messageID: UnsafeRawBufferPointer(messageID), shared: shared,
                        message: message, receivedAt: event.receivedAt)
                }
            }
        }
    }

    private mutating func setSource(_ name: String) {
        source = Array(name.utf8)
        sourcePart = []
        Varint.append(source.count, to: &sourcePart)
        sourcePart += source
    }
}
