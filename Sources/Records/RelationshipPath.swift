/// A field reached over relationships, such as `Account.External_Id__c`, read against describe.
///
/// Source: SOQL and SOSL Reference, "Understanding Relationship Names": a child-to-parent path is
/// made of the reference fields' relationship names and ends in a field of the last parent.
package struct RelationshipPath: Sendable, Hashable {
    /// One reference that is followed.
    package struct Step: Sendable, Hashable {
        /// The object that has the reference field, and the field, as describe spells them.
        package let object: String
        package let field: String
    }

    /// Why a path cannot be followed.
    package enum Fault: Error, Sendable, Hashable {
        /// The object has no relationship of this name, or this user may not see its field.
        case noRelationship(String, on: String)
        /// The reference may point to records of several objects; only fields that all of them have
        /// could be asked for, and describe does not say which.
        case severalObjects(String, on: String)
        /// The object was not described: it cannot be told yet.
        case undescribed(String)
        /// The last object has no such field, or this user may not see it.
        case noField(String, on: String)

        package var message: String {
            switch self {
            case .noRelationship(let name, let object):
                "\(object) has no relationship \(name), or field-level security hides it; a path "
                    + "is made of relationship names, such as Account for AccountId"
            case .severalObjects(let field, let object):
                "\(object).\(field) may refer to several objects, so no path leads through it; "
                    + "match by \(field) itself"
            case .undescribed(let object): "\(object) has not been described"
            case .noField(let name, let object):
                "\(object) has no field \(name), or field-level security hides it"
            }
        }
    }

    /// The references followed, in order.
    package let steps: [Step]
    /// The object at the path's end, and its field.
    package let object: String
    package let end: FieldDescription

    /// Whether a matcher's name is a path.
    package static func isPath(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: ".")) }

    /// - Parameters:
    ///   - describe: what is known of an object; `nil` for one that was not described.
    ///   - passing: told of each reference as it is followed, also when a later step fails.
    package init(
        _ path: String, from object: String, describe: (String) -> ObjectDescription?,
        passing: (Step, _ target: String) -> Void = { _, _ in }
    ) throws(Fault) {
        let names = path.split(separator: ".").map(String.init)
        var steps: [Step] = []
        var current = object
        for name in names.dropLast() {
            guard let description = describe(current) else { throw .undescribed(current) }
            guard let field = description.reference(named: name) else {
                throw .noRelationship(name, on: description.name)
            }
            guard field.referenceTo.count == 1, let target = field.referenceTo.first else {
                throw .severalObjects(field.name, on: description.name)
            }
            let step = Step(object: description.name, field: field.name)
            passing(step, target)
            steps.append(step)
            current = target
        }
        guard let description = describe(current) else { throw .undescribed(current) }
        let last = names.last ?? ""
        guard let end = description.field(last) else { throw .noField(last, on: description.name) }
        self.steps = steps
        self.object = description.name
        self.end = end
    }
}

extension RelationshipPath {
    /// The field at the end as the child's description holds it: named by the whole path, compared
    /// as the parent's field is, and never written: it is the parent's.
    package func described(as path: String) -> FieldDescription {
        var field = end
        field.name = path
        field.label = path
        field.isCreateable = false
        field.isUpdateable = false
        // As a field of the child it identifies no record by itself: several have one parent.
        field.isExternalID = false
        field.isIDLookup = false
        return field
    }
}

extension ObjectDescription {
    /// The reference field whose relationship has this name (`Account` for `AccountId`).
    package func reference(named relationship: String) -> FieldDescription? {
        let folded = relationship.lowercased()
        return fields.first { $0.relationshipName?.lowercased() == folded }
    }

    /// The same object with further fields, such as those at the end of paths.
    package func adding(_ more: [FieldDescription]) -> ObjectDescription {
        let names = Set(more.map(\.name))
        return ObjectDescription(
            name: name, keyPrefix: keyPrefix, isCreateable: isCreateable,
            isUpdateable: isUpdateable, isDeletable: isDeletable, isQueryable: isQueryable,
            fields: fields.filter { !names.contains($0.name) } + more)
    }
}
