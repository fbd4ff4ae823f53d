import Records

// How an event changes the record it is about: pure, and in any order of the same events the same.

extension DesiredRecord {
    /// Folds one action's effect into the record.
    ///
    /// Guarantees: per field the winning stamp's value stands, whatever the order of calls; fields
    /// that a tombstone covers stay forgotten.
    ///
    /// - Returns: whether anything that is desired, or its cause, changed.
    package mutating func apply(_ effect: FieldEffect) -> Bool {
        var changed = assert(effect.operation, stamp: effect.stamp)
        for field in effect.fields {
            changed = assert(field) || changed
        }
        for matcher in effect.matchers {
            changed = assert(matcher) || changed
        }
        return changed
    }

    private mutating func assert(_ operation: FieldEffect.Operation, stamp: Stamp) -> Bool {
        switch operation {
        case .exists: return Self.raise(&presence.exists, to: stamp)
        case .ifExists: return Self.raise(&presence.ifExists, to: stamp)
        case .absent:
            guard Self.raise(&presence.absent, to: stamp) else { return false }
            fields.removeAll { stamp.wins(over: $0.stamp) }
            return true
        }
    }

    private static func raise(_ current: inout Stamp?, to stamp: Stamp) -> Bool {
        if let current, !stamp.wins(over: current) { return false }
        current = stamp
        return true
    }

    /// Sets one field if its stamp wins and no tombstone covers it.
    private mutating func assert(_ field: FieldState) -> Bool {
        if let absent = presence.absent, !field.stamp.wins(over: absent) { return false }
        var index = 0
        while index < fields.count, fields[index].name < field.name { index += 1 }
        if index < fields.count, fields[index].name == field.name {
            guard field.stamp.wins(over: fields[index].stamp) else { return false }
            fields[index] = field
        } else {
            fields.insert(field, at: index)
        }
        return true
    }

    /// Adds a matcher value, or moves its stamp on: the latest value of a field is what a created
    /// record carries.
    private mutating func assert(_ matcher: MatcherState) -> Bool {
        guard let index = matchers.firstIndex(where: { $0.term == matcher.term }) else {
            matchers.append(matcher)
            return true
        }
        guard matcher.stamp.wins(over: matchers[index].stamp) else { return false }
        matchers[index] = matcher
        return true
    }

    /// Takes over everything of a younger key that turned out to name the same record.
    package mutating func join(_ younger: DesiredRecord) {
        joined.append(younger.id)
        joined.append(contentsOf: younger.joined)
        joined.sort()
        if let stamp = younger.presence.absent { _ = assert(.absent, stamp: stamp) }
        if let stamp = younger.presence.exists { _ = assert(.exists, stamp: stamp) }
        if let stamp = younger.presence.ifExists { _ = assert(.ifExists, stamp: stamp) }
        for field in younger.fields { _ = assert(field) }
        for matcher in younger.matchers { _ = assert(matcher) }
        delivery.link = delivery.link ?? younger.delivery.link
        delivery.status = .joining(delivery.status, younger.delivery.status)
        delivery.attempts = 0
    }

    /// The first field whose mapped value cannot be sent.
    package var invalidField: (name: String, detail: String)? {
        for field in fields {
            if case .invalid(let detail) = field.content { return (field.name, detail) }
        }
        return nil
    }

    /// What an event or a decision does to delivery: the key needs work, unless an answer is still
    /// awaited, which nothing may hurry.
    package mutating func markDirty() {
        switch delivery.status {
        case .inFlight, .inDoubt: break
        case .dirty, .settled, .parked: delivery.status = .dirty
        }
    }
}

extension DeliveryState.Status {
    /// The status of two keys that become one: an answer that is awaited for either is awaited for
    /// both.
    fileprivate static func joining(_ one: Self, _ other: Self) -> Self {
        if one == .inDoubt || other == .inDoubt { return .inDoubt }
        if one == .inFlight || other == .inFlight { return .inFlight }
        return .dirty
    }
}

/// What one action does to one key for one event.
package struct FieldEffect: Sendable, Hashable {
    package enum Operation: Sendable, Hashable {
        case exists, ifExists, absent
    }

    package let operation: Operation
    package let stamp: Stamp
    package let matchers: [MatcherState]
    package let fields: [FieldState]

    package init(
        operation: Operation, stamp: Stamp, matchers: [MatcherState], fields: [FieldState]
    ) {
        self.operation = operation
        self.stamp = stamp
        self.matchers = matchers
        self.fields = fields
    }
}
