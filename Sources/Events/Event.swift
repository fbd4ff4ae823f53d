/// One accepted message from a source: what arrived, and when.
///
/// The bytes are the sender's own, but for a write key in them, which is blanked; nothing is
/// normalised away. What a batch said for all its messages (`sentAt`, `context`, `integrations`) is
/// kept beside them, as the sender wrote it.
package struct Event: Sendable, Hashable {
    /// The name of the source whose write key the sender used.
    package let source: String
    /// The sender's id, or the one that was assigned because the sender gave none.
    package let messageID: String
    /// When the door received it, in milliseconds since 1970-01-01T00:00:00Z.
    package let receivedAt: Int64
    /// The message: one JSON object, UTF-8, already validated.
    package let bytes: [UInt8]
    /// What the sender said beside the message, as one JSON object: the batch's own `sentAt`,
    /// `context` and `integrations`, and `type` when only the path said it. For an event of a file,
    /// also `receivedAt`: when the door that it was first sent to received it. Empty when there is
    /// nothing.
    package let shared: [UInt8]

    package init(
        source: String, messageID: String, receivedAt: Int64, bytes: [UInt8], shared: [UInt8] = []
    ) {
        self.source = source
        self.messageID = messageID
        self.receivedAt = receivedAt
        self.bytes = bytes
        self.shared = shared
    }
}

/// The message types of the Segment and Customer.io Pipelines specification.
package enum EventKind: String, Sendable, Hashable, CaseIterable, Codable {
    case identify, track, group, page, screen, alias
}
