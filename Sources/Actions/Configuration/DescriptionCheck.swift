import Records

/// What Salesforce's describe says against the actions: pure, all problems at once.
package struct DescriptionCheck: Sendable {
    /// Actions that cannot work as they are.
    package let problems: [ConfigurationProblem]
    /// Actions that work, and perhaps not as meant.
    package let warnings: [ConfigurationProblem]

    /// - Parameter yaml: the configuration's text, for lines and columns.
    package init(_ configuration: Configuration, yaml: String, objects: DescribedObjects) {
        var (problems, warnings) = (ProblemList(), ProblemList())
        let places = ConfigurationPlaces(yaml: yaml)
        for (index, action) in configuration.actions.enumerated() where action.isEnabled {
            var check = ActionCheck(
                index: index, action: action, beside: configuration.actions, places: places,
                objects: objects)
            check.run()
            problems.append(check.problems)
            warnings.append(check.warnings)
        }
        self.problems = problems.problems(in: configuration.file)
        self.warnings = warnings.problems(in: configuration.file)
    }
}

/// What is found about one thing: at most one of these.
struct Finding: Sendable, Hashable {
    var problem: String?
    var warning: String?
    /// The name that was probably meant.
    var suggestion: String?

    static func problem(_ message: String, suggestion: String? = nil) -> Finding {
        Finding(problem: message, suggestion: suggestion)
    }

    static func warning(_ message: String, suggestion: String? = nil) -> Finding {
        Finding(warning: message, suggestion: suggestion)
    }
}

/// One action against describe.
struct ActionCheck {
    let action: Action
    let objects: DescribedObjects
    private let index: Int
    /// Other actions that fold into the same records.
    private let siblings: [Action]
    private let places: ConfigurationPlaces
    private(set) var problems = ProblemList()
    private(set) var warnings = ProblemList()

    init(
        index: Int, action: Action, beside actions: [Action], places: ConfigurationPlaces,
        objects: DescribedObjects
    ) {
        self.index = index
        self.action = action
        self.places = places
        self.objects = objects
        siblings = actions.filter { $0.name != action.name && $0.sharesRecords(with: action) }
    }

    mutating func run() {
        guard let known = objects[action.object] else {
            return add(
                .warning(
                    "\(action.object) was never described, so this action was not checked; "
                        + "`tidemark check` asks Salesforce",
                    suggestion: NearestName.of(action.object, among: objects.names)),
                at: places.place(action: index, key: "object"))
        }
        guard let description = known else {
            return add(
                .problem(
                    "Salesforce has no object \(action.object), or this user may not see it",
                    suggestion: NearestName.of(action.object, among: objects.names)),
                at: places.place(action: index, key: "object"))
        }
        rights(on: description)
        for matcher in action.matchers {
            let place = places.place(action: index, part: "matchers", name: matcher.field)
            for finding in findings(on: matcher, of: description) { add(finding, at: place) }
        }
        for field in action.fields {
            let place = places.place(action: index, part: "fields", name: field.field)
            for finding in findings(on: field, of: description) { add(finding, at: place) }
        }
        if action.makesRecords, let finding = missingFields(of: description) {
            add(finding, at: places.place(action: index, key: "fields"))
        }
    }

    private mutating func add(_ finding: Finding, at place: SourcePlace) {
        if let problem = finding.problem {
            problems.add(place, problem, suggestion: finding.suggestion)
        }
        if let warning = finding.warning {
            warnings.add(place, warning, suggestion: finding.suggestion)
        }
    }

    private mutating func rights(on description: ObjectDescription) {
        let place = places.place(action: index, key: "operation")
        let verdicts: [(isNeeded: Bool, isAllowed: Bool, right: String)] = [
            (action.makesRecords, description.isCreateable, "create"),
            (action.changesRecords, description.isUpdateable, "edit"),
            (action.operation == .delete, description.isDeletable, "delete"),
            (action.operation != .create, description.isQueryable, "query"),
        ]
        for verdict in verdicts where verdict.isNeeded && !verdict.isAllowed {
            add(
                .problem(
                    "this user may not \(verdict.right) \(action.object); grant the permission, or "
                        + "choose another operation"),
                at: place)
        }
    }

    /// Fields that Salesforce wants in a new record and that nothing brings.
    private func missingFields(of description: ObjectDescription) -> Finding? {
        func fields(of action: Action) -> [String] {
            (action.fields.map(\.field) + action.matchers.map(\.field)).map { $0.lowercased() }
        }
        let own = Set(fields(of: action))
        let lacking = description.fields
            .filter { $0.isRequiredOnCreate && !own.contains($0.name.lowercased()) }
            .map(\.name)
        guard !lacking.isEmpty else { return nil }
        let others = Set(siblings.flatMap(fields))
        let missing = lacking.filter { !others.contains($0.lowercased()) }
        guard missing.isEmpty else {
            return .problem(
                "\(action.object) requires \(missing.joined(separator: ", ")) and this action maps "
                    + "none of it: no record could be created")
        }
        return .warning(
            "\(action.object) requires \(lacking.joined(separator: ", ")), which only another "
                + "action maps: a record is created once that action has brought it, and is "
                + "parked until then")
    }
}

extension Action {
    /// Whether it can make new records. One that only an id names would have another id.
    var makesRecords: Bool {
        switch operation {
        case .create: true
        case .upsert: !matchers.allSatisfy { $0.field.lowercased() == "id" }
        case .update, .delete: false
        }
    }

    var changesRecords: Bool { operation == .update || operation == .upsert }

    /// Whether records can get values from both: fold finds them by a field that both have.
    fileprivate func sharesRecords(with other: Action) -> Bool {
        guard isEnabled, operation != .create, operation != .delete,
            object.lowercased() == other.object.lowercased()
        else { return false }
        let names = Set(matchers.map { $0.field.lowercased() })
        return other.matchers.contains { names.contains($0.field.lowercased()) }
    }
}
