import Actions
import Records

/// Since when each part of the configuration in force has been as it is.
///
/// What was found out about a key holds for as long as nothing that the key uses is configured or
/// described otherwise: a field that is hidden concerns the keys that write it, not all keys there
/// are. Pure; read off the configuration entries in their order.
struct ConfigurationChanges: Sendable {
    /// By lower-case object: when its actions, or its own rights, last changed.
    private var objects: [String: UInt64] = [:]
    /// By lower-case object and field: when the field's description last changed, came or went.
    private var fields: [String: [String: UInt64]] = [:]
    private var previous: ConfigurationEntry?

    mutating func add(_ entry: ConfigurationEntry, at position: UInt64) {
        let names = Set((entry.objects + (previous?.objects ?? [])).map { $0.lowercased() })
        for name in names {
            if actions(of: name, in: entry) != previous.map({ actions(of: name, in: $0) }) {
                objects[name] = position
            }
            compare(
                previous?.description(of: name), entry.description(of: name), of: name, at: position
            )
        }
        previous = entry
    }

    /// Position of the entry that last changed anything about `object`.
    func latest(of object: String) -> UInt64 {
        let name = object.lowercased()
        return max(objects[name] ?? 0, fields[name]?.values.max() ?? 0)
    }

    /// Position of the entry that last changed anything that `record` uses.
    func latest(for record: DesiredRecord) -> UInt64 {
        let name = record.object.lowercased()
        var latest = objects[name] ?? 0
        guard let changed = fields[name] else { return latest }
        for field in record.fields { latest = max(latest, changed[field.name.lowercased()] ?? 0) }
        for matcher in record.matchers {
            latest = max(latest, changed[matcher.term.field.lowercased()] ?? 0)
        }
        return latest
    }

    private func actions(of object: String, in entry: ConfigurationEntry) -> [Action] {
        entry.actions.filter { $0.isEnabled && $0.object.lowercased() == object }
    }

    private mutating func compare(
        _ old: ObjectDescription?, _ new: ObjectDescription?, of object: String,
        at position: UInt64
    ) {
        guard let old, let new else {
            if old != nil || new != nil { objects[object] = position }
            return
        }
        if !old.hasSameRights(as: new) { objects[object] = position }
        for field in Set((old.fields + new.fields).map(\.name)) {
            guard old.field(field) != new.field(field) else { continue }
            fields[object, default: [:]][field.lowercased()] = position
        }
    }
}

extension ObjectDescription {
    /// Whether the objects differ in their fields at most.
    fileprivate func hasSameRights(as other: ObjectDescription) -> Bool {
        name == other.name && keyPrefix == other.keyPrefix
            && isCreateable == other.isCreateable && isUpdateable == other.isUpdateable
            && isDeletable == other.isDeletable && isQueryable == other.isQueryable
    }
}
