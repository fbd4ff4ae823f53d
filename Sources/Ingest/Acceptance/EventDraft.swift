import EventLog
import Events

/// An event that was found good, before its source is known for certain. Its message is not copied:
/// places are in the bytes that were judged, which whoever uses it must still have.
package struct EventDraft: Sendable, Hashable {
    /// Its place in the request, from 0.
    package let index: Int
    package let messageID: SentText
    /// Whether the sender gave no id and this one was assigned.
    package let isMessageIDAssigned: Bool
    /// Where it stands.
    private let place: Range<Int>
    /// Where a write key stands in it. A secret does not belong in a log that is never trimmed.
    private let secret: Range<Int>?
    package let shared: [UInt8]

    init(
        _ envelope: EventEnvelope, index: Int, place: Range<Int>, shared: [UInt8],
        makeMessageID: () -> String
    ) {
        self.index = index
        self.place = place
        self.shared = shared
        messageID = envelope.messageID ?? .text(makeMessageID())
        isMessageIDAssigned = envelope.messageID == nil
        secret = envelope.writeKeyPlace
    }

    private init(
        index: Int, messageID: SentText, isMessageIDAssigned: Bool, place: Range<Int>,
        secret: Range<Int>?, shared: [UInt8]
    ) {
        self.index = index
        self.messageID = messageID
        self.isMessageIDAssigned = isMessageIDAssigned
        self.place = place
        self.secret = secret
        self.shared = shared
    }

    /// The same under another assigned id.
    func identified(as messageID: String) -> EventDraft {
        EventDraft(
            index: index, messageID: .text(messageID), isMessageIDAssigned: true, place: place,
            secret: secret, shared: shared)
    }

    /// The same, for bytes in which everything stands `distance` further on.
    func moved(by distance: Int) -> EventDraft {
        EventDraft(
            index: index, messageID: messageID.moved(by: distance),
            isMessageIDAssigned: isMessageIDAssigned, place: place.moved(by: distance),
            secret: secret?.moved(by: distance), shared: shared)
    }

    /// The event, with copies of its parts: its bytes as sent, but for a write key in them, of
    /// which each byte is replaced by `*`.
    package func event(
        source: String, receivedAt: Int64, from bytes: UnsafeRawBufferPointer
    ) -> Event {
        var kept = [UInt8](bytes[place])
        for index in secretInside { kept[index] = EventEncoder.blank }
        return Event(
            source: source, messageID: messageID.text(in: bytes), receivedAt: receivedAt,
            bytes: kept, shared: shared)
    }

    /// Adds the event as the log stores it: the same bytes.
    func append(
        to events: inout EventEncoder, receivedAt: Int64, from bytes: UnsafeRawBufferPointer
    ) {
        let message = UnsafeRawBufferPointer(rebasing: bytes[place])
        messageID.withBytes(in: bytes) { messageID in
            shared.withUnsafeBytes { shared in
                events.append(
                    messageID: messageID, shared: shared, message: message,
                    blanking: secretInside, receivedAt: receivedAt)
            }
        }
    }

    /// What it takes in the log, but for the name of its source.
    var storedBytes: Int {
        let id: Int
        switch messageID {
        case .place(let place): id = place.count
        case .text(let text): id = text.utf8.count
        }
        return id + shared.count + place.count
    }

    /// Where the write key stands, counted from the event's own first byte.
    private var secretInside: Range<Int> { secret?.moved(by: -place.lowerBound) ?? 0..<0 }
}

/// Why one event of a request was refused.
package struct ItemRejection: Sendable, Hashable {
    /// Its place in the request, from 0.
    package let index: Int
    /// Bytes count from the start of the whole (decompressed) body.
    package let rejection: EventRejection

    package init(index: Int, rejection: EventRejection) {
        self.index = index
        self.rejection = rejection
    }
}

/// What a body turned out to hold.
package struct AcceptedBody: Sendable, Hashable {
    package var drafts: [EventDraft] = []
    package var rejections: [ItemRejection] = []
    /// The write key, for libraries that put it into the body.
    package var writeKey: String?
    package var isBatch = false

    /// The same, for bytes in which everything stands `distance` further on.
    func moved(by distance: Int) -> AcceptedBody {
        var body = self
        body.drafts = drafts.map { $0.moved(by: distance) }
        body.rejections = rejections.map {
            ItemRejection(index: $0.index, rejection: $0.rejection.moved(by: distance))
        }
        return body
    }

    /// What the good events take in the log, but for the name of their source.
    var storedBytes: Int { drafts.reduce(0) { $0 + $1.storedBytes } }

    /// The good events as the log stores them; `bytes` are those that were judged.
    func encoded(
        source: String, receivedAt: Int64, from bytes: UnsafeRawBufferPointer
    ) -> EncodedEvents {
        var events = EventEncoder(source: source, count: drafts.count, byteCount: storedBytes)
        for draft in drafts { draft.append(to: &events, receivedAt: receivedAt, from: bytes) }
        return events.finish()
    }
}
