/// A duplicate rule of the org: a new record that equals an existing one in all `fields` is
/// reported (REST API Developer Guide, "Duplicate Rule Header").
package struct DuplicateRule: Sendable, Hashable {
    /// How a match is treated.
    package enum Action: String, Sendable {
        /// Refused, unless the call says `allowSave=true`.
        case alert
        /// Refused, whatever the call says.
        case block
    }

    /// The rule's developer name.
    package let name: String
    /// The object whose new records it looks at.
    package let object: String
    /// The developer name of its matching rule.
    package let matchingRule: String
    /// Fields that must all be equal, without regard to case.
    package let fields: [String]
    /// How a match is treated.
    package let action: Action

    /// A rule; it does nothing until `Org.add` activates it.
    package init(
        name: String, object: String, matchingRule: String, fields: [String], action: Action
    ) {
        self.name = name
        self.object = object
        self.matchingRule = matchingRule
        self.fields = fields
        self.action = action
    }
}

extension OrgState {
    static let duplicateMessage =
        "You're creating a duplicate record. We recommend you use an existing record instead."

    /// Refuses `record` when an active rule finds its like among other visible records.
    mutating func checkDuplicateRules(
        _ record: StoredRecord, _ object: ObjectSchema, _ context: WriteContext
    ) throws(Refusal) {
        for rule in duplicateRules where rule.object.lowercased() == object.name.lowercased() {
            if rule.action == .alert, context.allowsDuplicates { continue }
            let matches = matches(of: record.id, object, rule) { record.text($0) }
            if !matches.isEmpty { throw duplicate(of: matches, object, rule) }
        }
    }

    /// Ids of visible records other than `id` that are equal in all fields of the rule to one with
    /// the values of `text`, which is asked by a field's name.
    mutating func matches(
        of id: String?, _ object: ObjectSchema, _ rule: DuplicateRule,
        text: (String) -> String?
    ) -> [String] {
        let fields = rule.fields.compactMap { object.field($0) }
        guard let first = fields.first, let value = text(first.name) else { return [] }
        let candidates = store.liveRows(object, where: first, equals: FoldedText(value))
        return candidates.filter { other in
            other.id != id && !visibility.hiddenRecords.contains(other.id)
                && fields.allSatisfy { field in
                    guard let mine = text(field.name), let theirs = other.text(field.name)
                    else { return false }
                    return FoldedText(mine) == FoldedText(theirs)
                }
        }.map(\.id)
    }

    /// The single-record form carries the matches under `duplicateResut`: Salesforce's own
    /// spelling, kept because clients must read it.
    private func duplicate(
        of ids: [String], _ object: ObjectSchema, _ rule: DuplicateRule
    ) -> Refusal {
        let records: [JSON] = ids.map { id in
            [
                "matchConfidence": 100,
                "record": ["attributes": ["type": .string(object.name)], "Id": .string(id)],
            ]
        }
        let result: JSON = [
            "allowSave": .bool(rule.action == .alert), "duplicateRule": .string(rule.name),
            "duplicateRuleEntityType": .string(object.name),
            "errorMessage": .string(Self.duplicateMessage),
            "matchResults": [
                [
                    "entityType": .string(object.name), "matchRecords": .array(records),
                    "rule": .string(rule.matchingRule), "size": .int(ids.count), "success": true,
                ]
            ],
        ]
        var refusal = Refusal("DUPLICATES_DETECTED", Self.duplicateMessage)
        refusal.extra = [JSON.Member("duplicateResut", result)]
        return refusal
    }
}
