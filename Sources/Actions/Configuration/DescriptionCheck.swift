import Records

/// What Salesforce's describe says against the actions: pure, all problems at once.
package struct DescriptionCheck: Sendable {
    /// Actions that cannot work as they are.
    package let problems: [ConfigurationProblem]
    /// Actions that work, and perhaps not as meant.
    package let warnings: [ConfigurationProblem]

    /// - Parameters:
    ///   - yaml: the configuration's text, for lines and columns.
    ///   - descriptions: by object, whole; `nil` for an object that Salesforce does not know or
    ///     this user may not see. Objects that are not named were not asked for, and are not
    ///     checked.
    package init(
        _ configuration: Configuration, yaml: String, descriptions: [String: ObjectDescription?]
    ) {
        let known = Descriptions(descriptions)
        var check = Check(places: ConfigurationPlaces(yaml: yaml), descriptions: known)
        for (index, action) in configuration.actions.enumerated() where action.isEnabled {
            guard let found = known[action.object] else { continue }
            check.action(index, action, description: found)
        }
        problems = check.problems.problems(in: configuration.file)
        warnings = check.warnings.problems(in: configuration.file)
    }
}

private struct Check {
    let places: ConfigurationPlaces
    let descriptions: DescriptionCheck.Descriptions
    var problems = ProblemList()
    var warnings = ProblemList()

    mutating func action(_ index: Int, _ action: Action, description: ObjectDescription?) {
        guard let description else {
            return problems.add(
                places.place(action: index, key: "object"),
                "Salesforce has no object \(action.object), or this user may not see it")
        }
        operation(index, action, description)
        for matcher in action.matchers { self.matcher(index, matcher, action, description) }
        for field in action.fields { self.field(index, field, action, description) }
        if action.operation == .create || action.operation == .upsert {
            required(index, action, description)
        }
    }

    private mutating func operation(
        _ index: Int, _ action: Action, _ description: ObjectDescription
    ) {
        let place = places.place(action: index, key: "operation")
        let verdicts: [(isNeeded: Bool, isAllowed: Bool, right: String)] = [
            ([.create, .upsert].contains(action.operation), description.isCreateable, "create"),
            ([.update, .upsert].contains(action.operation), description.isUpdateable, "edit"),
            (action.operation == .delete, description.isDeletable, "delete"),
            (action.operation != .create, description.isQueryable, "query"),
        ]
        for verdict in verdicts where verdict.isNeeded && !verdict.isAllowed {
            problems.add(
                place,
                "this user may not \(verdict.right) \(action.object); grant the permission, or "
                    + "choose another operation")
        }
    }

    private mutating func matcher(
        _ index: Int, _ matcher: ActionMatcher, _ action: Action, _ description: ObjectDescription
    ) {
        let place = places.place(action: index, part: "matchers", name: matcher.field)
        guard !RelationshipPath.isPath(matcher.field) else {
            let verdict = DescriptionCheck.verdict(
                onPath: matcher.field, description.name, descriptions)
            return add(verdict, at: place)
        }
        guard let field = description.field(matcher.field) else {
            return unknown(matcher.field, place, description)
        }
        if !field.isFilterable {
            problems.add(
                place,
                "\(action.object).\(field.name) (\(field.type.rawValue)) cannot be filtered, so no "
                    + "query can match by it; use another field")
        } else if field.type != .id, !field.isUnique {
            warnings.add(
                place,
                "\(action.object).\(field.name) is not unique: when several records match, nothing "
                    + "is sent and the key is parked with 300")
        }
    }

    private mutating func field(
        _ index: Int, _ mapped: ActionField, _ action: Action, _ description: ObjectDescription
    ) {
        let place = places.place(action: index, part: "fields", name: mapped.field)
        guard let field = description.field(mapped.field) else {
            return unknown(mapped.field, place, description)
        }
        if let lookup = mapped.lookup {
            let verdict = DescriptionCheck.verdict(
                on: lookup, of: field, description.name, descriptions)
            add(verdict, at: place)
        }
        let creates = action.operation == .create || action.operation == .upsert
        let updates =
            (action.operation == .update || action.operation == .upsert)
            && mapped.write != .onCreate
        if creates, !field.isCreateable {
            problems.add(place, readOnly(field, action, "set when a record is created"))
        } else if updates, !field.isUpdateable {
            problems.add(place, readOnly(field, action, "changed"))
        }
    }

    private mutating func add(
        _ verdict: (problem: String?, warning: String?), at place: SourcePlace
    ) {
        if let problem = verdict.problem { problems.add(place, problem) }
        if let warning = verdict.warning { warnings.add(place, warning) }
    }

    private func readOnly(_ field: FieldDescription, _ action: Action, _ what: String) -> String {
        let reason = field.isCalculated ? "it is calculated" : "this user has no right to it"
        return "\(action.object).\(field.name) cannot be \(what): \(reason); leave it out"
    }

    private mutating func unknown(
        _ name: String, _ place: SourcePlace, _ description: ObjectDescription
    ) {
        problems.add(
            place,
            "\(description.name) has no field \(name), or field-level security hides it",
            suggestion: NearestName.of(name, among: description.fields.map(\.name)))
    }

    private mutating func required(
        _ index: Int, _ action: Action, _ description: ObjectDescription
    ) {
        let mapped = Set(
            (action.fields.map(\.field) + action.matchers.map(\.field)).map { $0.lowercased() })
        let missing = description.fields
            .filter { $0.isRequiredOnCreate && !mapped.contains($0.name.lowercased()) }
            .map(\.name)
        guard !missing.isEmpty else { return }
        problems.add(
            places.place(action: index, key: "fields"),
            "\(action.object) requires \(missing.joined(separator: ", ")) and this action maps "
                + "none of it: no record could be created")
    }
}
