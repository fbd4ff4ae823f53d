import Records

/// What one action makes of one event.
package enum ActionResult: Sendable, Hashable {
    /// Disabled, another source's event, or the trigger said no.
    case notTriggered
    /// The trigger said yes, and the event still has no effect; shown to the user with its reason.
    case skipped(SkipReason)
    case applies(ActionEffect)
}

/// Why an event that triggered an action has no effect.
package enum SkipReason: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The matchers' operator is `and`, and this matcher's value is missing, null or blank. To go
    /// on without it would match records that were not meant.
    case missingMatcher(String)
    /// The matchers' operator is `or`, and no matcher has a value.
    case noMatcherValue
    /// The event's `integrations` rule Salesforce out.
    case disabledByIntegrations

    /// A clause for people; names fields, never values.
    package var description: String {
        switch self {
        case .missingMatcher(let field):
            "the record matcher \(field) has no value, and all matchers must match"
        case .noMatcherValue: "no record matcher has a value"
        case .disabledByIntegrations: "the event's integrations exclude Salesforce"
        }
    }
}

/// What an event says of one record.
package struct ActionEffect: Sendable, Hashable {
    /// The value of one matcher: never null, never blank text.
    package struct Matcher: Sendable, Hashable {
        package let field: String
        package let value: FieldValue

        /// A value as given; that it is none that is left out is for the caller to see to.
        package init(field: String, value: FieldValue) {
            self.field = field
            self.value = value
        }
    }

    /// The value of one field.
    package struct Field: Sendable, Hashable {
        /// Index into the action's fields.
        package let index: Int
        package let value: FieldValue

        /// `index` must be one of the action's fields.
        package init(index: Int, value: FieldValue) {
            self.index = index
            self.value = value
        }
    }

    /// In the action's order; with `or` only those that have a value. Empty for create.
    package let matchers: [Matcher]
    /// In the action's order; a field for which the event gives nothing is not listed, nor a null
    /// where the field ignores nulls.
    package let fields: [Field]

    /// Both lists in the action's order.
    package init(matchers: [Matcher], fields: [Field]) {
        self.matchers = matchers
        self.fields = fields
    }
}
