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
    private var rows: [UInt64: Row] = [:]
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
    private static let rowCountMax = 24_000
    /// The value of a table whose keys say all.
    private static var nothing: UnsafeRawBufferPointer { .init(start: nil, count: 0) }

    /// An event that touched a key.
    private struct Touch {
        let position: UInt64
        let id: UInt64
    }

    /// A row, and what the tables that index it say now. An object, so that an event changes the
    /// row in place: as a value it would be copied out of the dictionary and back.
    final class Row {
        let id: UInt64
        /// `nil` once the key has joined another.
        fileprivate(set) var record: DesiredRecord?
        fileprivate let stored: StoredIndex
        fileprivate(set) var isChanged: Bool

        fileprivate init(id: UInt64, record: DesiredRecord?, stored: StoredIndex, isChanged: Bool) {
            self.id = id
            self.record = record
            self.stored = stored
            self.isChanged = isChanged
        }

        var isRemoved: Bool { record == nil }
    }

    /// What the tables that index a row say of it.
    fileprivate struct StoredIndex {
        var status: String?
        var links: [RecordID] = []
        var isDirty = false
        var wait: [UInt8]?
        var isRewritten = false
        var isRefused = false
    }

    init(tables: StateTables) { self.tables = tables }

    // MARK: Reading

    /// The row of `id`; `nil` when there is none, as for a key that joined another.
    mutating func record(
        _ id: UInt64, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> DesiredRecord? {
        try row(id, in: transaction)?.record
    }

    /// The same to change in place.
    mutating func row(
        _ id: UInt64, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> Row? {
        if let row = rows[id] { return row }
        guard
            let bytes = try storing({ () throws(LMDBError) in
                try transaction.value(tables.records, key: StateKey.number(id))
            })
        else { return nil }
        guard let record = DesiredRecord.decode(bytes, id: id) else {
            throw .damagedState(table: "records")
        }
        let row = Row(id: id, record: record, stored: StoredIndex(record), isChanged: false)
        rows[id] = row
        return row
    }

    /// The id of the key that `key` names.
    mutating func id(
        of key: MatcherKey, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> UInt64? {
        try id(of: AliasName(key), in: transaction)
    }

    mutating func id(
        of name: AliasName, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> UInt64? {
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

    /// Folds an effect into the record of `row`, in place.
    ///
    /// - Parameter isChange: something else about the key has changed.
    /// - Returns: whether it changed: it is to be written, and delivered.
    func apply(_ effect: FieldEffect, to row: Row, isChange: Bool) -> Bool {
        guard var record = row.record.take() else { return false }
        // Held here alone, the record is not copied.
        defer { row.record = record }
        guard record.apply(effect) || isChange else { return false }
        record.changedAt = effect.stamp.position
        record.delivery.attempts = 0
        record.makeDirty(at: effect.stamp.position)
        row.isChanged = true
        return true
    }

    @discardableResult
    mutating func put(_ record: DesiredRecord) -> Row {
        waiting.add(record)
        if let row = rows[record.id] {
            row.record = record
            row.isChanged = true
            return row
        }
        let row = Row(id: record.id, record: record, stored: StoredIndex(), isChanged: true)
        rows[record.id] = row
        return row
    }

    /// Removes the row of a key that joined `older`. It must have been read since the last flush.
    mutating func remove(_ id: UInt64, joining older: UInt64) {
        rows[id]?.record = nil
        rows[id]?.isChanged = true
        joins[id] = older
    }

    mutating func name(_ key: MatcherKey, _ id: UInt64) {
        let name = AliasName(key)
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
        for row in rows.values.filter(\.isChanged).sorted(by: { $0.id < $1.id }) {
            try write(row, in: transaction)
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
        // Positions only grow, so these keys are the last, at least of their objects.
        for touch in touched.sorted(by: { ($0.position, $0.id) < ($1.position, $1.id) }) {
            try storing { () throws(LMDBError) in
                try withUnsafeBytes(of: (touch.position.bigEndian, touch.id.bigEndian)) {
                    (key) throws(LMDBError) in
                    try transaction.put(tables.touched, key: key, value: Self.nothing)
                }
            }
        }
        for (status, change) in counts where change != 0 {
            try tables.addCount(status, change, in: transaction)
        }
        for (source, totals) in sources { try add(totals, of: source, in: transaction) }
    }

    private mutating func write(
        _ row: Row, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let key = StateKey.number(row.id)
        let record = row.record
        let stored = row.stored
        let now = record.map { StoredIndex($0) } ?? StoredIndex()
        if now.status != stored.status {
            if let status = stored.status { counts[status, default: 0] -= 1 }
            if let status = now.status { counts[status, default: 0] += 1 }
        }
        try storing { () throws(LMDBError) in
            if let record {
                try transaction.put(tables.records, key: key, value: record.encoded())
            } else {
                _ = try transaction.delete(tables.records, key: key)
            }
            try mark(key, in: tables.dirty, now.isDirty, stored.isDirty, transaction)
            try mark(key, in: tables.rewritten, now.isRewritten, stored.isRewritten, transaction)
            try mark(key, in: tables.refused, now.isRefused, stored.isRefused, transaction)
            if now.links != stored.links {
                for link in stored.links where !now.links.contains(link) {
                    _ = try transaction.delete(tables.links, key: StateKey.link(link, row.id))
                }
                for link in now.links where !stored.links.contains(link) {
                    try transaction.put(tables.links, key: StateKey.link(link, row.id), value: [])
                }
            }
            if now.wait != stored.wait {
                if let wait = stored.wait {
                    _ = try transaction.delete(tables.waiting, key: wait + key)
                }
                if let wait = now.wait {
                    try transaction.put(tables.waiting, key: wait + key, value: [])
                }
            }
        }
    }

    /// Makes a table of bare keys hold `key`, or not.
    private func mark(
        _ key: [UInt8], in table: Table, _ isIn: Bool, _ wasIn: Bool,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) {
        if isIn, !wasIn {
            try transaction.put(table, key: key, value: [])
        } else if !isIn, wasIn {
            _ = try transaction.delete(table, key: key)
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
}

extension StateTables {
    /// Changes how many keys are of a status.
    func addCount(
        _ status: String, _ change: Int, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let key = FactName.count + Array(status.utf8)
        try storing { () throws(LMDBError) in
            let stored = try transaction.value(facts, key: key).map { StateKey.number($0) }
            let count = Int(stored ?? 0) + change
            if count == 0 {
                _ = try transaction.delete(facts, key: key)
            } else {
                try transaction.put(facts, key: key, value: StateKey.number(UInt64(count)))
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

extension StateBatch.StoredIndex {
    fileprivate init(_ record: DesiredRecord) {
        status = record.delivery.status.name
        links = record.delivery.links
        isDirty = record.delivery.status == .dirty
        wait = record.awaitedParent.map { WaitKey.bytes($0.place) }
        isRewritten = record.isRewritten
        if case .parked(let parking) = record.delivery.status { isRefused = parking.isUntold }
    }
}

/// A key of the alias table, as the batch looks it up.
struct AliasName: Hashable {
    let bytes: [UInt8]

    init(_ key: MatcherKey) { bytes = AliasKey.bytes(key.text) }

    /// The name under which `term` alone stands for a record of `object`, made without the key.
    init(object: String, term: MatcherKey.Term) {
        bytes = AliasKey.bytes(utf8: MatcherKey.textBytes(object: object, term: term))
    }

    /// All bytes at once: an array would hash them one by one, for every event.
    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// Keys of the alias table.
enum AliasKey {
    /// Longer texts are hashed: LMDB's keys end at 511 bytes.
    private static let textBytesMax = 400

    static func bytes(_ text: String) -> [UInt8] { bytes(utf8: Array(text.utf8)) }

    static func bytes(utf8: [UInt8]) -> [UInt8] {
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
