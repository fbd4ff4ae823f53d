import Projection
import Records

/// The keys that are one record: one wish, as delivery merges them.
package struct SharedRecord: Sendable {
    /// The key that was asked for.
    package let asked: DesiredRecord
    /// The other keys of its record, oldest first.
    package let others: [DesiredRecord]

    /// Gathers the other keys that are linked to the record of `key`.
    package init(_ key: DesiredRecord, in state: StateStore) throws(AuditError) {
        asked = key
        guard let link = key.delivery.link else {
            others = []
            return
        }
        others = try projecting { () throws(ProjectionError) in
            try state.records(state.ids(linkedTo: link).sorted())
        }.filter { $0.id != key.id && $0.object == key.object }
    }

    package var keys: [DesiredRecord] { [asked] + others }

    /// The names of all fields that any of the keys wants, sorted.
    package var fieldNames: [String] { Set(keys.flatMap { $0.fields.map(\.name) }).sorted() }

    /// All matcher keys that name it, those of the key that was asked for first.
    var matcherKeys: [MatcherKey] { keys.flatMap(\.matcherKeys) }

    /// The keys, and those that they joined.
    var ids: [UInt64] { keys.flatMap { [$0.id] + $0.joined } }

    /// Whether the record should be there, as outputs name it: the latest word decides, and between
    /// a delete and the rest of the very same event the record is kept.
    var presenceName: String {
        let wishes = keys.filter { !$0.presence.isAbsent }
        let exists = Self.latest(wishes.map(\.presence.exists))
        if let absent = Self.latest(keys.map { $0.presence.isAbsent ? $0.presence.absent : nil }),
            exists.map({ Self.isLater(absent, than: $0) }) ?? true
        {
            return "absent"
        }
        return exists == nil ? "if-exists" : "exists"
    }

    private static func latest(_ stamps: [Stamp?]) -> Stamp? {
        stamps.compactMap(\.self).max { isLater($1, than: $0) }
    }

    /// Keys are merged by event time, then position, whatever the order within one of them.
    private static func isLater(_ stamp: Stamp, than other: Stamp) -> Bool {
        (stamp.eventTime, stamp.position) > (other.eventTime, other.position)
    }

    /// What the record should hold: each field once, with the value that wins among the keys,
    /// sorted by name.
    ///
    /// A key that wants the record gone contributes nothing to those that want it. What a create
    /// action mapped was sent once, so it stands only where no other key has a word.
    ///
    /// - Parameter actionName: of one event's values, those of the later name win.
    func fields(actionName: (Int) -> String) -> [FieldState] {
        let wishes = keys.filter { !$0.presence.isAbsent }
        var winners: [String: Wanted] = [:]
        for key in (wishes.isEmpty ? keys : wishes).sorted(by: { $0.id < $1.id }) {
            for field in key.fields {
                let wanted = Wanted(
                    field: field, isOnce: key.form == .creation,
                    actionName: actionName(field.stamp.action))
                if let held = winners[field.name], !wanted.wins(over: held) { continue }
                winners[field.name] = wanted
            }
        }
        return winners.values.map(\.field).sorted { $0.name < $1.name }
    }

    private struct Wanted {
        let field: FieldState
        let isOnce: Bool
        let actionName: String

        func wins(over other: Wanted) -> Bool {
            if isOnce != other.isOnce { return other.isOnce }
            if isLater(field.stamp, than: other.field.stamp) { return true }
            if isLater(other.field.stamp, than: field.stamp) { return false }
            return actionName > other.actionName
        }
    }
}
