/// When and how events become the desired state of records of one object.
///
/// A value of the configuration, checked when it was read: matchers and fields are as the operation
/// demands, names are well-formed, no field appears twice. Made by ``Configuration`` and
/// ``ActionSet``.
package struct Action: Sendable, Hashable {
    /// Unique in its configuration.
    package let name: String
    /// The API name of the Salesforce object, as written.
    package let object: String
    /// The condition on events.
    package let trigger: Trigger
    /// What to do with the record.
    package let operation: ActionOperation
    /// Empty for ``ActionOperation/create``; at least one otherwise.
    package let matchers: [ActionMatcher]
    /// How several matchers combine.
    package let matchersOperator: MatchersOperator
    /// Empty for ``ActionOperation/delete``; at least one otherwise.
    package let fields: [ActionField]
    /// Only events of these sources; `nil` for all.
    package let sources: [String]?
    /// The first event it looks at.
    package let from: ActionStart
    /// Which of two values of one field wins.
    package let order: ActionOrder
    /// What the user calls the destination, if anything: a name besides `Salesforce` by which an
    /// event's `integrations` can rule the action out.
    package let destination: String?
    /// A disabled action is kept and has no effect.
    package let isEnabled: Bool
}

/// What an action wants to be true of the record. The names of the reference products.
package enum ActionOperation: String, Sendable, Hashable, Codable, CaseIterable {
    /// A new record per event.
    case create
    /// The record must exist with these values.
    case upsert
    /// The record gets these values if it exists.
    case update
    /// The record must not exist.
    case delete
}

/// One field that identifies the record, and where its value comes from.
package struct ActionMatcher: Sendable, Hashable {
    /// A field's API name, or a relationship path such as `Account.External_Id__c`.
    package let field: String
    /// Where the value comes from.
    package let mapping: Mapping
}

/// Whether a record matches when any matcher does, or only when all do.
package enum MatchersOperator: String, Sendable, Hashable, Codable, CaseIterable {
    case or, and
}

/// One field to write, and where its value comes from.
package struct ActionField: Sendable, Hashable {
    /// The field's API name.
    package let field: String
    /// Where the value comes from; with a ``lookup`` the value that finds the parent.
    package let mapping: Mapping
    /// The field points to another record, which the value finds; `nil` for a plain value.
    package var lookup: ActionLookup?
    /// When it may be written.
    package let write: FieldWrite
    /// What a mapped null does.
    package let null: NullPolicy
}

/// When a field may be written.
package enum FieldWrite: String, Sendable, Hashable, Codable, CaseIterable {
    case always
    /// Only while Salesforce holds nothing.
    case ifEmpty = "if-empty"
    /// Only in the record that a create makes.
    case onCreate = "on-create"
}

/// What a mapped null does. An absent value always leaves the field alone.
package enum NullPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    case clear, ignore
}

/// The first event that an action looks at.
package enum ActionStart: Sendable, Hashable {
    /// All of history. The default of upsert and update.
    case start
    /// The position at which the action first appeared. The default of create and delete, so that
    /// adding one never creates or deletes for the whole past.
    case now
    /// Events received at or after this time, in milliseconds since 1970-01-01T00:00:00Z.
    case time(Int64)
    /// Events at or after this position of the log.
    case position(UInt64)
}

/// Which of two values of one field wins.
package enum ActionOrder: String, Sendable, Hashable, Codable, CaseIterable {
    /// The one with the later event time.
    case eventTime = "event-time"
    /// The one that was appended later.
    case arrival
}
