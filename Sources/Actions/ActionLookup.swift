import Records

/// A field that points to another record, found by one of that record's fields.
package struct ActionLookup: Sendable, Hashable {
    /// The parent's object as written; `nil` when the reference field has only one it can refer to.
    package let object: String?
    /// The parent's field that finds it.
    package let field: String
    /// What becomes of the field while the parent is not there.
    package let missing: MissingParent

    package init(object: String?, field: String, missing: MissingParent) {
        self.object = object
        self.field = field
        self.missing = missing
    }

    /// Why a lookup cannot work, whatever an event brings.
    package enum Fault: Error, Sendable, Hashable {
        /// The field is no reference; its describe type.
        case noReference(String)
        /// Several objects, and none is named.
        case severalObjects([String])
        /// The named object is not among those that the field refers to.
        case otherObject(String, allowed: [String])
        /// The parent's object is not described.
        case undescribed(String)
        case noField(String, on: String)
        case notFilterable(String, on: String)

        package var message: String {
            switch self {
            case .noReference(let type):
                "is of type \(type), not a reference: a lookup needs a field that refers to records"
            case .severalObjects(let objects):
                "may refer to \(objects.joined(separator: ", ")); name one with lookup.object"
            case .otherObject(let name, let allowed):
                "does not refer to \(name), but to \(allowed.joined(separator: ", "))"
            case .undescribed(let object):
                "refers to \(object), which Salesforce has not, or this user may not see"
            case .noField(let field, let object):
                "looks for \(object).\(field), which does not exist or is hidden by field-level "
                    + "security"
            case .notFilterable(let field, let object):
                "looks for \(object).\(field), which cannot be filtered, so no query can find the "
                    + "parent by it"
            }
        }
    }

    /// The parent's object, as far as the reference field alone tells.
    package func target(of reference: FieldDescription) throws(Fault) -> String {
        guard reference.type == .reference else { throw .noReference(reference.type.rawValue) }
        guard let object else {
            guard reference.referenceTo.count == 1, let only = reference.referenceTo.first else {
                throw .severalObjects(reference.referenceTo)
            }
            return only
        }
        let folded = object.lowercased()
        guard let target = reference.referenceTo.first(where: { $0.lowercased() == folded }) else {
            throw .otherObject(object, allowed: reference.referenceTo)
        }
        return target
    }

    /// The parent's object and the field that finds it, as describe spells and types them.
    package func resolved(
        from reference: FieldDescription, describe: (String) -> ObjectDescription?
    ) throws(Fault) -> (object: String, field: FieldDescription) {
        let target = try target(of: reference)
        guard let description = describe(target) else { throw .undescribed(target) }
        guard let found = description.field(field) else {
            throw .noField(field, on: description.name)
        }
        guard found.isFilterable else { throw .notFilterable(found.name, on: description.name) }
        return (description.name, found)
    }
}
