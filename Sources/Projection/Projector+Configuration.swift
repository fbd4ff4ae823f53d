import Actions
import EventLog
import LMDB
import Records

// State is the fold of all events under the latest configuration, so a new one starts the fold
// afresh: for the objects that it concerns.

extension Projector {
    /// The rules of the latest configuration entry at or before `last`; `nil` when there is none
    /// yet, and then events wait.
    func rulesInForce(through last: Position) throws(ProjectionError) -> FoldRules? {
        // A projector only ever goes on: what was read of the configurations stays read.
        var search = cachedSearch ?? RulesSearch()
        let positions = try logging { () throws(LogError) in
            try log.positions(of: .configuration, after: search.through, through: last)
        }
        search.through = max(search.through, last)
        for position in positions {
            search.add(try configuration(at: position), at: position.number)
        }
        cache(search)
        if let supposition { search.add(supposition.configuration, at: last.number + 1) }
        return search.rules
    }

    private func configuration(
        at position: Position
    ) throws(ProjectionError) -> ConfigurationEntry {
        let entry = try logging { () throws(LogError) in try log.entry(at: position) }
        guard let entry else {
            throw .unreadableEntry(position: position.number, detail: "it is missing")
        }
        return try ConfigurationEntry.decode(entry.body, at: position.number)
    }

    /// Takes out of the state what was folded under an earlier configuration and is otherwise under
    /// `rules`: the keys of the objects concerned, where they are the fewer, or everything. Empties
    /// it when it was folded from another log: one that was put back from an older copy.
    ///
    /// - Returns: whether the state stands under `rules` now. One folded under a later
    ///   configuration is another process's, which has read further: it stays.
    func putInForce(_ rules: FoldRules) throws(ProjectionError) -> Bool {
        let configuration = try state.configurationPosition() ?? 0
        let isAhead = try isAheadOfLog()
        if !isAhead {
            if configuration == rules.position { return true }
            if configuration > rules.position { return false }
        }
        let old =
            isAhead || configuration == 0
            ? nil : try self.configuration(at: Position(configuration))
        let tables = state.tables
        try state.write { (transaction) throws(ProjectionError) in
            // Looked at again inside: another process may have been quicker.
            guard try tables.stand(in: transaction).configuration == configuration else { return }
            let isPartial = try old.map { (old) throws(ProjectionError) in
                try beginPartly(rules, from: old, at: configuration, in: transaction)
            }
            try storing { () throws(LMDBError) in
                if isPartial != true {
                    for table in tables.all { try transaction.deleteAll(table) }
                    try transaction.put(
                        tables.facts, key: FactName.format, value: [StateStore.formatVersion])
                }
                try transaction.put(
                    tables.facts, key: FactName.configuration,
                    value: StateKey.number(rules.position))
            }
        }
        return true
    }

    /// - Returns: `false` when everything has to be folded again.
    private func beginPartly(
        _ rules: FoldRules, from old: ConfigurationEntry, at position: UInt64,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> Bool {
        let tables = state.tables
        let changed = RefoldScope(from: old, at: position, to: rules)
        guard !changed.objects.isEmpty else { return true }
        let earlier = try tables.partialRefold(in: transaction)
        let checkpoint = try tables.stand(in: transaction).checkpoint
        // What an earlier change has begun begins again with this one.
        let refold = PartialRefold(
            through: earlier?.through ?? checkpoint, scope: changed.union(earlier?.scope))
        let ordinals = Set(refold.scope.objects.compactMap { rules.ordinals[$0] })
        guard refold.through > 0, try tables.isMinority(ordinals, in: transaction) else {
            return false
        }
        try tables.begin(
            refold, ordinals: ordinals,
            objectOfAction: { old.actions.indices.contains($0) ? old.actions[$0].object : nil },
            in: transaction)
        return true
    }

    /// The checkpoint is read before the log's end, so a projector beside this one cannot make it
    /// seem so.
    private func isAheadOfLog() throws(ProjectionError) -> Bool {
        let folded = max(try state.checkpoint(), try state.partialRefold()?.through ?? 0)
        let last = try logging { () throws(LogError) in try log.lastPosition() }
        return folded > last.number
    }
}

/// The configurations read so far.
struct RulesSearch: Sendable {
    /// Position of the last entry looked at.
    var through = Position.zero
    private(set) var rules: FoldRules?
    private var firstSeen: [String: FirstSeen] = [:]
    private var ordinals: [String: Int] = [:]
    private var changes = ConfigurationChanges()

    /// Where an action first appeared, as what it is now. One that turns from an update into a
    /// delete, or to another object, is another action under the old name: `from: now` must not
    /// reach back for it.
    private struct FirstSeen {
        let operation: ActionOperation
        let object: String
        let position: UInt64
    }

    mutating func add(_ entry: ConfigurationEntry, at position: UInt64) {
        for action in entry.actions {
            let object = action.object.lowercased()
            if ordinals[object] == nil { ordinals[object] = ordinals.count }
            if let seen = firstSeen[action.name], seen.operation == action.operation,
                seen.object == object
            {
                continue
            }
            firstSeen[action.name] = FirstSeen(
                operation: action.operation, object: object, position: position)
        }
        changes.add(entry, at: position)
        rules = FoldRules(
            entry: entry, position: position, firstSeen: firstSeen.mapValues(\.position),
            ordinals: ordinals, changes: changes)
    }
}

/// Runs a step on the log, its errors as ours.
func logging<Value>(
    _ step: () throws(LogError) -> Value
) throws(ProjectionError) -> Value {
    do {
        return try step()
    } catch {
        throw .log(error)
    }
}
