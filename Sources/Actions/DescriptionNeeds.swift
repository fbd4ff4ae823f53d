import Records

/// The objects that a set of actions needs described, and which of their fields: the actions' own,
/// the parents that lookups look for, and what lies on the way of relationship paths.
///
/// Found step by step: which parent a reference leads to is said by the child's description, so
/// with fewer descriptions there are fewer objects. Ask again with each new description until none
/// is missing; there are no more steps than objects.
package struct DescriptionNeeds: Sendable {
    /// Sorted; two spellings of one name are one object.
    package private(set) var objects: [String] = []
    /// By object, both in lower case.
    private var fields: [String: Set<String>] = [:]
    /// Which object's records point to which, by lookups: names in lower case.
    package private(set) var parents: [String: Set<String>] = [:]
    /// By parent object, the fields by which lookups find its records; in lower case.
    private var lookups: [String: Set<String>] = [:]

    /// - Parameter describe: what is known of an object, by its name in any case.
    package init(_ actions: [Action], describe: (String) -> ObjectDescription?) {
        for action in actions where action.isEnabled {
            need(action.object)
            for matcher in action.matchers { add(matcher, of: action.object, describe) }
            for field in action.fields { add(field, of: action.object, describe) }
        }
        objects.sort()
    }

    /// The needed fields of an object, in lower case.
    package func fields(of object: String) -> Set<String> { fields[object.lowercased()] ?? [] }

    /// The fields by which lookups find records of an object, in lower case.
    package func lookupFields(of object: String) -> Set<String> {
        lookups[object.lowercased()] ?? []
    }

    private mutating func need(_ object: String, field: String? = nil) {
        let folded = object.lowercased()
        if fields[folded] == nil {
            fields[folded] = []
            objects.append(object)
        }
        if let field { fields[folded]?.insert(field.lowercased()) }
    }

    private mutating func add(
        _ matcher: ActionMatcher, of object: String, _ describe: (String) -> ObjectDescription?
    ) {
        guard RelationshipPath.isPath(matcher.field) else {
            return need(object, field: matcher.field)
        }
        var passed: [(step: RelationshipPath.Step, target: String)] = []
        do throws(RelationshipPath.Fault) {
            let path = try RelationshipPath(
                matcher.field, from: object, describe: describe,
                passing: { passed.append(($0, $1)) })
            need(path.object, field: path.end.name)
        } catch {
            // What cannot be followed is for `check` and the fold to say; what can be, is needed.
        }
        for (step, target) in passed {
            need(step.object, field: step.field)
            need(target)
        }
    }

    private mutating func add(
        _ field: ActionField, of object: String, _ describe: (String) -> ObjectDescription?
    ) {
        need(object, field: field.field)
        guard let lookup = field.lookup, let reference = describe(object)?.field(field.field)
        else { return }
        do throws(ActionLookup.Fault) {
            let target = try lookup.target(of: reference)
            need(target, field: lookup.field)
            parents[object.lowercased(), default: []].insert(target.lowercased())
            lookups[target.lowercased(), default: []].insert(lookup.field.lowercased())
        } catch {
            // The same: the key of such a lookup is parked with the reason.
        }
    }
}

extension ObjectDescription {
    /// This description with the fields at the end of the relationship paths that `actions` match
    /// its records by, described as if they were its own.
    package func withPaths(
        of actions: [Action], describe: (String) -> ObjectDescription?
    ) -> ObjectDescription {
        var ends: [String: FieldDescription] = [:]
        for action in actions
        where action.isEnabled && action.object.lowercased() == name.lowercased() {
            for matcher in action.matchers where RelationshipPath.isPath(matcher.field) {
                do throws(RelationshipPath.Fault) {
                    let path = try RelationshipPath(matcher.field, from: name, describe: describe)
                    let folded = matcher.field.lowercased()
                    ends[folded] = ends[folded] ?? path.described(as: matcher.field)
                } catch {
                    // Undescribed, the matcher blocks its keys with the reason: nothing is created.
                }
            }
        }
        return adding(ends.values.sorted { $0.name < $1.name })
    }
}
