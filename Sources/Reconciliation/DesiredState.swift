import Records

/// What one matcher key's record should hold: the input of
/// ``reconcile(desired:observed:description:)``.
package struct DesiredState: Sendable, Hashable {
    package let object: String
    /// The matcher key's stable identity in the projection.
    package let key: UInt64
    package let presence: Presence
    /// When the presence was last asked for, and by which event.
    package let presenceCause: Cause
    /// How the matchers find the record.
    package let matchers: Matchers
    /// What the record should hold, coerced to each field's type.
    package private(set) var fields: [DesiredField]
    /// The record this key was linked to by an earlier outcome.
    package private(set) var link: RecordID?
    /// The same of keys that joined this one: as long as more than one of all these records is
    /// there, which one is meant is not known.
    package private(set) var joinedLinks: [RecordID]
    /// Whether a person chose ``link`` among several matches: while that record exists it alone is
    /// matched, or the choice would be ambiguous again at the next look.
    package let isLinkDecided: Bool

    package init(
        object: String, key: UInt64, presence: Presence, presenceCause: Cause, matchers: Matchers,
        fields: [DesiredField], link: RecordID?, joinedLinks: [RecordID] = [],
        isLinkDecided: Bool = false
    ) {
        self.joinedLinks = joinedLinks
        self.object = object
        self.key = key
        self.presence = presence
        self.presenceCause = presenceCause
        self.matchers = matchers
        self.fields = fields
        self.link = link
        self.isLinkDecided = isLinkDecided
    }
}

extension DesiredState {
    /// The same with another link.
    package func linked(to record: RecordID?) -> DesiredState {
        var state = self
        state.link = record
        return state
    }

    /// All records that the key is linked to.
    package var links: [RecordID] { (link.map { [$0] } ?? []) + joinedLinks }

    /// The same with each link replaced by what `follow` makes of it.
    package func followingLinks(_ follow: (RecordID) -> RecordID) -> DesiredState {
        var state = self
        state.link = link.map(follow)
        state.joinedLinks = joinedLinks.map(follow)
        return state
    }

    /// The same with other fields.
    func holding(_ fields: [DesiredField]) -> DesiredState {
        var state = self
        state.fields = fields
        return state
    }

    /// Whether nothing but an id says which record is meant: Salesforce gives ids, so a record
    /// that is created would never be the one that was named.
    var isNamedByIDOnly: Bool {
        let values = matchers.values
        return !values.isEmpty
            && values.allSatisfy { $0.field.lowercased() == "id" && !$0.value.isNull }
    }
}

/// Whether a key's record should be there.
package enum Presence: String, Sendable, Hashable, Codable {
    /// `upsert`: the record must exist.
    case exists
    /// `update`: the fields hold only if the record exists.
    case ifExists = "if-exists"
    /// `delete`: the record must not exist.
    case absent
    /// `create`: a new record for this event; nothing is matched but the link.
    case new
}

/// How a key's record is found in Salesforce.
package enum Matchers: Sendable, Hashable {
    /// `or`: a record matches when any value matches. A key that joined others has several values
    /// of one field; `current` holds, per field, the latest, which a created record carries.
    case any([MatcherValue], current: [MatcherValue])
    /// `and`: a record matches when all values match.
    case all([MatcherValue])
    /// `create`: never matched.
    case none
}

/// One matcher field with the value to look for, coerced to the field's type.
package struct MatcherValue: Sendable, Hashable, Codable {
    package let field: String
    package let value: FieldValue

    package init(field: String, value: FieldValue) {
        self.field = field
        self.value = value
    }
}

/// One desired field value, and why it is desired.
package struct DesiredField: Sendable, Hashable {
    package let name: String
    package let value: FieldValue
    package let policy: WritePolicy
    package let cause: Cause
    /// The record that the field points to; ``value`` is its id once that is found, null until
    /// then.
    package let parent: ParentReference?
    /// Why ``parent`` has no id.
    package let obstacle: ParentObstacle?
    /// What became of the last write of the field.
    package let lastWrite: LastWrite?

    package init(
        name: String, value: FieldValue, policy: WritePolicy, cause: Cause,
        parent: ParentReference? = nil, obstacle: ParentObstacle? = nil,
        lastWrite: LastWrite? = nil
    ) {
        self.name = name
        self.value = value
        self.policy = policy
        self.cause = cause
        self.parent = parent
        self.obstacle = obstacle
        self.lastWrite = lastWrite
    }
}

/// When a field may be written.
package enum WritePolicy: String, Sendable, Hashable, Codable {
    case always
    /// Only where Salesforce holds nothing.
    case ifEmpty = "if-empty"
    /// Only in the call that creates the record.
    case onCreate = "on-create"
}

/// The event behind a value.
package struct Cause: Sendable, Hashable, Codable {
    /// Position of the event in the log.
    package let position: UInt64
    package let messageID: String
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let eventTime: Int64
    /// The action that mapped it.
    package let action: String

    package init(position: UInt64, messageID: String, eventTime: Int64, action: String) {
        self.position = position
        self.messageID = messageID
        self.eventTime = eventTime
        self.action = action
    }

    /// The order in which values win: by event time, then by position.
    package func isLater(than other: Cause) -> Bool {
        (eventTime, position) > (other.eventTime, other.position)
    }
}
