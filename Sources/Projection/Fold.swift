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

    func fold(
        _ entry: Entry, into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let position = entry.position.number
        switch entry.kind {
        case .event: try foldEvent(entry, into: &batch, in: transaction)
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
        if entry.kind != .event {
            try storing { () throws(LMDBError) in
                try transaction.put(
                    tables.facts, key: FactName.lastControl, value: StateKey.number(position))
            }
        }
    }

    // MARK: Events

    private func foldEvent(
        _ entry: Entry, into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let position = entry.position.number
        let event: Event
        do {
            event = try EventBody.decode(entry)
        } catch {
            throw .log(error)
        }
        batch.count(from: event.source, receivedAt: event.receivedAt)
        var newKeyCount = 0
        for effect in rules.effects(of: event, at: position) {
            switch effect {
            case .skipped(let action, let reason):
                try storing { () throws(LMDBError) in
                    try transaction.put(
                        tables.skipped, key: StateKey.pair(position, UInt64(action)),
                        value: Array(reason.utf8))
                }
            case .applies(let object, let form, let effect):
                try apply(
                    effect, object: object, form: form, newKeyCount: &newKeyCount, into: &batch,
                    in: transaction)
            }
        }
    }

    private func apply(
        _ effect: FieldEffect, object: String, form: DesiredRecord.Form, newKeyCount: inout Int,
        into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        let position = effect.stamp.position
        let keys = DesiredRecord(
            id: 0, object: object, form: form, matchers: effect.matchers, changedAt: 0
        ).matcherKeys
        var named: [UInt64] = []
        var isEveryKeyKnown = true
        for key in keys {
            guard let id = try batch.id(of: key, in: transaction) else {
                isEveryKeyKnown = false
                continue
            }
            if !named.contains(id) { named.append(id) }
        }
        var record: DesiredRecord
        if let existing = try joined(named.sorted(), into: &batch, in: transaction) {
            record = existing
            // Held here alone, the row is changed in place.
            batch.lend(existing.id)
        } else {
            record = DesiredRecord(
                id: KeyID.make(position: position, index: newKeyCount), object: object, form: form,
                changedAt: position)
            newKeyCount += 1
        }
        let isChanged = record.apply(effect) || named.count != 1
        batch.touch(record.id, by: position)
        guard isChanged else { return batch.giveBack(record) }
        record.changedAt = position
        record.delivery.attempts = 0
        record.makeDirty(at: position)
        // Names that lead to this key already, all of them, stay.
        if named.count != 1 || !isEveryKeyKnown {
            for key in record.matcherKeys { batch.name(key, record.id) }
        }
        batch.put(record)
    }

    /// The record that all of `ids` name: they become one, the oldest.
    private func joined(
        _ ids: [UInt64], into batch: inout StateBatch, in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) -> DesiredRecord? {
        guard let oldest = ids.first, var record = try batch.record(oldest, in: transaction) else {
            return nil
        }
        for id in ids.dropFirst() {
            guard let younger = try batch.record(id, in: transaction) else { continue }
            record.join(younger)
            batch.remove(id, joining: oldest)
        }
        return record
    }
}
