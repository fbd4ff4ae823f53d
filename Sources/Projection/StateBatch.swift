import Crypto
import LMDB
import Records

/// The rows that one batch of entries reads and changes, held in memory until they are written in
/// one go at the batch's end, in the transaction that also moves the checkpoint.
///
/// Each row is decoded and encoded once a batch however many events touch it. What is written
/// depends on the entries alone, never on where a batch began or ended.
struct StateBatch {
    private let tables: StateTables
    private var rows: [UInt64: Cached] = [:]
    /// By the table's own key bytes: strings would join what differs in Unicode normalisation only,
    /// and then what is written would depend on which names met in one batch.
    private var aliases: [AliasName: UInt64] = [:]
    private var changedAliases: Set<AliasName> = []
    private var touched: [Touch] = []
    private var joins: [UInt64: UInt64] = [:]
    /// Keys that began to wait for a parent and are not in the table yet. Some may wait no more.
    private var waiting = ParentWaits()
    private var counts: [String: Int] = [:]
    private var sources: [String: SourceTotals] = [:]

    /// Rows held before they are written, within the same transaction: bounds the memory of a
    /// batch, whatever a single entry makes dirty.
    private static let rowCountMax = 20_000

    /// An event that touched a key.
    private struct Touch {
        let position: UInt64
        let id: UInt64
    }

    /// A row, and what the tables that index it say now.
    private struct Cached {
        var record: DesiredRecord?
        let storedStatus: String?
        let storedLink: RecordID?
        let isStoredDirty: Bool
        let storedWait: [UInt8]?
        let isStoredRewritten: Bool
        var isChanged = false
    }

    init(tables: StateTables) { self.tables = tables }

    // MARK: Reading

    /// The row of `id`; `nil` when there is none, as for a key that joined another.
    mutating func record(
        _ id: UInt64, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> DesiredRecord? {
        if let cached = rows[id] { return cached.record }
        guard
            let bytes = try storing({ () throws(LMDBError) in
                try transaction.value(tables.records, key: StateKey.number(id))
            })
        else { return nil }
        guard let record = DesiredRecord.decode(bytes, id: id) else {
            throw .damagedState(table: "records")
        }
        rows[id] = Cached(
            record: record, storedStatus: record.delivery.status.name,
            storedLink: record.delivery.link, isStoredDirty: record.delivery.status == .dirty,
            storedWait: record.awaitedParent.map { WaitKey.bytes($0.place) },
            isStoredRewritten: record.isRewritten)
        return record
    }

    /// The id of the key that `key` names.
    mutating func id(
        of key: MatcherKey, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> UInt64? {
        let name = AliasName(bytes: AliasKey.bytes(key.text))
        if let id = aliases[name] { return id }
        guard
            let bytes = try storing({ () throws(LMDBError) in
                try transaction.value(tables.aliases, key: name.bytes)
            })
        else { return nil }
        let id = StateKey.number(bytes)
        aliases[name] = id
        return id
    }

    /// The ids of the keys that the events of `range` touched, without repetition, following joins.
    mutating func touched(
        _ range: ReplayRange, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> [UInt64] {
        var ids: Set<UInt64> = []
        // This batch's own touches are not in the table yet.
        for touch in touched where Self.isInside(range, touch.position) { ids.insert(touch.id) }
        try storing { () throws(LMDBError) in
            try transaction.forEach(
                tables.touched, from: StateKey.number(range.from)
            ) { key, _ in
                guard Self.isInside(range, StateKey.number(in: key)) else { return false }
                ids.insert(StateKey.number(in: key, at: 8))
                return true
            }
        }
        var survivors: Set<UInt64> = []
        for id in ids { survivors.insert(try survivor(of: id, in: transaction)) }
        return survivors.sorted()
    }

    /// The key that `id` is part of now: itself, or the one that it joined.
    private func survivor(
        of id: UInt64, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> UInt64 {
        var survivor = id
        while true {
            let here = survivor
            if let next = joins[here] {
                survivor = next
                continue
            }
            let stored = try storing { () throws(LMDBError) in
                try transaction.value(tables.joined, key: StateKey.number(here))
            }
            // A key joins an older one, whose id is smaller: the way ends.
            guard let next = stored.map({ StateKey.number($0) }), next < here else { return here }
            survivor = next
        }
    }

    /// The ids of keys that may wait for `parent`: whoever takes them looks at their rows.
    func waiters(
        for parent: ParentPlace, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> [UInt64] {
        let hash = WaitKey.bytes(parent)
        var ids = waiting.ids(for: hash)
        try storing { () throws(LMDBError) in
            try transaction.forEach(tables.waiting, prefix: hash) { key, _ in
                ids.insert(StateKey.number(in: key, at: hash.count))
                return true
            }
        }
        return ids.sorted()
    }

    private static func isInside(_ range: ReplayRange, _ position: UInt64) -> Bool {
        position >= range.from && position <= range.through
    }

    // MARK: Changing

    /// Counts an event of a source.
    mutating func count(from source: String, receivedAt: Int64) {
        sources[source, default: SourceTotals()].add(receivedAt: receivedAt)
    }

    mutating func put(_ record: DesiredRecord) {
        waiting.add(record)
        if rows[record.id] != nil {
            rows[record.id]?.record = record
            rows[record.id]?.isChanged = true
        } else {
            rows[record.id] = Cached(
                record: record, storedStatus: nil, storedLink: nil, isStoredDirty: false,
                storedWait: nil, isStoredRewritten: false, isChanged: true)
        }
    }

    /// Lets go of the row of `id`, which the caller has and will ``put(_:)`` or ``giveBack(_:)``: a
    /// row held in two places would be copied when it changes.
    mutating func lend(_ id: UInt64) { rows[id]?.record = nil }

    /// Takes back a lent row that did not change.
    mutating func giveBack(_ record: DesiredRecord) { rows[record.id]?.record = record }

    /// Removes the row of a key that joined `older`. It must have been read since the last flush.
    mutating func remove(_ id: UInt64, joining older: UInt64) {
        rows[id]?.record = nil
        rows[id]?.isChanged = true
        joins[id] = older
    }

    mutating func name(_ key: MatcherKey, _ id: UInt64) {
        let name = AliasName(bytes: AliasKey.bytes(key.text))
        guard aliases[name] != id else { return }
        aliases[name] = id
        changedAliases.insert(name)
    }

    mutating func touch(_ id: UInt64, by position: UInt64) {
        touched.append(Touch(position: position, id: id))
    }

    // MARK: Writing

    /// Writes everything that changed once there is much of it, and forgets it.
    mutating func flushIfLarge(
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        guard rows.count >= Self.rowCountMax else { return }
        try flush(in: transaction)
        self = StateBatch(tables: tables)
    }

    /// Writes everything that changed.
    mutating func flush(in transaction: borrowing WriteTransaction) throws(ProjectionError) {
        for (id, cached) in rows.filter(\.value.isChanged).sorted(by: { $0.key < $1.key }) {
            try write(id, cached, in: transaction)
        }
        let names = changedAliases.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        for name in names {
            guard let id = aliases[name] else { continue }
            try storing { () throws(LMDBError) in
                try transaction.put(tables.aliases, key: name.bytes, value: StateKey.number(id))
            }
        }
        for (id, older) in joins.sorted(by: { $0.key < $1.key }) {
            try storing { () throws(LMDBError) in
                try transaction.put(
                    tables.joined, key: StateKey.number(id), value: StateKey.number(older))
            }
        }
        // Positions only grow, so these keys are the table's last.
        for touch in touched.sorted(by: { ($0.position, $0.id) < ($1.position, $1.id) }) {
            try storing { () throws(LMDBError) in
                try transaction.put(
                    tables.touched, key: StateKey.pair(touch.position, touch.id), value: [])
            }
        }
        for (status, change) in counts where change != 0 {
            try addCount(status, change, in: transaction)
        }
        for (source, totals) in sources { try add(totals, of: source, in: transaction) }
    }

    private mutating func write(
        _ id: UInt64, _ cached: Cached, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let key = StateKey.number(id)
        let record = cached.record
        let status = record?.delivery.status.name
        if status != cached.storedStatus {
            if let stored = cached.storedStatus { counts[stored, default: 0] -= 1 }
            if let status { counts[status, default: 0] += 1 }
        }
        try storing { () throws(LMDBError) in
            if let record {
                try transaction.put(tables.records, key: key, value: record.encoded())
            } else {
                _ = try transaction.delete(tables.records, key: key)
            }
            let isDirty = record?.delivery.status == .dirty
            if isDirty, !cached.isStoredDirty {
                try transaction.put(tables.dirty, key: key, value: [])
            } else if !isDirty, cached.isStoredDirty {
                _ = try transaction.delete(tables.dirty, key: key)
            }
            let isRewritten = record?.isRewritten == true
            if isRewritten, !cached.isStoredRewritten {
                try transaction.put(tables.rewritten, key: key, value: [])
            } else if !isRewritten, cached.isStoredRewritten {
                _ = try transaction.delete(tables.rewritten, key: key)
            }
            let link = record?.delivery.link
            if link != cached.storedLink {
                if let stored = cached.storedLink {
                    _ = try transaction.delete(tables.links, key: StateKey.link(stored, id))
                }
                if let link {
                    try transaction.put(tables.links, key: StateKey.link(link, id), value: [])
                }
            }
            let wait = record?.awaitedParent.map { WaitKey.bytes($0.place) }
            if wait != cached.storedWait {
                if let stored = cached.storedWait {
                    _ = try transaction.delete(tables.waiting, key: stored + key)
                }
                if let wait { try transaction.put(tables.waiting, key: wait + key, value: []) }
            }
        }
    }

    private func add(
        _ totals: SourceTotals, of source: String, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let key = SourceTotals.key(of: source)
        try storing { () throws(LMDBError) in
            var sum =
                try transaction.value(tables.facts, key: key).map(SourceTotals.init) ?? .init()
            sum.add(totals)
            try transaction.put(tables.facts, key: key, value: sum.encoded(source: source))
        }
    }

    private func addCount(
        _ status: String, _ change: Int, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let key = FactName.count + Array(status.utf8)
        try storing { () throws(LMDBError) in
            let stored = try transaction.value(tables.facts, key: key).map { StateKey.number($0) }
            let count = Int(stored ?? 0) + change
            if count == 0 {
                _ = try transaction.delete(tables.facts, key: key)
            } else {
                try transaction.put(tables.facts, key: key, value: StateKey.number(UInt64(count)))
            }
        }
    }
}

extension DeliveryState.Status {
    /// The name under which keys of this status are counted.
    package var name: String {
        switch self {
        case .dirty: "dirty"
        case .settled: "settled"
        case .inFlight: "in-flight"
        case .inDoubt: "in-doubt"
        case .parked(let parking): "parked/\(parking.reason.rawValue)"
        }
    }
}

/// A key of the alias table, as the batch looks it up.
struct AliasName: Hashable {
    let bytes: [UInt8]

    /// All bytes at once: an array would hash them one by one, for every event.
    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// Keys of the alias table.
enum AliasKey {
    /// Longer texts are hashed: LMDB's keys end at 511 bytes.
    private static let textBytesMax = 400

    static func bytes(_ text: String) -> [UInt8] {
        let utf8 = Array(text.utf8)
        guard utf8.count > textBytesMax else { return utf8 }
        // No key text begins with a zero byte, so hashed and plain keys never meet.
        return [0] + Array(SHA256.hash(data: utf8))
    }
}

/// Runs a step on the store, its errors as ours.
func storing<Value>(
    _ step: () throws(LMDBError) -> Value
) throws(ProjectionError) -> Value {
    do {
        return try step()
    } catch {
        throw .store(error)
    }
}
