import Events
import Records

extension Action {
    /// What every event's `integrations` may call the destination, besides its own name.
    package static let destination = "Salesforce"

    /// What this action makes of the event: the same for the same event, always.
    ///
    /// Whether the event lies before ``from`` is for the caller, who knows its position.
    package func evaluate(_ event: Event) -> ActionResult {
        guard isEnabled, sources?.contains(event.source) ?? true, trigger.matches(event) else {
            return .notTriggered
        }
        guard event.isEnabled(destination: Self.destination, named: destination) else {
            return .skipped(.disabledByIntegrations)
        }
        var present: [ActionEffect.Matcher] = []
        present.reserveCapacity(matchers.count)
        // Lent: a loop over the array would copy each matcher for every event.
        let lent = matchers.span
        for index in lent.indices {
            if let value = lent[index].mapping.value(for: event), !value.isBlank {
                present.append(ActionEffect.Matcher(field: lent[index].field, value: value))
            } else if matchersOperator == .and {
                return .skipped(.missingMatcher(lent[index].field))
            }
        }
        guard operation == .create || !present.isEmpty else { return .skipped(.noMatcherValue) }
        return .applies(ActionEffect(matchers: present, fields: mappedFields(event)))
    }

    private func mappedFields(_ event: Event) -> [ActionEffect.Field] {
        var mapped: [ActionEffect.Field] = []
        mapped.reserveCapacity(fields.count)
        let lent = fields.span
        for index in lent.indices {
            guard let value = lent[index].mapping.value(for: event) else { continue }
            // Salesforce stores blank text as null.
            if lent[index].null == .ignore, value.isBlank { continue }
            mapped.append(ActionEffect.Field(index: index, value: value))
        }
        return mapped
    }
}

extension FieldValue {
    /// Null, or text of white space only: what cannot identify a record, and empties a field.
    fileprivate var isBlank: Bool {
        switch self {
        case .null: true
        case .text(let text): !text.beginsVisibly && text.allSatisfy(\.isWhitespace)
        case .boolean, .number, .list, .object: false
        }
    }
}

extension String {
    /// Whether the first character is a visible one of ASCII: nearly always, and much cheaper to
    /// see than where a character ends.
    fileprivate var beginsVisibly: Bool {
        utf8.first.map { (0x21...0x7E).contains($0) } ?? false
    }
}
