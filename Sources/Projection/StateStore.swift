import EventLog
import LMDB
import Records
import Synchronization

/// Reads `state/`: short transactions, results copied out. Works beside the projector, in its
/// process or another.
package final class StateStore: Sendable {
    /// The format of the rows. A `state/` of another format is rebuilt, never migrated.
    static let formatVersion: UInt8 = 10

    private let environment: Environment
    let tables: StateTables
    private let broken = Atomic(false)

    /// Opens the `state` folder.
    ///
    /// - Throws: `formatMismatch` when another version wrote it; `store` when it cannot be opened,
    ///   or when it does not exist and `isReadOnly`.
    package init(
        folder: String, isReadOnly: Bool,
        mapBytesMax: Int = EnvironmentOptions.mapBytesMaxDefault
    ) throws(ProjectionError) {
        let options = EnvironmentOptions(
            mapBytesMax: mapBytesMax, noReadAhead: true, isReadOnly: isReadOnly)
        environment = try storing { () throws(LMDBError) in
            try Environment(path: folder, tables: StateTables.names, options: options)
        }
        tables = StateTables(environment)
        if let found = try fact(FactName.format)?.first, found != Self.formatVersion {
            environment.close()
            throw .formatMismatch(found: found, supported: Self.formatVersion)
        }
    }

    package func close() { environment.close() }

    /// Whether the store has failed in a way that lasts until it is opened again, such as EIO: see
    /// ``LMDB/LMDBError/endsUse``. Nothing of the log is lost by it.
    package var isBroken: Bool { broken.load(ordering: .relaxed) }

    /// Frees what readers of dead processes hold, and returns how many there were. A server calls
    /// it every minute.
    @discardableResult
    package func clearStaleReaders() throws(ProjectionError) -> Int {
        try storing { () throws(LMDBError) in try environment.clearStaleReaders() }
    }

    func read<Value>(
        _ body: (borrowing ReadTransaction) throws(ProjectionError) -> Value
    ) throws(ProjectionError) -> Value {
        try watching { () throws(ProjectionError) in
            try environment.read(orThrow: ProjectionError.self, body)
        }
    }

    func write<Value>(
        _ body: (borrowing WriteTransaction) throws(ProjectionError) -> Value
    ) throws(ProjectionError) -> Value {
        try watching { () throws(ProjectionError) in
            try environment.write(orThrow: ProjectionError.self, body)
        }
    }

    private func watching<Value>(
        _ use: () throws(ProjectionError) -> Value
    ) throws(ProjectionError) -> Value {
        do throws(ProjectionError) {
            return try use()
        } catch {
            if case .store(let failure) = error, failure.endsUse {
                broken.store(true, ordering: .relaxed)
            }
            throw error
        }
    }

    // MARK: Facts

    func fact(_ name: [UInt8]) throws(ProjectionError) -> [UInt8]? {
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.value(tables.facts, key: name)
            }
        }
    }

    /// Position of the last entry folded; zero before the first.
    package func checkpoint() throws(ProjectionError) -> UInt64 {
        try fact(FactName.checkpoint).map { StateKey.number($0) } ?? 0
    }

    /// The refold that is under way, if one is.
    func partialRefold() throws(ProjectionError) -> PartialRefold? {
        try read { (transaction) throws(ProjectionError) in
            try tables.partialRefold(in: transaction)
        }
    }

    /// Position of the configuration entry under which the state was folded.
    package func configurationPosition() throws(ProjectionError) -> UInt64? {
        try fact(FactName.configuration).map { StateKey.number($0) }
    }

    /// Why nothing is sent, if so.
    package func pause() throws(ProjectionError) -> PauseEntry? {
        guard let bytes = try fact(FactName.pause) else { return nil }
        return try LogJSON.decode(PauseEntry.self, from: bytes, at: 0)
    }

    /// The objects whose keys wait, in the order of their names.
    package func stoppedObjects() throws(ProjectionError) -> [ObjectStopEntry] {
        var rows: [[UInt8]] = []
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.facts, prefix: FactName.stopped) { _, value in
                    rows.append([UInt8](value))
                    return true
                }
            }
        }
        var entries: [ObjectStopEntry] = []
        for row in rows {
            entries.append(try LogJSON.decode(ObjectStopEntry.self, from: row, at: 0))
        }
        return entries
    }

    /// The org's API allocation as last told.
    package func apiUse() throws(ProjectionError) -> APIUse? {
        guard let bytes = try fact(FactName.api) else { return nil }
        return try LogJSON.decode(APIUse.self, from: bytes, at: 0)
    }

    /// Keys by status name: `dirty`, `settled`, `in-flight`, `in-doubt`, `parked/<reason>`.
    package func counts() throws(ProjectionError) -> [String: Int] {
        var counts: [String: Int] = [:]
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                try transaction.forEach(tables.facts, prefix: FactName.count) { key, value in
                    let name = String(
                        decoding: key.dropFirst(FactName.count.count), as: UTF8.self)
                    counts[name] = Int(StateKey.number(in: value))
                    return true
                }
            }
        }
        return counts
    }

    /// How many events an action's trigger took and its matchers could not place.
    package func skippedCount() throws(ProjectionError) -> Int {
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in try transaction.count(tables.skipped) }
        }
    }
}

extension StateTables {
    init(_ environment: Environment) {
        facts = environment.table("facts")
        records = environment.table("records")
        aliases = environment.table("aliases")
        joined = environment.table("joined")
        dirty = environment.table("dirty")
        touched = environment.table("touched")
        skipped = environment.table("skipped")
        links = environment.table("links")
        open = environment.table("open")
        jobRows = environment.table("job-rows")
        jobs = environment.table("jobs")
        sent = environment.table("sent")
        blocked = environment.table("blocked")
        waiting = environment.table("waiting")
        rewritten = environment.table("rewritten")
        refused = environment.table("refused")
    }
}

extension StateStore {
    /// How many keys have a field that Salesforce rewrites.
    package func rewrittenCount() throws(ProjectionError) -> Int {
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in try transaction.count(tables.rewritten) }
        }
    }

    /// How many keys are linked to a record.
    package func linkCount() throws(ProjectionError) -> Int {
        try read { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in try transaction.count(tables.links) }
        }
    }
}
