import Records

/// What one matcher key's record should hold, folded from every event about it, and how far
/// delivery has come with it. One row of `state/`.
package struct DesiredRecord: Sendable, Hashable {
    /// Made from the position of the event that first named the key: see ``KeyID``.
    package let id: UInt64
    package let object: String
    package let form: Form
    /// How the record is found. For `or` each is a key of its own; for `and` all hold together.
    package var matchers: [MatcherState]
    /// Keys that this one joined, oldest first: their histories are this key's too.
    package var joined: [UInt64]
    package var presence: PresenceState
    /// Sorted by name.
    package var fields: [FieldState]
    /// Position of the entry that last changed what is desired. Deliveries name it, so that a key
    /// which changed while its operation was under way stays dirty.
    package var changedAt: UInt64
    package var delivery: DeliveryState

    /// How the matchers name the record. Raw values are on disk.
    package enum Form: UInt8, Sendable, Hashable {
        /// `or`: any matcher value names it.
        case any = 1
        /// `and`: all matcher values together name it.
        case all = 2
        /// `create`: the event names it.
        case creation = 3
    }

    package init(
        id: UInt64, object: String, form: Form, matchers: [MatcherState] = [],
        joined: [UInt64] = [], presence: PresenceState = .init(), fields: [FieldState] = [],
        changedAt: UInt64, delivery: DeliveryState = .init()
    ) {
        self.id = id
        self.object = object
        self.form = form
        self.matchers = matchers
        self.joined = joined
        self.presence = presence
        self.fields = fields
        self.changedAt = changedAt
        self.delivery = delivery
    }

    /// The matcher keys that name this record, oldest first.
    package var matcherKeys: [MatcherKey] {
        switch form {
        case .any: matchers.map { MatcherKey(object: object, terms: [$0.term]) }
        case .all, .creation: [MatcherKey(object: object, terms: matchers.map(\.term))]
        }
    }

    /// The matcher key under which entries of the log speak of this record.
    package var reference: MatcherKey {
        matcherKeys.first ?? MatcherKey(object: object, terms: [])
    }
}

/// Where and when something was asked for.
package struct Stamp: Sendable, Hashable {
    /// Position of the event.
    package let position: UInt64
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let eventTime: Int64
    /// Index into the configuration's actions.
    package let action: Int
    /// The action has `order: arrival`: it goes by log order.
    package let isByArrival: Bool

    package init(position: UInt64, eventTime: Int64, action: Int, isByArrival: Bool = false) {
        self.position = position
        self.eventTime = eventTime
        self.action = action
        self.isByArrival = isByArrival
    }

    /// Whether what this stamp asks for wins over what `other` asks for: the later event time; at
    /// equal times, or when either action goes by arrival, the later position; for one event, the
    /// action further down in the configuration.
    package func wins(over other: Stamp) -> Bool {
        if isByArrival || other.isByArrival {
            return (position, action) > (other.position, other.action)
        }
        return (eventTime, position, action) > (other.eventTime, other.position, other.action)
    }
}

/// The latest word on whether the record should be there, per operation.
package struct PresenceState: Sendable, Hashable {
    /// Latest `upsert` or `create`.
    package var exists: Stamp?
    /// Latest `delete`: the tombstone. What came before it is forgotten.
    package var absent: Stamp?
    /// Latest `update`.
    package var ifExists: Stamp?

    package init(exists: Stamp? = nil, absent: Stamp? = nil, ifExists: Stamp? = nil) {
        self.exists = exists
        self.absent = absent
        self.ifExists = ifExists
    }

    /// Whether the tombstone is the last word on the record's existence.
    package var isAbsent: Bool {
        guard let absent else { return false }
        return exists.map { absent.wins(over: $0) } ?? true
    }

    /// The stamp that decides, and so explains, the presence.
    package var deciding: Stamp? { isAbsent ? absent : exists ?? ifExists }
}

/// One matcher value that names the record.
package struct MatcherState: Sendable, Hashable {
    package let term: MatcherKey.Term
    /// The value to look for and to write into a created record, coerced to the field's type.
    package let value: FieldValue
    package var stamp: Stamp

    package init(term: MatcherKey.Term, value: FieldValue, stamp: Stamp) {
        self.term = term
        self.value = value
        self.stamp = stamp
    }
}

/// One desired field.
package struct FieldState: Sendable, Hashable {
    package let name: String
    package var content: Content
    package var policy: WritePolicyState
    package var stamp: Stamp
    /// What became of the last write of the field that succeeded.
    package var lastWrite: LastWrite?

    package enum Content: Sendable, Hashable {
        case value(FieldValue)
        /// The field cannot take the mapped value. The key is parked until a later event brings a
        /// valid one.
        case invalid(InvalidValue)
        /// The field points to the record that this names. Which id that is, delivery looks up.
        case parent(ParentReference)
    }

    package init(
        name: String, content: Content, policy: WritePolicyState, stamp: Stamp,
        lastWrite: LastWrite? = nil
    ) {
        self.name = name
        self.content = content
        self.policy = policy
        self.stamp = stamp
        self.lastWrite = lastWrite
    }
}

/// Why a field cannot take what is mapped to it, without the value.
package struct InvalidValue: Sendable, Hashable {
    /// The code that Salesforce's refusal would have had; see ``CoercionError/Code``.
    package let code: String
    package let detail: String

    package init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}

extension InvalidValue {
    init(_ error: CoercionError) { self.init(code: error.code.rawValue, detail: "\(error)") }
}

/// When a field may be written. Raw values are on disk.
package enum WritePolicyState: UInt8, Sendable, Hashable {
    case always = 1
    case ifEmpty = 2
    case onCreate = 3
}

/// Ids of keys: the position of the event that first named the key, the object's ordinal, and a
/// count within that event and object.
///
/// They depend on nothing but the log and the configuration, so a rebuild gives the same ones; and
/// on no other object, so that the keys of one can be folded again by themselves. The older of two
/// keys has the smaller id.
package enum KeyID {
    /// Objects that the configurations of one log can name, and keys of one object that one event
    /// can; with them, an id still holds 2^44 positions.
    package static let objectCountMax = 1 << 10
    package static let perEventMax = 1 << 10

    /// - Parameter object: the object's place among all that configurations of the log have named.
    package static func make(position: UInt64, object: Int, index: Int) -> UInt64 {
        precondition(
            object < objectCountMax, "a log names at most \(objectCountMax) objects")
        precondition(
            index < perEventMax, "an event names at most \(perEventMax) keys, got \(index)")
        return position << 20 | UInt64(object) << 10 | UInt64(index)
    }

    /// The object's ordinal in an id.
    package static func object(of id: UInt64) -> Int { Int(id >> 10) & (objectCountMax - 1) }
}
