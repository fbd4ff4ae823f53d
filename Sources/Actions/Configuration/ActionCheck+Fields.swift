import Records

// What describe says of the fields that an action names, and of the values that it writes out.

extension ActionCheck {
    func findings(
        on matcher: ActionMatcher, of description: ObjectDescription
    ) -> [Finding] {
        guard !RelationshipPath.isPath(matcher.field) else {
            return [finding(onPath: matcher.field, of: description)].compactMap(\.self)
        }
        guard let field = description.field(matcher.field) else {
            return [unknown(matcher.field, description)]
        }
        let name = "\(action.object).\(field.name)"
        guard field.isFilterable else {
            return [
                .problem(
                    "\(name) (\(field.type.rawValue)) cannot be filtered, so no query can match by "
                        + "it; use another field")
            ]
        }
        var found = matchless(matcher.mapping, field)
        guard field.type != .id else { return found }
        if !field.isUnique {
            found.append(
                .warning(
                    "\(name) is not unique: when several records match, nothing is sent and the "
                        + "key is parked with 300"))
        }
        if action.makesRecords, !field.isCreateable {
            found.append(
                .warning(
                    "\(name) cannot be set when a record is created: one that this action creates "
                        + "will not be found by it"))
        }
        return found
    }

    /// Values that the matcher's field cannot have, so that they find nothing.
    private func matchless(_ mapping: Mapping, _ field: FieldDescription) -> [Finding] {
        mapping.range.constants.compactMap { constant in
            guard let error = field.refusal(of: constant, isMatched: true) else { return nil }
            return misfit(constant, field, error, of: action.object)
        }
    }

    func findings(on mapped: ActionField, of description: ObjectDescription) -> [Finding] {
        guard let field = description.field(mapped.field) else {
            return [unknown(mapped.field, description)]
        }
        if action.makesRecords, !field.isCreateable {
            return [readOnly(field, "set when a record is created")]
        }
        if action.changesRecords, mapped.write != .onCreate, !field.isUpdateable {
            return [readOnly(field, "changed")]
        }
        if let lookup = mapped.lookup {
            return findings(on: lookup, mapped.mapping, of: field, description)
        }
        return findings(on: mapped.mapping.range, null: mapped.null, of: field)
    }

    private func readOnly(_ field: FieldDescription, _ what: String) -> Finding {
        let reason =
            field.isCalculated
            ? "it is calculated"
            : field.isAutoNumber
                ? "Salesforce numbers it itself"
                : field.type.isCompound
                    ? "it is made of other fields, which can be mapped"
                    : "this user has no right to it, or Salesforce sees to it itself"
        return .problem(
            "\(action.object).\(field.name) cannot be \(what): \(reason); leave it out")
    }

    func unknown(_ name: String, _ description: ObjectDescription) -> Finding {
        let suggestion = NearestName.of(name, among: description.fields.map(\.name))
        guard objects.isSure(of: name, on: description.name) else {
            return .warning(
                "whether \(description.name) has a field \(name) is not known: its last "
                    + "description holds the fields that were used then; `tidemark check` asks "
                    + "Salesforce", suggestion: suggestion)
        }
        return .problem(
            "\(description.name) has no field \(name), or field-level security hides it",
            suggestion: suggestion)
    }

    // MARK: Values

    /// - Parameter field: of the action's own object.
    private func findings(
        on range: MappingRange, null: NullPolicy, of field: FieldDescription
    ) -> [Finding] {
        let name = "\(action.object).\(field.name)"
        var found = range.constants.compactMap { finding(on: $0, field, of: action.object) }
        if range.givesList, !field.type.takesLists {
            found.append(
                .problem(
                    "\(name) is of type \(field.type.rawValue) and takes no list; @json makes a "
                        + "text of one"))
        }
        if range.givesObject, field.type != .anyType {
            found.append(
                .problem(
                    "\(name) is of type \(field.type.rawValue) and takes no group of values; map "
                        + "one of them, or make a text of the group with @json"))
        }
        if range.isAlwaysNull, null == .clear, !field.isNillable, field.type != .boolean {
            found.append(.problem("\(name) cannot be empty, and this clears it"))
        }
        return found
    }

    /// A value that is written out, against the field that is to hold it or to find it.
    func finding(
        on constant: FieldValue, _ field: FieldDescription, of object: String
    ) -> Finding? {
        if let error = field.refusal(of: constant, isMatched: false) {
            return misfit(constant, field, error, of: object)
        }
        guard field.type == .picklist, !field.picklistValues.isEmpty, let text = constant.text,
            !field.isRestrictedPicklist, !field.defines(text)
        else { return nil }
        return .warning(
            "\(object).\(field.name) does not define \(constant.shown); Salesforce stores it all "
                + "the same" + Self.choices(near: text, field, "; defined are"),
            suggestion: NearestName.of(text, among: field.picklistValues))
    }

    func misfit(
        _ constant: FieldValue, _ field: FieldDescription, _ error: CoercionError,
        of object: String
    ) -> Finding {
        let name = "\(object).\(field.name)"
        guard error.code == .unknownChoice else {
            return .problem(
                "\(name) is of type \(field.type.rawValue) and cannot be \(constant.shown): "
                    + error.detail)
        }
        let stray = constant.choices.first { !field.defines($0) } ?? ""
        return .problem(
            "\(name) is a restricted picklist and does not take \(FieldValue.text(stray).shown)"
                + Self.choices(near: stray, field, "; it takes"),
            suggestion: NearestName.of(stray, among: field.picklistValues))
    }

    /// Values of a picklist that one message names.
    private static let choiceCountMax = 5

    private static func choices(
        near text: String, _ field: FieldDescription, _ intro: String
    ) -> String {
        let nearest = NearestName.sorted(field.picklistValues, from: text)
        let shown = nearest.prefix(choiceCountMax).map { "\"\($0)\"" }.joined(separator: ", ")
        let rest = nearest.count - choiceCountMax
        guard !nearest.isEmpty else { return "; no value of it is active" }
        return "\(intro) \(shown)" + (rest > 0 ? " and \(rest) more" : "")
    }
}

extension FieldDescription {
    /// Why the field refuses a value.
    ///
    /// - Parameter isMatched: the value is to find records: one that is only too long, or no
    ///   defined choice, is of the right type.
    fileprivate func refusal(of value: FieldValue, isMatched: Bool) -> CoercionError? {
        do throws(CoercionError) {
            _ = isMatched ? try typed(value) : try coerce(value)
            return nil
        } catch {
            return error
        }
    }

    fileprivate func defines(_ text: String) -> Bool {
        canonicalChoices.contains { $0 == canonical(.text(text)) } || text.isEmpty
    }

    private var canonicalChoices: [FieldValue] { picklistValues.map { canonical(.text($0)) } }
}

extension FieldType {
    fileprivate var takesLists: Bool { self == .multipicklist || self == .anyType }

    fileprivate var isCompound: Bool {
        self == .address || self == .location || self == .complexValue
    }
}

extension FieldValue {
    /// The value as it is named in a message, which may be long.
    fileprivate var shown: String {
        guard case .text(let text) = self else { return isNull ? "null" : json }
        let lengthMax = 40
        return text.count > lengthMax ? "\"\(text.prefix(lengthMax))…\"" : "\"\(text)\""
    }

    /// The choices that a value for a picklist names.
    fileprivate var choices: [String] {
        switch self {
        case .text(let text): text.split(separator: ";").map { String($0).trimmingSpaces }
        case .list(let items): items.flatMap(\.choices)
        case .null, .boolean, .number, .object: [json]
        }
    }
}
