import Records

/// The keys that are about one record, merged into one wish.
struct WorkPiece {
    /// Sorted by key.
    let states: [DesiredState]
    let presence: Presence
    /// Sorted by name; each field once, with the value that won.
    let fields: [WantedField]

    /// Merges keys that resolve to the same record, in whatever order they come.
    ///
    /// The latest cause decides between `.exists` and `.absent`; `.ifExists` never decides over
    /// them. At the very same event the record is kept: a delete cannot be taken back. A key that
    /// wants the record gone contributes no field; within one key a delete has already forgotten
    /// what came before it.
    init(_ states: [DesiredState], description: ObjectDescription) {
        self.states = states.sorted { $0.key < $1.key }
        let latestExists = Self.latestCause(of: .exists, in: states)
        let latestAbsent = Self.latestCause(of: .absent, in: states)
        if let latestAbsent, latestExists.map(latestAbsent.isLater) ?? true {
            presence = .absent
        } else if latestExists != nil {
            presence = .exists
        } else {
            presence = self.states.first?.presence ?? .ifExists
        }
        var winners: [String: WantedField] = [:]
        for state in self.states where state.presence != .absent {
            for field in state.fields {
                let described = description.field(field.name)
                let name = described?.name ?? field.name
                let wanted = WantedField(
                    name: name, field: described, value: field.value, policy: field.policy,
                    cause: field.cause, key: state.key, parent: field.parent,
                    obstacle: field.obstacle, lastWrite: field.lastWrite)
                if let held = winners[name], !wanted.wins(over: held) { continue }
                winners[name] = wanted
            }
        }
        fields = winners.values.sorted { $0.name < $1.name }
    }

    var keys: [UInt64] { states.map(\.key) }

    private static func latestCause(of presence: Presence, in states: [DesiredState]) -> Cause? {
        states.filter { $0.presence == presence }.map(\.presenceCause)
            .max { $1.isLater(than: $0) }
    }
}

/// One field of a piece of work: the value that won among its keys.
struct WantedField {
    /// As describe spells it, when describe has it.
    let name: String
    let field: FieldDescription?
    let value: FieldValue
    let policy: WritePolicy
    let cause: Cause
    /// The key it came from.
    let key: UInt64
    let parent: ParentReference?
    let obstacle: ParentObstacle?
    let lastWrite: LastWrite?

    /// The later cause wins; of one event's values the later action name's, then the smaller key's,
    /// so that the order of the input never shows.
    func wins(over other: WantedField) -> Bool {
        if cause.isLater(than: other.cause) { return true }
        if other.cause.isLater(than: cause) { return false }
        if cause.action != other.cause.action { return cause.action > other.cause.action }
        return key < other.key
    }

    /// The value in the form to send, by today's description: it may have changed since the
    /// mapping.
    func coerced() throws(Refusal) -> (field: FieldDescription, value: FieldValue) {
        guard let field else { throw .unknownField(name) }
        if let obstacle = parentObstacle { throw .noParent(name, obstacle) }
        do throws(CoercionError) {
            return (field, try field.coerce(value))
        } catch {
            throw .unfitValue(error)
        }
    }
}
