import EventLog
import LMDB
import Records
import Synchronization

/// How much one step folds.
package struct ProjectorLimits: Sendable {
    /// Entries folded in one transaction: enough to spread the cost of its two device syncs, and of
    /// writing a page of rows once for all events about them. More would only hold more of LMDB's
    /// changed pages in memory.
    package var batchEntryCountMax = 80_000
    /// Entries, and bytes of them, held in memory at one time.
    package var pageEntryCountMax = 5_000
    package var pageBytesMax = 4 << 20
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
    let supposition: Supposition?
    /// The configurations read so far: reading them again would decode every one at every step.
    private let searchCache = Mutex<RulesSearch?>(nil)

    /// Opens or creates `state/`.
    ///
    /// - Parameters:
    ///   - folder: the `state` folder itself.
    ///   - supposition: for a plan only. The folder is new then, and the limits name an end.
    package init(
        folder: String, log: LogReader, limits: ProjectorLimits = .init(),
        supposition: Supposition? = nil
    ) throws(ProjectionError) {
        precondition(supposition == nil || limits.through != nil, "a supposition has an end")
        store = try StateStore(
            folder: folder, isReadOnly: false, mapBytesMax: limits.mapBytesMax)
        self.log = log
        self.limits = limits
        self.supposition = supposition
    }

    /// Folds into a state that is open already.
    init(state: StateStore, log: LogReader, limits: ProjectorLimits) {
        store = state
        self.log = log
        self.limits = limits
        supposition = nil
    }

    /// Reads what has been folded, through the same environment.
    package var state: StateStore { store }

    package func close() { store.close() }

    /// Folds the next entries.
    ///
    /// - Returns: how many entries were folded. Zero means that the projection has caught up, or
    ///   that it waits for the description of an object: see
    ///   ``ConfigurationEntry/undescribedObjects``.
    package func projectNextBatch() throws(ProjectionError) -> Int {
        let last = try end()
        guard let rules = try rulesInForce(through: last) else { return 0 }
        guard rules.undescribedObjects.isEmpty, try putInForce(rules) else { return 0 }
        let checkpoint = try store.checkpoint()
        let partial = try store.partialRefold()
        // What is appended after `last` was read may hold another configuration: it waits a round.
        guard checkpoint < last.number else { return 0 }
        let end = min(last.number, partial?.through ?? last.number)
        guard checkpoint < end else { return 0 }
        let count = min(end - checkpoint, UInt64(limits.batchEntryCountMax))
        try fold(rules, partial, after: checkpoint, through: checkpoint + count)
        return Int(count)
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
        _ rules: FoldRules, _ partial: PartialRefold?, after checkpoint: UInt64, through: UInt64
    ) throws(ProjectionError) {
        let tables = store.tables
        let fold = Fold(
            rules: rules.restricted(to: partial?.scope), tables: tables, scope: partial?.scope,
            eventsThrough: supposition?.eventsThrough)
        try store.write { (transaction) throws(ProjectionError) in
            // A reading command of another process may have folded the same entries meanwhile.
            guard try tables.stand(in: transaction) == (checkpoint, rules.position),
                try tables.partialRefold(in: transaction) == partial
            else { return }
            var batch = StateBatch(tables: tables)
            var position = checkpoint
            while position < through {
                for content in try page(after: position, through: through) {
                    try fold.fold(content, into: &batch, in: transaction)
                    try batch.flushIfLarge(in: transaction)
                    position = content.position.number
                }
            }
            if supposition?.eventsThrough != nil, through == limits.through?.number {
                try fold.replayAll(at: rules.position, into: &batch, in: transaction)
            }
            try batch.flush(in: transaction)
            try storing { () throws(LMDBError) in
                try transaction.put(
                    tables.facts, key: FactName.checkpoint, value: StateKey.number(through))
                // From here on all objects are folded together again.
                if partial?.through == through {
                    _ = try transaction.delete(tables.facts, key: FactName.partial)
                }
            }
        }
    }

    /// The next entries of a batch; at least one.
    private func page(after position: UInt64, through: UInt64) throws(ProjectionError)
        -> [EntryContent]
    {
        let countMax = min(UInt64(limits.pageEntryCountMax), through - position)
        let entries = try logging { () throws(LogError) in
            try log.contents(
                after: Position(position), countMax: Int(countMax), bytesMax: limits.pageBytesMax)
        }
        guard !entries.isEmpty else {
            throw .unreadableEntry(position: position + 1, detail: "it is missing")
        }
        return entries
    }
}
