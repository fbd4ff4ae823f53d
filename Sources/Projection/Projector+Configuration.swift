import EventLog
import LMDB
import Records

// State is the fold of all events under the latest configuration, so a new one starts the fold
// afresh.

extension Projector {
    /// The rules of the latest configuration entry at or before `last`; `nil` when there is none
    /// yet, and then events wait.
    func rulesInForce(through last: Position) throws(ProjectionError) -> FoldRules? {
        let positions = try logging { () throws(LogError) in
            try log.positions(of: .configuration, after: .zero, through: last)
        }
        guard let latest = positions.last else { return nil }
        if let cached = cachedRules(at: latest.number) { return cached }
        var firstSeen: [String: UInt64] = [:]
        var entry: ConfigurationEntry?
        for position in positions {
            let decoded = try configuration(at: position)
            for action in decoded.actions where firstSeen[action.name] == nil {
                firstSeen[action.name] = position.number
            }
            entry = decoded
        }
        guard let entry else { return nil }
        let rules = FoldRules(entry: entry, position: latest.number, firstSeen: firstSeen)
        cache(rules)
        return rules
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

    /// Empties the state when it was folded under another configuration than `rules`.
    func putInForce(_ rules: FoldRules) throws(ProjectionError) {
        guard try state.configurationPosition() != rules.position else { return }
        let tables = state.tables
        try state.write { (transaction) throws(ProjectionError) in
            try storing { () throws(LMDBError) in
                for table in tables.all { try transaction.deleteAll(table) }
                try transaction.put(
                    tables.facts, key: FactName.format, value: [StateStore.formatVersion])
                try transaction.put(
                    tables.facts, key: FactName.configuration,
                    value: StateKey.number(rules.position))
            }
        }
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
