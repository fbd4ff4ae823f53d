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
