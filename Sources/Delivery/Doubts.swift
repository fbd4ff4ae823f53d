import Projection
import Records

/// Creates in doubt, as they bind other keys.
///
/// A record that a create in doubt may have made, or may yet make, can be the one that another key
/// looks for. Until the fence has passed a query cannot tell, so keys in doubt take part in
/// planning, unsent: what would be about the same record waits with them.
package struct Doubts: Sendable {
    /// Keys in doubt.
    package private(set) var records: [DesiredRecord] = []
    /// Objects with a create in doubt whose key is gone: the configuration now names its record by
    /// other fields, so any create of the object may be the same one.
    package private(set) var objects: Set<String> = []

    package init() {}

    /// - Parameter record: the key that `name` names now.
    package mutating func add(_ record: DesiredRecord?, named name: MatcherKey) {
        guard let record else {
            objects.insert(name.object)
            return
        }
        guard record.delivery.status == .inDoubt, !records.contains(where: { $0.id == record.id })
        else { return }
        records.append(record)
    }
}

extension Doubts {
    /// The creates in doubt, as the state has them.
    package init(state: StateStore) throws(ProjectionError) {
        self.init()
        for open in try state.openOperations() where open.kind == .create {
            for key in open.keys { add(try state.record(named: key.key), named: key.key) }
        }
    }
}

extension StateStore {
    /// Deletes that wait in any round, or for a person: what the brake counts.
    ///
    /// - Parameter pageCountMax: keys read at one time.
    package func waitingDeleteCount(pageCountMax: Int) throws(ProjectionError) -> Int {
        var count = try counts()["parked/\(ParkReason.held.rawValue)"] ?? 0
        var after: UInt64 = 0
        while true {
            let ids = try dirtyIDs(after: after, countMax: pageCountMax)
            guard let last = ids.last else { return count }
            after = last
            count += try records(ids).count { $0.presence.isAbsent && !$0.isDeleteApproved }
        }
    }
}
