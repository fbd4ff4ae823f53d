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
        var place = 0
        for field in effect.fields {
            changed = assert(field, from: &place) || changed
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
    ///
    /// - Parameter place: where to look first, then where the field is: actions name their fields
    ///   in the same order, so the next one is found beside it.
    private mutating func assert(_ field: FieldState, from place: inout Int) -> Bool {
        if let absent = presence.absent, !field.stamp.wins(over: absent) { return false }
        if place > 0, fields[place - 1].name >= field.name { place = 0 }
        while place < fields.count, fields[place].name < field.name { place += 1 }
        let index = place
        if index < fields.count, fields[index].name == field.name {
            guard field.stamp.wins(over: fields[index].stamp) else { return false }
            let lastWrite = field.lastWrite ?? fields[index].lastWrite
            fields[index] = field
            fields[index].lastWrite = lastWrite
        } else {
            fields.insert(field, at: index)
        }
        return true
    }

    /// Adds a matcher value, or moves its stamp on: the latest value of a field is what a created
    /// record carries.
    private mutating func assert(_ matcher: MatcherState) -> Bool {
        guard let index = matchers.firstIndex(where: { $0.term.isSame(as: matcher.term) }) else {
            matchers.append(matcher)
            delivery.waitForUpserts()
            return true
        }
        guard matcher.stamp.wins(over: matchers[index].stamp) else { return false }
        matchers[index] = matcher
        let isAlone = matchers.count { $0.term.field == matcher.term.field } == 1
        if !isAlone { delivery.waitForUpserts() }
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
        var place = 0
        for field in younger.fields { _ = assert(field, from: &place) }
        for matcher in younger.matchers { _ = assert(matcher) }
        joinLinks(of: younger)
        delivery.awaited += younger.delivery.awaited
        delivery.awaited.sort { ($0.intent, $0.index) < ($1.intent, $1.index) }
        delivery.waitForUpserts()
        delivery.doubts = max(delivery.doubts, younger.delivery.doubts)
        delivery.replacements = max(delivery.replacements, younger.delivery.replacements)
        delivery.attempts = 0
        delivery.become(.dirty)
    }

    /// Keeps both keys' records: a matcher field that a person has edited may be all that keeps a
    /// look from finding the other one. Whether both are still there, the next look tells.
    private mutating func joinLinks(of younger: DesiredRecord) {
        delivery.keep(younger.delivery.links)
        // Which record was written to, a field does not say.
        if !delivery.joinedLinks.isEmpty { forgetWrites() }
    }

    /// The first field whose mapped value cannot be sent.
    package var invalidField: (name: String, why: InvalidValue)? {
        for field in fields {
            if case .invalid(let why) = field.content { return (field.name, why) }
        }
        return nil
    }

    /// What an event or a decision does to delivery: the key needs work, unless an answer is still
    /// awaited, which nothing may hurry.
    package mutating func markDirty() { delivery.become(.dirty) }
}

extension MatcherKey.Term {
    /// Byte for byte, as the alias table compares: `==` on strings also joins what differs in
    /// Unicode normalisation, which Salesforce keeps apart.
    func isSame(as other: MatcherKey.Term) -> Bool {
        form.utf8.elementsEqual(other.form.utf8) && field.utf8.elementsEqual(other.field.utf8)
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
