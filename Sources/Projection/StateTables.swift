import LMDB
import Records

/// The tables of `state/`. All of it is a fold of the log; `docs/data-files.md` shows keys and
/// values.
struct StateTables: Sendable {
    /// Names → small facts: format, checkpoint, configuration, pause, stopped objects, API use,
    /// counts, sources.
    let facts: Table
    /// Key id → ``DesiredRecord``.
    let records: Table
    /// Matcher key text → key id. A joined key's aliases lead to the key that it joined.
    let aliases: Table
    /// Id of a key that joined another → id of the key that it joined.
    let joined: Table
    /// Key ids that need work.
    let dirty: Table
    /// Event position and key id: which events touched which keys.
    let touched: Table
    /// Event position and action → why the action did not apply.
    let skipped: Table
    /// Record id and key id: which keys a record is linked to.
    let links: Table
    /// Intent position and index → ``OpenOperation``: what was sent and has no definite answer.
    let open: Table
    /// The same of operations that are rows of a job: nothing is in doubt about them while the job
    /// is under way, and they may be a million.
    let jobRows: Table
    /// Name → ``OpenJob``.
    let jobs: Table
    /// Key id and intent position: what was sent for a key.
    let sent: Table
    /// Key id and outcome position: when a key was blocked.
    let blocked: Table
    /// Hash of a parent's name, and key id: which keys wait for which parent.
    let waiting: Table
    /// Key ids with a field that Salesforce rewrites.
    let rewritten: Table
    /// Ids of keys with a value that the fold refused, of which no entry tells yet.
    let refused: Table

    static let names = [
        "facts", "records", "aliases", "joined", "dirty", "touched", "skipped", "links", "open",
        "job-rows", "jobs", "sent", "blocked", "waiting", "rewritten", "refused",
    ]

    /// All tables, in the order of ``names``.
    var all: [Table] {
        [
            facts, records, aliases, joined, dirty, touched, skipped, links, open, jobRows, jobs,
            sent, blocked, waiting, rewritten, refused,
        ]
    }
}

extension StateTables {
    /// How far the state is: its checkpoint, and the configuration that it was folded under.
    func stand(
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> (checkpoint: UInt64, configuration: UInt64) {
        try storing { () throws(LMDBError) in
            let checkpoint = try transaction.value(facts, key: FactName.checkpoint)
            let configuration = try transaction.value(facts, key: FactName.configuration)
            return (
                checkpoint.map { StateKey.number($0) } ?? 0,
                configuration.map { StateKey.number($0) } ?? 0
            )
        }
    }
}

/// Keys of the tables: numbers are big-endian, so that LMDB's byte order is their order.
enum StateKey {
    static func number(_ value: UInt64) -> [UInt8] {
        KeyEncoding.bytes(value)
    }

    static func pair(_ first: UInt64, _ second: UInt64) -> [UInt8] {
        number(first) + number(second)
    }

    static func link(_ record: RecordID, _ key: UInt64) -> [UInt8] {
        Array(record.description.utf8) + number(key)
    }

    /// Reads the big-endian number at `offset`; zero when the bytes end before it does.
    static func number(in bytes: UnsafeRawBufferPointer, at offset: Int = 0) -> UInt64 {
        guard bytes.count >= offset + 8 else { return 0 }
        return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    static func number(_ bytes: [UInt8], at offset: Int = 0) -> UInt64 {
        bytes.withUnsafeBytes { number(in: $0, at: offset) }
    }
}

/// The names in the table of facts.
enum FactName {
    static let format = Array("format".utf8)
    static let checkpoint = Array("checkpoint".utf8)
    /// Position of the configuration entry in force.
    static let configuration = Array("configuration".utf8)
    /// How far objects are folded that a changed configuration does not concern, while the others
    /// are folded again: see ``PartialRefold``.
    static let partial = Array("partial".utf8)
    static let pause = Array("pause".utf8)
    static let api = Array("api".utf8)
    /// Prefix of the objects that are stopped.
    static let stopped = Array("stopped/".utf8)
    /// Prefix of the counts of keys by status.
    static let count = Array("count/".utf8)
    /// Prefix of the totals of each source's events.
    static let source = Array("source/".utf8)
}

/// One field of an operation without a definite answer.
package struct OpenWrite: Sendable, Hashable {
    package let field: String
    package let after: FieldValue
    /// What was read before; `nil` when the operation creates the record.
    package let before: FieldValue?

    package init(field: String, after: FieldValue, before: FieldValue?) {
        self.field = field
        self.after = after
        self.before = before
    }
}

extension OpenWrite {
    init(_ change: IntentChange, of kind: OperationKind) {
        self.init(
            field: change.field, after: change.after,
            before: kind == .create ? nil : change.before)
    }
}

/// One operation that was sent and has no definite answer yet.
package struct OpenOperation: Sendable, Hashable {
    package let intent: UInt64
    package let index: Int
    package let kind: OperationKind
    /// Sending it a second time cannot make a second record.
    package let isIdempotent: Bool
    /// Milliseconds since 1970: when the intent was recorded. For people; fences go by a monotonic
    /// clock.
    package let sentAt: Int64
    /// An outcome said *in doubt*; until then the answer may still come.
    package var isInDoubt: Bool
    /// By when it had left, if it is in doubt and the log tells.
    package var sentBy: BootMoment?
    /// By name, not by id: a key may join another before the answer comes.
    package let keys: [KeyVersion]
    /// What it writes: once it has succeeded, each field's ``LastWrite``.
    package let writes: [OpenWrite]

    package init(
        intent: UInt64, index: Int, kind: OperationKind, isIdempotent: Bool, sentAt: Int64,
        isInDoubt: Bool, sentBy: BootMoment? = nil, keys: [KeyVersion], writes: [OpenWrite] = []
    ) {
        self.sentBy = sentBy
        self.writes = writes
        self.intent = intent
        self.index = index
        self.kind = kind
        self.isIdempotent = isIdempotent
        self.sentAt = sentAt
        self.isInDoubt = isInDoubt
        self.keys = keys
    }

    var tableKey: [UInt8] { StateKey.pair(intent, UInt64(index)) }

    func encoded() -> [UInt8] {
        var writer = RowWriter()
        writer.text(kind.rawValue)
        writer.byte(isIdempotent ? 1 : 0)
        writer.signed(sentAt)
        writer.byte(isInDoubt ? 1 : 0)
        writer.optional(sentBy) { writer, moment in
            writer.text(moment.boot)
            writer.signed(moment.milliseconds)
        }
        writer.list(keys) { writer, key in
            writer.text(key.key.text)
            writer.varint(key.version)
        }
        writer.list(writes) { writer, write in
            writer.text(write.field)
            writer.value(write.after)
            writer.optional(write.before) { $0.value($1) }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], key: [UInt8]) -> OpenOperation? {
        var reader = RowReader(bytes)
        guard let kind = OperationKind(rawValue: reader.text()) else { return nil }
        let operation = OpenOperation(
            intent: StateKey.number(key),
            index: Int(truncatingIfNeeded: StateKey.number(key, at: 8)), kind: kind,
            isIdempotent: reader.byte() == 1, sentAt: reader.signed(),
            isInDoubt: reader.byte() == 1,
            sentBy: reader.optional { BootMoment(boot: $0.text(), milliseconds: $0.signed()) },
            keys: reader.list { reader in
                let key = MatcherKey(text: reader.text()) ?? reader.damaged(nil)
                return key.map { KeyVersion(key: $0, version: reader.varint()) }
            }.compactMap { $0 },
            writes: reader.list { reader in
                OpenWrite(
                    field: reader.text(), after: reader.value(),
                    before: reader.optional { $0.value() })
            })
        return reader.isComplete ? operation : nil
    }
}
