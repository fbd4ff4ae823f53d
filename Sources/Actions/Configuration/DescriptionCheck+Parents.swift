import Records

// What describe says against lookups and relationship paths.

extension DescriptionCheck {
    /// What is known of objects: described, known not to be there, or never asked for.
    struct Descriptions {
        private let byName: [String: ObjectDescription?]

        init(_ descriptions: [String: ObjectDescription?]) {
            byName = Dictionary(
                descriptions.map { ($0.key.lowercased(), $0.value) }
            ) { first, _ in first }
        }

        /// `nil` when it was not asked for; `.some(nil)` when it is not there.
        subscript(object: String) -> ObjectDescription?? { byName[object.lowercased()] }

        func found(_ object: String) -> ObjectDescription? { byName[object.lowercased()] ?? nil }

        func wasAsked(_ object: String) -> Bool { byName[object.lowercased()] != nil }
    }

    /// What is wrong with a field's lookup, and what is only worth knowing.
    static func verdict(
        on lookup: ActionLookup, of reference: FieldDescription, _ object: String,
        _ descriptions: Descriptions
    ) -> (problem: String?, warning: String?) {
        do throws(ActionLookup.Fault) {
            let parent = try lookup.resolved(from: reference) { descriptions.found($0) }
            guard !parent.field.isUnique, parent.field.type != .id else { return (nil, nil) }
            return (
                nil,
                "\(object).\(reference.name) looks for \(parent.object).\(parent.field.name), "
                    + "which is not unique: when several records have the value, the key is parked"
            )
        } catch {
            if case .undescribed(let target) = error, !descriptions.wasAsked(target) {
                return (nil, nil)
            }
            return ("\(object).\(reference.name) \(error.message)", nil)
        }
    }

    /// The same for a matcher over relationships.
    static func verdict(
        onPath path: String, _ object: String, _ descriptions: Descriptions
    ) -> (problem: String?, warning: String?) {
        // Descriptions of the log hold the end of a path under the path's own name.
        if let end = descriptions.found(object)?.field(path) {
            return end.isFilterable ? (nil, nil) : (unfilterable(path, object), nil)
        }
        do throws(RelationshipPath.Fault) {
            let found = try RelationshipPath(path, from: object) { descriptions.found($0) }
            guard found.end.isFilterable else { return (unfilterable(path, object), nil) }
            return (
                nil,
                "\(object).\(path) is the parent's field and is never written: a record created "
                    + "for it is found again by it only when its reference field is mapped too"
            )
        } catch {
            if case .undescribed(let target) = error, !descriptions.wasAsked(target) {
                return (nil, nil)
            }
            return ("the matcher \(path) leads nowhere: \(error.message)", nil)
        }
    }

    private static func unfilterable(_ path: String, _ object: String) -> String {
        "\(object).\(path) cannot be filtered, so no query can match by it; use another field"
    }
}
