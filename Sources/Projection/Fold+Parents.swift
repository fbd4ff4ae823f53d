import LMDB
import Records

// Keys that wait for a parent go on when the parent's own key has come to an end, or when a look
// has found the parent in Salesforce.

extension Fold {
    /// Makes the keys dirty that wait for the record of `parent`.
    func wakeChildren(
        of parent: DesiredRecord, at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        guard parent.delivery.isNewsForChildren,
            let description = rules.entry.description(of: parent.object)
        else { return }
        let fields = rules.needs.lookupFields(of: parent.object)
        guard !fields.isEmpty else { return }
        for place in parent.places(fields, description) {
            for id in try batch.waiters(for: place, in: transaction) where id != parent.id {
                guard var child = try batch.record(id, in: transaction),
                    child.awaitedParent?.place == place
                else { continue }
                child.makeDirty(at: position)
                batch.put(child)
            }
        }
    }

    /// Makes keys dirty whose parent a look has found.
    func wake(
        _ keys: [MatcherKey], at position: UInt64, into batch: inout StateBatch,
        in transaction: borrowing WriteTransaction
    ) throws(ProjectionError) {
        for key in keys where admits(key.object) {
            guard let id = try batch.id(of: key, in: transaction),
                var child = try batch.record(id, in: transaction), child.awaitedParent != nil
            else { continue }
            child.makeDirty(at: position)
            batch.put(child)
        }
    }
}
