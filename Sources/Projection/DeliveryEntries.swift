import Records

// Bodies of the entries that delivery appends and that the fold reads back: JSON with sorted keys.
// They live here, before delivery on the data path, because the state that a rebuild makes must
// contain what was sent and what came back. Intents and outcomes are written and read without the
// encoder: a member of theirs is added in ``EntryWriting`` and ``EntryReading`` as well.

/// Operations about to be sent, durable before their first byte leaves.
package struct IntentEntry: Sendable, Hashable, Codable {
    /// The log writer's epoch: a process with an older one no longer sends.
    package let epoch: UInt64
    /// Hash of the configuration in force.
    package let configuration: String
    package let request: IntentRequest
    /// In the order of the request's records.
    package let operations: [IntentOperation]
    /// The job that the operations are rows of; the request's body is then their rows of its file.
    package let job: JobPart?

    package init(
        epoch: UInt64, configuration: String, request: IntentRequest, operations: [IntentOperation],
        job: JobPart? = nil
    ) {
        self.job = job
        self.epoch = epoch
        self.configuration = configuration
        self.request = request
        self.operations = operations
    }
}

/// The exact request of an intent.
package struct IntentRequest: Sendable, Hashable, Codable {
    package let method: String
    package let path: String
    package let body: String
    /// Hex SHA-256 of method, path and body, each ended by a line feed.
    package let hash: String
    /// How it travels: as a call of its own, as one of several in a Composite call, or as rows of a
    /// job.
    package let lane: Lane
    /// Headers by which Salesforce saves the records otherwise than usual; `nil` for none.
    package let headers: [String: String]?

    package init(
        method: String, path: String, body: String, hash: String, lane: Lane = .collections,
        headers: [String: String]? = nil
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.hash = hash
        self.lane = lane
        self.headers = headers
    }
}

/// The kind of API call that carries operations. Raw values are on disk.
package enum Lane: String, Sendable, Hashable, Codable, CaseIterable {
    /// A call of sObject Collections: up to 200 records.
    case collections
    /// Several such requests in one Composite call.
    case composite
    /// A job of Bulk API 2.0.
    case bulk
}

/// One record of an intent.
package struct IntentOperation: Sendable, Hashable, Codable {
    package let kind: OperationKind
    package let keys: [KeyVersion]
    package let recordID: RecordID?
    /// The unique external id field of an upsert: sending it twice makes one record.
    package let upsertField: String?
    package let changes: [IntentChange]
    package let reason: String
    /// `SystemModstamp` of the record when it was observed.
    package let observedModstamp: String?

    package init(
        kind: OperationKind, keys: [KeyVersion], recordID: RecordID?, upsertField: String?,
        changes: [IntentChange], reason: String, observedModstamp: String?
    ) {
        self.kind = kind
        self.keys = keys
        self.recordID = recordID
        self.upsertField = upsertField
        self.changes = changes
        self.reason = reason
        self.observedModstamp = observedModstamp
    }

    /// Sending it a second time cannot make a second record.
    package var isIdempotent: Bool { kind != .create || upsertField != nil }
}

/// What an operation does. Raw values are on disk.
package enum OperationKind: String, Sendable, Hashable, Codable {
    case create, update, delete
}

/// A matcher key, and which state of it an operation or settlement is about.
package struct KeyVersion: Sendable, Hashable, Codable {
    package let key: MatcherKey
    /// Position of the entry that last changed the key's desired state when this was decided. A key
    /// that has changed since stays dirty.
    package let version: UInt64

    package init(key: MatcherKey, version: UInt64) {
        self.key = key
        self.version = version
    }
}

/// One field of an operation, and the event that asked for it.
package struct IntentChange: Sendable, Hashable, Codable {
    package let field: String
    package let before: FieldValue
    package let after: FieldValue
    package let event: UInt64
    package let messageID: String
    package let eventTime: Int64
    package let action: String

    package init(
        field: String, before: FieldValue, after: FieldValue, event: UInt64, messageID: String,
        eventTime: Int64, action: String
    ) {
        self.field = field
        self.before = before
        self.after = after
        self.event = event
        self.messageID = messageID
        self.eventTime = eventTime
        self.action = action
    }
}

/// What came back, or what was observed: the answer to an intent, keys found settled or blocked,
/// in-doubt operations resolved, delivery paused or resumed.
package struct OutcomeEntry: Sendable, Hashable, Codable {
    /// Position of the intent that ``results`` answer.
    package var intent: UInt64?
    package var results: [OperationResult]
    /// In-doubt operations whose fence has passed and whose keys may be observed again.
    package var resolved: [ResolvedOperation]
    package var settled: [SettledEntry]
    package var blocked: [BlockedEntry]
    /// Keys that wait for a parent which a look has found: they are dirty again.
    package var awoken: [MatcherKey]?
    package var pause: PauseEntry?
    /// Delivery goes on after a pause.
    package var isResumed: Bool?
    /// Objects that are stopped, or go on.
    package var objects: [ObjectStopEntry]?
    /// Keys whose record was found to be another one now.
    package var relinked: [RelinkEntry]?
    /// API requests of the org's rolling 24 hours, as last told.
    package var api: APIUse?
    /// How far a job is.
    package var job: JobEntry?
    /// By when everything had left that this entry calls in doubt: its fence is counted from here.
    /// In an entry without ``intent`` the same of all that is in doubt so far and of which no
    /// moment of this boot is known: whoever sent it had ended.
    package var allSentBy: BootMoment?

    package init(
        intent: UInt64? = nil, results: [OperationResult] = [], resolved: [ResolvedOperation] = [],
        settled: [SettledEntry] = [], blocked: [BlockedEntry] = [], awoken: [MatcherKey]? = nil,
        pause: PauseEntry? = nil, isResumed: Bool? = nil, objects: [ObjectStopEntry]? = nil,
        relinked: [RelinkEntry]? = nil, api: APIUse? = nil, job: JobEntry? = nil,
        allSentBy: BootMoment? = nil
    ) {
        self.allSentBy = allSentBy
        self.objects = objects
        self.relinked = relinked
        self.job = job
        self.intent = intent
        self.results = results
        self.resolved = resolved
        self.settled = settled
        self.blocked = blocked
        self.awoken = awoken
        self.pause = pause
        self.isResumed = isResumed
        self.api = api
    }
}

/// The answer for one record of an intent.
package struct OperationResult: Sendable, Hashable, Codable {
    package enum Status: String, Sendable, Hashable, Codable {
        case succeeded
        /// Refused for good: the key is parked.
        case failed
        /// Refused for now, or nothing was executed: the key is dirty again.
        case again
        case inDoubt = "in-doubt"
    }

    package let index: Int
    package let status: Status
    /// The record that it is about. Beside `again`: the one that a create without an answer turned
    /// out to have made.
    package let recordID: RecordID?
    package let wasCreated: Bool?
    /// Records that Salesforce names as the reason for a refusal.
    package let recordIDs: [RecordID]?
    /// Salesforce's status code, or ours for a failure of the transport.
    package let code: String?
    package let message: String?
    /// Why a refused key waits for a person; `rejected` when absent.
    package let park: ParkReason?
    /// The request as a whole was refused, for no reason of this record's.
    package let isWholeRequest: Bool?
    /// What succeeded left lookups out whose records come after it: the key is to be looked at
    /// again.
    package var isPartial: Bool?

    package init(
        index: Int, status: Status, recordID: RecordID? = nil, wasCreated: Bool? = nil,
        code: String? = nil, message: String? = nil, park: ParkReason? = nil,
        isWholeRequest: Bool? = nil, recordIDs: [RecordID]? = nil
    ) {
        self.recordIDs = recordIDs
        self.park = park
        self.isWholeRequest = isWholeRequest
        self.index = index
        self.status = status
        self.recordID = recordID
        self.wasCreated = wasCreated
        self.code = code
        self.message = message
    }
}

/// An in-doubt operation that no longer is: the fence passed and its keys were observed again.
package struct ResolvedOperation: Sendable, Hashable, Codable {
    package let intent: UInt64
    package let index: Int

    package init(intent: UInt64, index: Int) {
        self.intent = intent
        self.index = index
    }
}

/// A key that was observed to agree.
package struct SettledEntry: Sendable, Hashable, Codable {
    package let key: KeyVersion
    package let recordID: RecordID?
    /// Fields that hold what Salesforce makes of the value that was written, sorted by name; absent
    /// when there are none.
    package let rewritten: [String]?

    package init(key: KeyVersion, recordID: RecordID?, rewritten: [String]? = nil) {
        self.key = key
        self.recordID = recordID
        self.rewritten = rewritten
    }
}

/// A key that nothing is sent for.
package struct BlockedEntry: Sendable, Hashable, Codable {
    package let key: KeyVersion
    package let reason: ParkReason
    /// 300, 404, 400 …: the number that the reference product records.
    package let status: Int
    package let message: String
    package let recordIDs: [RecordID]
    /// The field whose parent is awaited, missing or ambiguous.
    package let field: String?
    /// The code that Salesforce's refusal would have had; the reason is the code when absent.
    package let code: String?

    package init(
        key: KeyVersion, reason: ParkReason, status: Int, message: String, recordIDs: [RecordID],
        field: String? = nil, code: String? = nil
    ) {
        self.code = code
        self.key = key
        self.reason = reason
        self.status = status
        self.message = message
        self.recordIDs = recordIDs
        self.field = field
    }
}

/// Why a key waits for a person. Raw values are on disk and in every output.
package enum ParkReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// 300: several records match.
    case ambiguous
    /// 404: no record matches an update.
    case notFound = "not-found"
    /// A value or field that Salesforce refused, or would refuse.
    case rejected
    /// A delete that waits for a person's word (`deletes: hold`, or the brake).
    case held
    /// Salesforce asked to come back so often that Tidemark stopped.
    case retriesExhausted = "retries-exhausted"
    /// 424: a lookup's parent is not there, or has no definite id yet. The one reason that waits
    /// for no person: the key goes on by itself when the parent appears.
    case waitingForParent = "waiting-for-parent"
    /// 424: a lookup's parent is not there, and the lookup says to park.
    case parentMissing = "parent-missing"
    /// 300: several records may be a lookup's parent.
    case parentAmbiguous = "parent-ambiguous"
    /// The org's duplicate rules take the new record for one that exists.
    case duplicate
    /// The record that Tidemark made anew was deleted as well: it is not made a third time.
    case deleted
    /// The lead has been converted, and is read-only since.
    case converted
    /// The plan for the key broke a rule that every plan must keep: a defect of Tidemark.
    case defect
}

/// Why nothing is sent to Salesforce at present.
package struct PauseEntry: Sendable, Hashable, Codable {
    /// A sentence with the reason and the remedy; no values.
    package let reason: String
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let since: Int64

    package init(reason: String, since: Int64) {
        self.reason = reason
        self.since = since
    }
}

/// An object whose keys wait, because Salesforce refuses what is not in a single record.
package struct ObjectStopEntry: Sendable, Hashable, Codable {
    package let object: String
    /// A sentence without values.
    package let reason: String
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let since: Int64
    /// The object goes on.
    package let isOver: Bool?

    package init(object: String, reason: String, since: Int64, isOver: Bool? = nil) {
        self.object = object
        self.reason = reason
        self.since = since
        self.isOver = isOver
    }
}

/// A key whose record people have made into another one.
package struct RelinkEntry: Sendable, Hashable, Codable {
    /// What people did. Raw values are on disk.
    package enum Reason: String, Sendable, Hashable, Codable {
        /// The record was merged into the other one.
        case merged
        /// The lead was converted into the contact.
        case converted
    }

    package let key: MatcherKey
    package let from: RecordID
    package let to: RecordID
    package let reason: Reason

    package init(key: MatcherKey, from: RecordID, to: RecordID, reason: Reason) {
        self.key = key
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// The org's API allocation as Salesforce last told it.
package struct APIUse: Sendable, Hashable, Codable {
    package let used: Int
    package let limit: Int

    package init(used: Int, limit: Int) {
        self.used = used
        self.limit = limit
    }
}

/// A person's choice.
package enum DecisionEntry: Sendable, Hashable, Codable {
    /// Let parked keys go: they are dirty again, and a held delete among them is approved.
    case retry(keys: [MatcherKey])
    /// Make the keys of a range of events dirty.
    case replay(ReplayRange)
}

/// Which events' keys a replay makes dirty.
package struct ReplayRange: Sendable, Hashable, Codable {
    /// Positions, both included.
    package let from: UInt64
    package let through: UInt64
    package let object: String?
    package let key: MatcherKey?

    package init(from: UInt64, through: UInt64, object: String? = nil, key: MatcherKey? = nil) {
        self.from = from
        self.through = through
        self.object = object
        self.key = key
    }
}
