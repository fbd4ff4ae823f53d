import Events

/// Of events out of a file: they were sent to another door, long ago.
///
/// The specification corrects a sender's clock by the distance between `sentAt` and when the event
/// was received. For such an event that is not when we read the file, but when the first door had
/// it: what its archive says, or, when nothing says, `sentAt` itself, which corrects nothing. An
/// event without a time of its own happened then, too: not when we read the file.
struct History: Sendable, Hashable {
    /// When the archive stored it, in milliseconds since 1970-01-01T00:00:00Z.
    var archivedAt: Int64?

    /// What is said beside the event, with `receivedAt` added where the first door's is known.
    func added(to shared: [UInt8], of envelope: EventEnvelope, in batch: Batch?) -> [UInt8] {
        let sentAt = envelope.sentAt ?? batch?.sentAt
        guard let time = envelope.receivedAt ?? batch?.receivedAt ?? archivedAt ?? sentAt else {
            return shared
        }
        let member = Array("\"receivedAt\":\"\(Timestamp.format(time))\"}".utf8)
        guard !shared.isEmpty else { return [UInt8(ascii: "{")] + member }
        // What is shared is one object, written by us: its brace is the last byte.
        return shared.dropLast() + [UInt8(ascii: ",")] + member
    }
}
