import Events
import LMDB

/// The body of an event's entry:
///
///     varint, bytes   the source's name, UTF-8
///     varint, bytes   the message ID, UTF-8
///     varint, bytes   what the batch said for all its messages, JSON; none when it said nothing
///     bytes           the message, JSON as sent, up to the end of the body
///
/// Each varint is the length of the bytes after it. `receivedAt` is the entry's `recordedAt`.
package enum EventBody {
    /// The body's bytes.
    package static func encode(_ event: Event) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size(event)) { buffer, count in
            count = write(event, to: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Reads the event of an entry.
    ///
    /// - Throws: `damaged` when the entry is of another kind or its body is not as described above.
    package static func decode(_ entry: Entry) throws(LogError) -> Event {
        guard entry.kind == .event else {
            throw .damaged(entry.position, detail: "it is no event but of kind \(entry.kind.name)")
        }
        return try entry.body.withBytes { (body) throws(LogError) in
            try decode(body, at: entry.position, recordedAt: entry.recordedAt)
        }
    }

    /// The same from a lent body.
    static func decode(
        _ body: UnsafeRawBufferPointer, at position: Position, recordedAt: Int64
    ) throws(LogError) -> Event {
        guard let event = EventBodyParts(body)?.event(receivedAt: recordedAt) else {
            throw .damaged(position, detail: "its event is unreadable")
        }
        return event
    }

    /// Writes the body at the start of `buffer`, which has room for it; returns its size.
    @discardableResult
    static func write(_ event: borrowing Event, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        var (source, messageID) = (event.source, event.messageID)
        return source.withUTF8 { source in
            messageID.withUTF8 { messageID in
                event.shared.withUnsafeBytes { shared in
                    event.bytes.withUnsafeBytes { message in
                        write(
                            UnsafeRawBufferPointer(source), UnsafeRawBufferPointer(messageID),
                            shared, message, to: buffer)
                    }
                }
            }
        }
    }

    /// The same from the four parts as they are stored.
    static func write(
        _ source: UnsafeRawBufferPointer, _ messageID: UnsafeRawBufferPointer,
        _ shared: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer,
        to buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var index = 0
        Varint.write(source.count, to: buffer, at: &index)
        copy(source, to: buffer, at: &index)
        Varint.write(messageID.count, to: buffer, at: &index)
        copy(messageID, to: buffer, at: &index)
        Varint.write(shared.count, to: buffer, at: &index)
        copy(shared, to: buffer, at: &index)
        copy(message, to: buffer, at: &index)
        return index
    }

    private static func copy(
        _ bytes: UnsafeRawBufferPointer, to buffer: UnsafeMutableRawBufferPointer,
        at index: inout Int
    ) {
        guard !bytes.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: buffer[index...]).copyMemory(from: bytes)
        index += bytes.count
    }

    /// How many bytes ``encode(_:)`` gives.
    static func size(_ event: borrowing Event) -> Int {
        let source = event.source.utf8.count
        let messageID = event.messageID.utf8.count
        return Varint.size(source) + source + Varint.size(messageID) + messageID
            + Varint.size(event.shared.count) + event.shared.count + event.bytes.count
    }
}

/// The four parts of a stored event, lent from its body.
struct EventBodyParts {
    let source: UnsafeRawBufferPointer
    let messageID: UnsafeRawBufferPointer
    let shared: UnsafeRawBufferPointer
    let bytes: UnsafeRawBufferPointer

    /// Nil when the lengths do not fit the body.
    init?(_ body: UnsafeRawBufferPointer) {
        var index = 0
        guard let source = Self.part(body, at: &index),
            let messageID = Self.part(body, at: &index),
            let shared = Self.part(body, at: &index)
        else { return nil }
        self.source = source
        self.messageID = messageID
        self.shared = shared
        bytes = UnsafeRawBufferPointer(rebasing: body[index...])
    }

    private static func part(
        _ body: UnsafeRawBufferPointer, at index: inout Int
    ) -> UnsafeRawBufferPointer? {
        guard let count = Varint.read(body, at: &index), count <= body.count - index else {
            return nil
        }
        defer { index += count }
        return UnsafeRawBufferPointer(rebasing: body[index..<(index + count)])
    }

    /// Whether a sender that repeats an id has sent the same message again: equal bytes, or equal
    /// but for what libraries stamp anew on each retry. Otherwise the two are in conflict.
    func isSameMessage(as other: EventBodyParts) -> Bool {
        if bytes.elementsEqual(other.bytes) && shared.elementsEqual(other.shared) { return true }
        return EventBytes.isSameMessage([UInt8](other.bytes), [UInt8](bytes))
            && EventBytes.isSameMessage([UInt8](other.shared), [UInt8](shared))
    }

    /// A copy as an event; nil when a name is not UTF-8.
    func event(receivedAt: Int64) -> Event? {
        guard let source = String(validating: source, as: UTF8.self),
            let messageID = String(validating: messageID, as: UTF8.self)
        else { return nil }
        return Event(
            source: source, messageID: messageID, receivedAt: receivedAt, bytes: [UInt8](bytes),
            shared: [UInt8](shared))
    }
}
