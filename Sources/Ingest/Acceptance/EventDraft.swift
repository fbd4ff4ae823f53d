import Events

/// An event that was found good, before its source is known for certain.
package struct EventDraft: Sendable, Hashable {
    /// Its place in the request, from 0.
    package let index: Int
    package let messageID: String
    /// Whether the sender gave no id and this one was assigned.
    package let isMessageIDAssigned: Bool
    package let bytes: [UInt8]
    package let shared: [UInt8]

    /// The same under another assigned id.
    func identified(as messageID: String) -> EventDraft {
        EventDraft(
            index: index, messageID: messageID, isMessageIDAssigned: true, bytes: bytes,
            shared: shared)
    }

    /// The event, for the log.
    package func event(source: String, receivedAt: Int64) -> Event {
        Event(
            source: source, messageID: messageID, receivedAt: receivedAt, bytes: bytes,
            shared: shared)
    }
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
}
