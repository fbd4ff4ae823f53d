import Projection
import Records

/// How Salesforce describes one field otherwise than before. Pure.
package struct DescriptionChange: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// Deleted, renamed, or hidden from this user: describe tells no difference.
        case gone
        case appeared
        case readOnly = "read-only"
        case writable
        /// Its type, length, values or whatever else.
        case other
    }

    package let object: String
    package let field: String
    package let kind: Kind

    /// What differs, object by object and field by field. An object that had no description yet has
    /// no changes.
    package static func between(
        _ before: ConfigurationEntry, _ after: ConfigurationEntry
    ) -> [DescriptionChange] {
        after.descriptions.flatMap { new -> [DescriptionChange] in
            guard let old = before.description(of: new.name) else { return [] }
            // Fields that an action names only now were not kept before: that is no change.
            let known = before.needs { before.description(of: $0) }.fields(of: new.name)
            return Set((old.fields + new.fields).map(\.name)).sorted().compactMap { name in
                let isNew = !known.contains(name.lowercased())
                guard let kind = kind(old.field(name), new.field(name), isNew: isNew) else {
                    return nil
                }
                return DescriptionChange(object: new.name, field: name, kind: kind)
            }
        }
    }

    private static func kind(
        _ old: FieldDescription?, _ new: FieldDescription?, isNew: Bool
    ) -> Kind? {
        guard let old else { return isNew ? nil : .appeared }
        guard let new else { return isNew ? nil : .gone }
        guard old != new else { return nil }
        let isWritable = new.isUpdateable || new.isCreateable
        let wasWritable = old.isUpdateable || old.isCreateable
        if old.isUpdateable != new.isUpdateable || isWritable != wasWritable {
            return new.isUpdateable || !wasWritable ? .writable : .readOnly
        }
        return .other
    }
}
