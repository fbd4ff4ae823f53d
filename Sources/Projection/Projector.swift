import EventLog
import LMDB
import Records
import Synchronization

/// How much one step folds.
package struct ProjectorLimits: Sendable {
    /// Entries folded in one transaction: enough to spread the cost of its two device syncs.
    package var batchEntryCountMax = 20_000
    /// Bytes of entries held in memory for one transaction.
    package var batchBytesMax = 32 << 20
    /// Fold no further than this; `nil` for all of the log.
    package var through: Position?
    /// How large `state/` can grow: address space only, see ``LMDB/EnvironmentOptions``.
    package var mapBytesMax = EnvironmentOptions.mapBytesMaxDefault

    package init() {}
}

/// Keeps `state/` the fold of the log. The only writer of `state/`.
///
/// Guarantees: desired records, aliases, dirty keys and the checkpoint move in one transaction, so
/// a crash leaves a batch wholly folded or not at all. Which batches there were cannot be seen in
/// the result.
///
/// Two projectors of one folder, in two processes, do no harm: what the other has folded is not
/// folded again. Within a process there is one, stepped by one task.
package final class Projector: Sendable {
    private let store: StateStore
    let log: LogReader
    private let limits: ProjectorLimits
    /// The configurations read so far: reading them again would decode every one at every step.
    private let searchCache = Mutex<RulesSearch?>(nil)

    /// Opens or creates `state/`.
    ///
    /// - Parameter folder: the `state` folder itself.
    package init(
        folder: String, log: LogReader, limits: ProjectorLimits = .init()
    ) throws(ProjectionError) {
        store = try StateStore(
            folder: folder, isReadOnly: false, mapBytesMax: limits.mapBytesMax)
        self.log = log
        self.limits = limits
    }

    /// Folds into a state that is open already.
    init(state: StateStore, log: LogReader, limits: ProjectorLimits) {
        store = state
        self.log = log
        self.limits = limits
    }

    /// Reads what has been folded, through the same environment.
    package var state: StateStore { store }

    package func close() { store.close() }

    /// Folds the next entries.
    ///
    /// - Returns: how many entries were folded. Zero means that the projection has caught up, or
    ///   that it waits for the description of an object: see ``StateSummary/undescribedObjects``.
    package func projectNextBatch() throws(ProjectionError) -> Int {
        let last = try end()
        guard let rules = try rulesInForce(through: last) else { return 0 }
        guard rules.undescribedObjects.isEmpty, try putInForce(rules) else { return 0 }
        let checkpoint = try store.checkpoint()
        let entries = try logging { () throws(LogError) in
            try log.entries(
                after: Position(checkpoint), countMax: limits.batchEntryCountMax,
                bytesMax: limits.batchBytesMax)
        }
        // What was appended since `last` was read may hold another configuration: it waits a round.
        let known = entries.prefix { $0.position <= last }
        guard let through = known.last?.position else { return 0 }
        try fold(known, rules: rules, after: checkpoint, through: through)
        return known.count
    }

    /// Folds until nothing is left.
    package func catchUp() throws(ProjectionError) {
        while try projectNextBatch() > 0 {}
    }

    /// The last entry to fold: the log's last, or the bound of a verification.
    private func end() throws(ProjectionError) -> Position {
        let last = try logging { () throws(LogError) in try log.lastPosition() }
        return min(last, limits.through ?? last)
    }

    var cachedSearch: RulesSearch? { searchCache.withLock { $0 } }

    func cache(_ search: RulesSearch) { searchCache.withLock { $0 = search } }

    private func fold(
        _ entries: ArraySlice<Entry>, rules: FoldRules, after checkpoint: UInt64, through: Position
    ) throws(ProjectionError) {
        let tables = store.tables
        let fold = Fold(rules: rules, tables: tables)
        try store.write { (transaction) throws(ProjectionError) in
            // A reading command of another process may have folded the same entries meanwhile.
            guard try tables.stand(in: transaction) == (checkpoint, rules.position) else { return }
            var batch = StateBatch(tables: tables)
            for entry in entries {
                try fold.fold(entry, into: &batch, in: transaction)
                try batch.flushIfLarge(in: transaction)
            }
            try batch.flush(in: transaction)
            try storing { () throws(LMDBError) in
                try transaction.put(
                    tables.facts, key: FactName.checkpoint,
                    value: StateKey.number(through.number))
            }
        }
    }
}
