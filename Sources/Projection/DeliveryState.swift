import Records

/// How far delivery has come with a key: folded from intents, outcomes and decisions.
package struct DeliveryState: Sendable, Hashable {
    /// The record that an earlier outcome says is this key's.
    package var link: RecordID?
    /// The same of keys that joined this one, other than ``link``, until a look tells which of the
    /// records are still there. Sorted; empty for nearly every key.
    package var joinedLinks: [RecordID]
    package var status: Status
    /// Operations about this key that are not over. While one is left the key's own status waits:
    /// see ``become(_:)``.
    package var awaited: [AwaitedOperation]
    /// Answers in a row that asked to come again, since the desired state last changed.
    package var attempts: Int
    /// Sendings in a row without any answer: what a record that breaks every request looks like.
    package var doubts: Int
    /// `changedAt` of the state whose delete a person has approved.
    package var approvedVersion: UInt64?
    /// How many times the key's record was made anew because people had deleted the one before.
    package var replacements: Int

    package enum Status: Sendable, Hashable {
        case dirty
        case settled
        /// An intent is in the log and its outcome is not.
        case inFlight
        /// Sent with no definite answer: no write until the fence has passed.
        case inDoubt
        case parked(Parking)
    }

    package init(
        link: RecordID? = nil, joinedLinks: [RecordID] = [], status: Status = .dirty,
        awaited: [AwaitedOperation] = [], attempts: Int = 0, doubts: Int = 0,
        approvedVersion: UInt64? = nil, replacements: Int = 0
    ) {
        self.joinedLinks = joinedLinks
        self.replacements = replacements
        self.link = link
        self.status = status
        self.awaited = awaited
        self.attempts = attempts
        self.doubts = doubts
        self.approvedVersion = approvedVersion
    }

    /// All records that are this key's as far as is known.
    package var links: [RecordID] { (link.map { [$0] } ?? []) + joinedLinks }

    /// Keeps further records until a look tells which of all are still there.
    mutating func keep(_ records: [RecordID]) {
        link = link ?? records.first
        joinedLinks = Set(joinedLinks + records).filter { $0 != link }
            .sorted { $0.description < $1.description }
    }
}

/// One operation that was sent for a key and is not over.
package struct AwaitedOperation: Sendable, Hashable {
    /// What it waits for. Raw values are on disk.
    package enum Wait: UInt8, Sendable, Hashable {
        /// Its answer.
        case answer = 1
        /// Its fence: nothing is written for the key before.
        case fence = 2
        /// Its fence too, but the same upsert may be sent meanwhile: it cannot make a second
        /// record.
        case sameUpsert = 3
    }

    package let intent: UInt64
    package let index: Int
    package var wait: Wait

    package init(intent: UInt64, index: Int, wait: Wait) {
        self.intent = intent
        self.index = index
        self.wait = wait
    }
}

/// Why and since when a key is parked.
package struct Parking: Sendable, Hashable {
    package let reason: ParkReason
    package let status: Int
    /// Salesforce's code or ours.
    package let code: String
    package let message: String
    package let recordIDs: [RecordID]
    /// Position of the entry that parked it.
    package let position: UInt64
    /// The field whose parent is awaited, missing or ambiguous.
    package let field: String?
    /// The fold refused the value by itself, and no entry of the log tells of it yet.
    package let isUntold: Bool

    package init(
        reason: ParkReason, status: Int, code: String, message: String, recordIDs: [RecordID] = [],
        position: UInt64, field: String? = nil, isUntold: Bool = false
    ) {
        self.isUntold = isUntold
        self.reason = reason
        self.status = status
        self.code = code
        self.message = message
        self.recordIDs = recordIDs
        self.position = position
        self.field = field
    }
}
