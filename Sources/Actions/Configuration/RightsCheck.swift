import Records

/// What the user of the API may do against what the actions need: too little, and too much. Pure.
package struct RightsCheck: Sendable {
    /// None of them stops anything; all of them are for a person.
    package let warnings: [ConfigurationProblem]

    /// - Parameters:
    ///   - yaml: the configuration's text, for lines and columns.
    ///   - describe: what is known of an object, by its name in any case: parents of which nothing
    ///     is known are not looked at.
    package init(
        _ configuration: Configuration, yaml: String, rights: UserRights,
        describe: (String) -> ObjectDescription? = { _ in nil }
    ) {
        let needs = ObjectNeed.all(of: configuration.actions, describe: describe)
        var list = ProblemList()
        let places = ConfigurationPlaces(yaml: yaml)
        for need in needs where need.matches {
            let index = configuration.actions.firstIndex { action in
                action.isEnabled && action.operation != .create
                    && action.object.lowercased() == need.object.lowercased()
            }
            guard let message = Self.sight(of: need.object, rights) else { continue }
            // A parent has no action of its own, and no place.
            let place = index.map { places.place(action: $0, key: "object") }
            list.add(place ?? SourcePlace.none, message)
        }
        for message in Self.excess(needs, rights) { list.add(SourcePlace.none, message) }
        warnings = list.problems(in: configuration.file)
    }

    private static func sight(of object: String, _ rights: UserRights) -> String? {
        switch rights.seesAllRecords(of: object) {
        case true: nil
        case false:
            "this user lacks View All Records on \(object): a record that sharing hides is not "
                + "found, and a duplicate is created; grant it (`tidemark check --permission-set`)"
        case nil:
            "whether this user sees every record of \(object) could not be told: reading "
                + "permission sets is not allowed to it; make sure that it has View All Records on "
                + "\(object), or duplicates are created"
        }
    }

    private static func excess(_ needs: [ObjectNeed], _ rights: UserRights) -> [String] {
        var excess: [String] = []
        if let system = rights.system, !system.isEmpty {
            excess.append("over the whole org: " + system.sorted().joined(separator: ", "))
        }
        let objects = (rights.objects ?? [:]).sorted { $0.key < $1.key }
        for (object, granted) in objects {
            let need = needs.first { $0.object.lowercased() == object.lowercased() }
            guard let need else { continue }
            let names = names(of: granted, beyond: need)
            if !names.isEmpty { excess.append("on \(object): " + names.joined(separator: ", ")) }
        }
        let others = objects.map(\.key).filter { object in
            !needs.contains { $0.object.lowercased() == object.lowercased() }
        }
        if !others.isEmpty {
            let shown = others.prefix(shownMax).joined(separator: ", ")
            let rest = others.count - shownMax
            excess.append(
                "on objects that no action uses: " + shown + (rest > 0 ? " and \(rest) more" : ""))
        }
        return excess.map { "this user has more rights than needed \($0)" }
    }

    /// Objects named in one warning.
    private static let shownMax = 8

    private static func names(
        of granted: UserRights.ObjectRights, beyond need: ObjectNeed
    ) -> [String] {
        let verdicts = [
            (granted.isCreateable && !need.creates, "Create"),
            (granted.isEditable && !need.edits && !need.deletes, "Edit"),
            (granted.isDeletable && !need.deletes, "Delete"),
            (granted.changesAllRecords, "Modify All Records"),
        ]
        return verdicts.filter(\.0).map(\.1)
    }
}
