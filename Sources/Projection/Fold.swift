import EventLog
import Events
import LMDB
import Records

/// Folds entries into `state/`: the step that makes desired state out of the log.
///
/// Guarantees: the result depends on the entries and the configuration alone. No clock, no
/// randomness; nothing depends on how entries were batched.
struct Fold {
    let rules: FoldRules
    let tables: StateTables
    /// The only objects that are folded, while the others have been folded already; `nil` for all.
    var scope: RefoldScope?
    /// Later events count as not sent; `nil` when all count. See ``Supposition``.
    var eventsThrough: UInt64?

    /// Whether an object's keys are folded now.
    func admits(_ object: String) -> Bool { scope?.contains(object) ?? true }

    func fold(
        _ content: EntryContent, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        switch content {
        case .event(let event, let position):
            guard position.number <= eventsThrough ?? .max else { return }
            try fold(event, at: position.number, into: &batch, in: transaction)
        case .control(let entry): try fold(entry, into: &batch, in: transaction)
        }
    }

    private func fold(
        _ entry: Entry, into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let position = entry.position.number
        switch entry.kind {
        // Comes as an event, see `EntryContent`.
        case .event: break
        // The projector has put the latest configuration in force before it folds anything.
        case .configuration: break
        case .intent:
            let intent = try LogJSON.decode(IntentEntry.self, from: entry.body, at: position)
            try fold(intent, at: entry, into: &batch, in: transaction)
        case .outcome:
            let outcome = try LogJSON.decode(OutcomeEntry.self, from: entry.body, at: position)
            try fold(outcome, at: position, into: &batch, in: transaction)
        case .decision:
            let decision = try LogJSON.decode(DecisionEntry.self, from: entry.body, at: position)
            try fold(decision, at: position, into: &batch, in: transaction)
        }
    }

    // MARK: Events

    private func fold(
        _ event: Event, at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        if scope == nil { batch.count(from: event.source, receivedAt: event.receivedAt) }
        var newKeys = NewKeys()
        for effect in rules.effects(of: event, at: position) {
            switch effect {
            case .skipped(let action, let reason):
                try storing { () throws(LMDBError) in
                    try transaction.put(
                        tables.skipped, key: StateKey.pair(position, UInt64(action)),
                        value: Array(reason.utf8))
                }
            case .applies(let object, let form, let effect):
                newKeys.object = object.ordinal
                try apply(
                    effect, object: object.name, form: form, newKeys: &newKeys, into: &batch,
                    in: transaction)
            }
        }
    }

    private func apply(
        _ effect: FieldEffect, object: String, form: DesiredRecord.Form, newKeys: inout NewKeys,
        into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let names = names(of: effect, object, form)
        var named: [UInt64] = []
        var isEveryNameKnown = true
        for name in names {
            guard let id = try batch.id(of: name, in: transaction) else {
                isEveryNameKnown = false
                continue
            }
            if !named.contains(id) { named.append(id) }
        }
        let row =
            try oldest(of: named, into: &batch, in: transaction)
            ?? newRow(object, form, at: effect.stamp, &newKeys, in: &batch)
        batch.touch(row.id, by: effect.stamp.position)
        // A name that is new to the key is a change too.
        guard batch.apply(effect, to: row, isChange: named.count != 1) else { return }
        // Names that lead to this key already, all of them, stay.
        if named.count != 1 || !isEveryNameKnown {
            for key in row.record?.matcherKeys ?? [] { batch.name(key, row.id) }
        }
    }

    /// The names of the key that an effect is about.
    private func names(
        of effect: FieldEffect, _ object: String, _ form: DesiredRecord.Form
    ) -> [AliasName] {
        switch form {
        case .any: effect.matchers.map { AliasName(object: object, term: $0.term) }
        case .all, .creation:
            [AliasName(MatcherKey(object: object, terms: effect.matchers.map(\.term)))]
        }
    }

    private func newRow(
        _ object: String, _ form: DesiredRecord.Form, at stamp: Stamp, _ newKeys: inout NewKeys,
        in batch: inout StateBatch
    ) -> StateBatch.Row {
        batch.put(
            DesiredRecord(
                id: newKeys.next(at: stamp.position), object: object, form: form,
                changedAt: stamp.position))
    }

    /// The row of the record that all of `ids` name: they become one, the oldest.
    private func oldest(
        of ids: [UInt64], into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> StateBatch.Row? {
        guard let oldest = ids.min(), let row = try batch.row(oldest, in: transaction),
            !row.isRemoved
        else { return nil }
        guard ids.count > 1, var record = row.record else { return row }
        for id in ids.sorted().dropFirst() {
            guard let younger = try batch.record(id, in: transaction) else { continue }
            record.join(younger)
            batch.remove(id, joining: oldest)
        }
        return batch.put(record)
    }
}

/// The ids of the keys that one event names first.
private struct NewKeys {
    /// The ordinal of the object whose keys come now.
    var object = 0
    private var counts: [Int: Int] = [:]

    mutating func next(at position: UInt64) -> UInt64 {
        let index = counts[object, default: 0]
        counts[object] = index + 1
        return KeyID.make(position: position, object: object, index: index)
    }
}
