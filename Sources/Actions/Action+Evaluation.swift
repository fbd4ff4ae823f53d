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
        for matcher in matchers {
            if let value = matcher.mapping.value(for: event), !value.isBlank {
                present.append(ActionEffect.Matcher(field: matcher.field, value: value))
            } else if matchersOperator == .and {
                return .skipped(.missingMatcher(matcher.field))
            }
        }
        guard operation == .create || !present.isEmpty else { return .skipped(.noMatcherValue) }
        return .applies(ActionEffect(matchers: present, fields: mappedFields(event)))
    }

    private func mappedFields(_ event: Event) -> [ActionEffect.Field] {
        var mapped: [ActionEffect.Field] = []
        mapped.reserveCapacity(fields.count)
        for (index, field) in fields.enumerated() {
            guard let value = field.mapping.value(for: event) else { continue }
            // Salesforce stores blank text as null.
            if value.isBlank, field.null == .ignore { continue }
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
        case .text(let text): text.allSatisfy(\.isWhitespace)
        case .boolean, .number, .list, .object: false
        }
    }
}
