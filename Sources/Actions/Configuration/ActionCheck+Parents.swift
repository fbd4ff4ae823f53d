import Records

// What describe says against lookups and relationship paths.

extension ActionCheck {
    /// What is wrong with a field's lookup, and what is only worth knowing.
    func findings(
        on lookup: ActionLookup, _ mapping: Mapping, of reference: FieldDescription,
        _ description: ObjectDescription
    ) -> [Finding] {
        let name = "\(description.name).\(reference.name)"
        do throws(ActionLookup.Fault) {
            let parent = try lookup.resolved(from: reference) { objects.found($0) }
            let misfits = mapping.range.constants.compactMap {
                finding(on: $0, parent.field, of: parent.object)
            }
            guard !parent.field.isUnique, parent.field.type != .id else { return misfits }
            return misfits + [
                .warning(
                    "\(name) looks for \(parent.object).\(parent.field.name), which is not unique: "
                        + "when several records have the value, the key is parked")
            ]
        } catch {
            return [finding(on: error, name)].compactMap(\.self)
        }
    }

    private func finding(on fault: ActionLookup.Fault, _ name: String) -> Finding? {
        switch fault {
        case .undescribed(let target):
            guard objects.wasAsked(target) else {
                return .warning(
                    "\(name) refers to \(target), which was never described, so this lookup was "
                        + "not checked; `tidemark check` asks Salesforce")
            }
            return .problem(
                "\(name) \(fault.message)",
                suggestion: NearestName.of(target, among: objects.names))
        case .noField(let field, let object):
            guard let parent = objects.found(object), objects.isSure(of: field, on: object) else {
                return objects.found(object).map { unknown(field, $0) }
            }
            return .problem(
                "\(name) \(fault.message)",
                suggestion: NearestName.of(field, among: parent.fields.map(\.name)))
        case .otherObject(let object, let allowed):
            return .problem(
                "\(name) \(fault.message)", suggestion: NearestName.of(object, among: allowed))
        case .noReference, .severalObjects, .notFilterable:
            return .problem("\(name) \(fault.message)")
        }
    }

    /// The same for a matcher over relationships.
    func finding(onPath path: String, of description: ObjectDescription) -> Finding? {
        let object = description.name
        // Descriptions of the log hold the end of a path under the path's own name.
        if let end = description.field(path) {
            return end.isFilterable ? nil : unfilterable(path)
        }
        do throws(RelationshipPath.Fault) {
            let found = try RelationshipPath(path, from: object) { objects.found($0) }
            guard found.end.isFilterable else { return unfilterable(path) }
            return .warning(
                "\(object).\(path) is the parent's field and is never written: a record created "
                    + "for it is found again by it only when its reference field is mapped too")
        } catch {
            return finding(on: error, path)
        }
    }

    private func finding(on fault: RelationshipPath.Fault, _ path: String) -> Finding? {
        let message = "the matcher \(path) leads nowhere: \(fault.message)"
        switch fault {
        case .undescribed(let target):
            return objects.wasAsked(target) ? .problem(message) : nil
        case .severalObjects: return .problem(message)
        case .noRelationship(let name, let object):
            let names = objects.found(object)?.fields.compactMap(\.relationshipName) ?? []
            return .problem(message, suggestion: NearestName.of(name, among: names))
        case .noField(let name, let object):
            let names = objects.found(object)?.fields.map(\.name) ?? []
            return .problem(message, suggestion: NearestName.of(name, among: names))
        }
    }

    private func unfilterable(_ path: String) -> Finding {
        .problem(
            "\(action.object).\(path) cannot be filtered, so no query can match by it; use another "
                + "field")
    }
}
