/// One record of the log.
package struct Entry: Sendable, Hashable {
    package let position: Position
    package let kind: EntryKind
    /// For events, when the door received them; for all others, when they were appended.
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let recordedAt: Int64
    /// An ``EventBody`` for events, JSON for all others.
    package let body: [UInt8]
    /// SHA-256 over the previous entry's hash and all of this entry: the chain.
    package let hash: [UInt8]

    package init(
        position: Position, kind: EntryKind, recordedAt: Int64, body: [UInt8], hash: [UInt8]
    ) {
        self.position = position
        self.kind = kind
        self.recordedAt = recordedAt
        self.body = body
        self.hash = hash
    }
}

/// What an entry records. The raw values are on disk: never change one.
package enum EntryKind: UInt8, Sendable, Hashable, CaseIterable {
    case event = 1
    case configuration = 2
    case intent = 3
    case outcome = 4
    case decision = 5

    package var name: String {
        switch self {
        case .event: "event"
        case .configuration: "configuration"
        case .intent: "intent"
        case .outcome: "outcome"
        case .decision: "decision"
        }
    }
}
