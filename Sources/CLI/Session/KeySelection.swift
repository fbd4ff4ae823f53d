import Delivery
import EventLog
import Projection
import Records

/// Which key a person means: an object with matcher values, or a record id.
struct KeySelection {
    let state: StateStore
    let configuration: ConfigurationEntry

    private static let idLengths = [15, 18]

    /// The one key that is named, or the oldest of a record's.
    ///
    /// - Parameter arguments: `Contact Email=ann@example.com …` or one record id.
    func record(_ arguments: [String]) throws(CommandFailure) -> DesiredRecord {
        if arguments.count == 1, let id = RecordID(arguments[0]) {
            guard let record = try records(linkedTo: id).first else {
                throw .failed("no key is linked to \(id)")
            }
            return record
        }
        if arguments.count == 1, Self.idLengths.contains(arguments[0].count) {
            throw .usage(
                "\(arguments[0]) is not a record id: of 18 letters and digits the last three must "
                    + "agree with the others")
        }
        guard let object = arguments.first, arguments.count > 1 else {
            throw .usage(
                "name an object and a matcher, such as `Contact Email=ann@example.com`, or a "
                    + "record id"
            )
        }
        let terms = try terms(object, Array(arguments.dropFirst()))
        try check(object, terms)
        if let record = try find(MatcherKey(object: object, terms: terms)) { return record }
        // With `or` each value is a key by itself: any of those given will do.
        for term in terms {
            if let record = try find(MatcherKey(object: object, terms: [term])) { return record }
        }
        let undescribed = configuration.undescribedObjects
        guard undescribed.isEmpty else {
            throw .failed(
                "events wait until Salesforce has described "
                    + "\(undescribed.joined(separator: ", ")); `tidemark status` says what is wrong"
            )
        }
        throw .failed(
            "no event has named \(object) \(arguments.dropFirst().joined(separator: " ")); "
                + "values are compared as Salesforce compares them")
    }

    /// - Throws: when no action writes `object`, in whatever case.
    func checkWritten(_ object: String) throws(CommandFailure) {
        let objects = Set(configuration.actions.map(\.object))
        guard !objects.contains(where: { $0.lowercased() == object.lowercased() }) else { return }
        throw .failed(
            "no action writes \(object); actions write "
                + objects.sorted().joined(separator: ", "))
    }

    /// What no action writes, or finds by, no event can have named: a slip is told from a stranger.
    private func check(_ object: String, _ terms: [MatcherKey.Term]) throws(CommandFailure) {
        let actions = configuration.actions.filter { $0.object == object }
        // The log speaks of objects as the actions do.
        guard !actions.isEmpty else {
            throw .failed(
                "no action writes \(object); actions write "
                    + Set(configuration.actions.map(\.object)).sorted().joined(separator: ", "))
        }
        let matchers = Set(actions.flatMap { $0.matchers.map(\.field) })
        let known = Set((matchers.map { $0.lowercased() }) + [MatcherKey.creationField])
        if let stray = terms.first(where: { !known.contains($0.field.lowercased()) }) {
            throw .failed(
                "no action finds \(object) by \(stray.field); matchers are "
                    + matchers.sorted().joined(separator: ", "))
        }
    }

    /// The key that terms name, in the form in which the log speaks of it.
    func key(_ object: String, _ conditions: [String]) throws(CommandFailure) -> MatcherKey {
        try record([object] + conditions).reference
    }

    private func terms(
        _ object: String, _ conditions: [String]
    ) throws(CommandFailure) -> [MatcherKey.Term] {
        let description = configuration.descriptions.first { $0.name == object }
        var terms: [MatcherKey.Term] = []
        for condition in conditions {
            let parts = condition.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .usage("\(condition) is not FIELD=VALUE")
            }
            let name = String(parts[0])
            guard name != MatcherKey.creationField else {
                terms.append(MatcherKey.Term(field: name, form: String(parts[1])))
                continue
            }
            let field = description?.matcherField(name)
            let typed = FieldValue.text(String(parts[1]))
            let coerced: FieldValue
            do {
                coerced = try field?.coerce(typed) ?? typed
            } catch {
                throw .usage("\(name): \(error)")
            }
            terms.append(
                MatcherKey.Term(
                    field: field?.name ?? name,
                    form: field?.matchForm(coerced) ?? String(parts[1]).lowercased()))
        }
        return terms
    }

    private func find(_ key: MatcherKey) throws(CommandFailure) -> DesiredRecord? {
        do {
            return try state.record(named: key)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// All keys that `arguments` name: the one that is named, or every key of a record.
    func records(_ arguments: [String]) throws(CommandFailure) -> [DesiredRecord] {
        let first = try record(arguments)
        guard arguments.count == 1, let id = RecordID(arguments[0]) else { return [first] }
        return try records(linkedTo: id)
    }

    private func records(linkedTo id: RecordID) throws(CommandFailure) -> [DesiredRecord] {
        do {
            return try state.records(state.ids(linkedTo: id).sorted())
        } catch {
            throw CommandFailure(error)
        }
    }
}
