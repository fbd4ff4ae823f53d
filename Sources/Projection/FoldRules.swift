import Actions
import EventLog
import Events
import Records

/// The configuration in force, prepared for folding: each action beside the fields that it maps to.
struct FoldRules: Sendable {
    /// Position of the configuration entry, and the entry itself.
    let position: UInt64
    let entry: ConfigurationEntry
    /// Since when what is in force has been so.
    let changes: ConfigurationChanges
    private var actions: [PreparedAction]
    /// By lower-case object, its place among all that configurations of the log have named.
    let ordinals: [String: Int]
    /// What the actions need described, lookups among it.
    let needs: DescriptionNeeds

    /// - Parameters:
    ///   - firstSeen: for each action's name, the position of the configuration entry in which it
    ///     first appeared: what `from: now` means.
    ///   - ordinals: of every object of the actions.
    init(
        entry: ConfigurationEntry, position: UInt64, firstSeen: [String: UInt64],
        ordinals: [String: Int], changes: ConfigurationChanges
    ) {
        self.entry = entry
        self.position = position
        self.changes = changes
        self.ordinals = ordinals
        actions = entry.actions.enumerated().compactMap { index, action in
            guard action.isEnabled,
                let description = entry.description(of: action.object)
            else { return nil }
            return PreparedAction(
                index: index, action: action, description: description,
                ordinal: ordinals[action.object.lowercased()] ?? 0,
                firstSeen: firstSeen[action.name] ?? position,
                lookups: PreparedLookups(action, entry))
        }
        needs = entry.needs
    }

    /// Objects without a description: until they are described no event is folded.
    var undescribedObjects: [String] { entry.undescribedObjects }

    /// The rules of some objects only; all of them without a scope.
    func restricted(to scope: RefoldScope?) -> FoldRules {
        guard let scope else { return self }
        var rules = self
        rules.actions = actions.filter { scope.contains($0.object) }
        return rules
    }

    /// What the actions make of one event, in the order of the configuration.
    func effects(of event: Event, at position: UInt64) -> [KeyEffect] {
        var effects: [KeyEffect] = []
        let eventTime = event.eventTime
        for prepared in actions where prepared.reaches(position: position, time: event.receivedAt) {
            let result = prepared.effect(of: event, at: position, eventTime: eventTime)
            if let result { effects.append(result) }
        }
        return effects
    }
}

/// An object, as describe spells it, and its place among all that configurations of the log have
/// named: see ``KeyID``.
struct FoldObject: Sendable, Hashable {
    let name: String
    let ordinal: Int
}

/// What one action makes of one event.
enum KeyEffect: Sendable, Hashable {
    case applies(object: FoldObject, form: DesiredRecord.Form, FieldEffect)
    /// The trigger fired, and the event still names no record: why.
    case skipped(action: Int, reason: String)
}

/// One action with the descriptions of its fields looked up once. An object, like its fields: they
/// are asked for every event, and nothing of them must be copied for it.
final class PreparedAction: Sendable {
    private let index: Int
    private let action: Action
    /// As describe spells it: two spellings are one object.
    let object: String
    private let ordinal: Int
    private let firstPosition: UInt64
    private let firstTime: Int64
    private let operation: FieldEffect.Operation
    private let form: DesiredRecord.Form
    private let matcherFields: [String: PreparedField]
    /// In the order of `action.fields`.
    private let fields: [PreparedField]
    private let lookups: PreparedLookups

    init(
        index: Int, action: Action, description: ObjectDescription, ordinal: Int,
        firstSeen: UInt64, lookups: PreparedLookups
    ) {
        self.lookups = lookups
        self.ordinal = ordinal
        self.index = index
        self.action = action
        object = description.name
        switch action.from {
        case .start: (firstPosition, firstTime) = (0, .min)
        case .now: (firstPosition, firstTime) = (firstSeen, .min)
        case .position(let position): (firstPosition, firstTime) = (position, .min)
        case .time(let time): (firstPosition, firstTime) = (0, time)
        }
        operation = FieldEffect.Operation(action.operation)
        form = DesiredRecord.Form(action)
        matcherFields = Dictionary(
            action.matchers.map { ($0.field, PreparedField($0, description)) },
            uniquingKeysWith: { first, _ in first })
        fields = action.fields.map { PreparedField($0, description) }
    }

    func reaches(position: UInt64, time: Int64) -> Bool {
        position >= firstPosition && time >= firstTime
    }

    /// - Returns: `nil` when the trigger does not fire.
    func effect(of event: Event, at position: UInt64, eventTime: Int64) -> KeyEffect? {
        switch action.evaluate(event) {
        case .notTriggered: return nil
        case .skipped(let reason): return .skipped(action: index, reason: reason.description)
        case .applies(let effect):
            let stamp = Stamp(
                position: position, eventTime: eventTime, action: index,
                isByArrival: action.order == .arrival)
            return typed(effect, stamp: stamp)
        }
    }

    private func typed(_ effect: ActionEffect, stamp: Stamp) -> KeyEffect {
        let matchers: [MatcherState]
        switch matcherStates(effect, stamp: stamp) {
        case .success(let states): matchers = states
        case .failure(let skip): return .skipped(action: index, reason: skip.reason)
        }
        let fieldEffect = FieldEffect(
            operation: operation, stamp: stamp, matchers: matchers,
            fields: effect.fields.map { fieldState($0.index, value: $0.value, stamp: stamp) })
        return .applies(
            object: FoldObject(name: object, ordinal: ordinal), form: form, fieldEffect)
    }

    private struct Skip: Error {
        let reason: String
    }

    /// Types the matcher values. A value that cannot be the field's type matches nothing that
    /// exists, so it is no identity: with `or` it is left out, with `and` the event is skipped.
    private func matcherStates(
        _ effect: ActionEffect, stamp: Stamp
    ) -> Result<[MatcherState], Skip> {
        if form == .creation {
            let key = MatcherKey(
                object: object, createdBy: action.name, position: stamp.position)
            return .success(
                key.terms.map { MatcherState(term: $0, value: .text($0.form), stamp: stamp) })
        }
        var states: [MatcherState] = []
        var refused: String?
        for matcher in effect.matchers {
            if let state = matcherState(matcher.field, value: matcher.value, stamp: stamp) {
                states.append(state)
            } else {
                refused = matcher.field
            }
        }
        if let refused, form == .all || states.isEmpty {
            return .failure(
                Skip(reason: "the value of matcher \(refused) cannot be that field's type"))
        }
        return .success(states)
    }

    private func matcherState(
        _ name: String, value: FieldValue, stamp: Stamp
    ) -> MatcherState? {
        // Every matcher that an event can fill is one of the action's.
        guard let field = matcherFields[name]?.description else { return nil }
        // A value that is only too long, or not among the defined ones, still names a record: the
        // one that does not exist. What is wrong is said where the value would be written.
        let typed: FieldValue
        do {
            typed = try field.typed(value)
        } catch {
            return nil
        }
        guard let form = field.matchForm(typed) else { return nil }
        return MatcherState(
            term: MatcherKey.Term(field: field.name, form: form), value: typed, stamp: stamp)
    }

    private func fieldState(_ index: Int, value: FieldValue, stamp: Stamp) -> FieldState {
        let prepared = fields[index]
        let policy = prepared.policy
        guard let field = prepared.description else {
            return FieldState(
                name: prepared.name,
                content: .invalid(
                    InvalidValue(
                        code: "INVALID_FIELD",
                        detail: "describe knows no field \(prepared.name) on \(action.object)")),
                policy: policy, stamp: stamp)
        }
        if let content = lookups.content(of: index, value: value, reference: field) {
            return FieldState(name: field.name, content: content, policy: policy, stamp: stamp)
        }
        do {
            return FieldState(
                name: field.name, content: .value(try field.coerce(value)), policy: policy,
                stamp: stamp)
        } catch {
            return FieldState(
                name: field.name, content: .invalid(InvalidValue(error)), policy: policy,
                stamp: stamp)
        }
    }
}

/// One matcher or field of an action beside what describe says of it.
private final class PreparedField: Sendable {
    /// As the action writes it.
    let name: String
    /// `nil` where describe knows no such field.
    let description: FieldDescription?
    let policy: WritePolicyState

    init(_ field: ActionField, _ object: ObjectDescription) {
        name = field.field
        description = object.field(field.field)
        policy = WritePolicyState(field.write)
    }

    init(_ matcher: ActionMatcher, _ object: ObjectDescription) {
        name = matcher.field
        description = object.matcherField(matcher.field)
        policy = .always
    }
}

extension FieldEffect.Operation {
    init(_ operation: ActionOperation) {
        switch operation {
        case .create, .upsert: self = .exists
        case .update: self = .ifExists
        case .delete: self = .absent
        }
    }
}

extension DesiredRecord.Form {
    init(_ action: Action) {
        if action.operation == .create {
            self = .creation
        } else {
            // A single matcher names the same record under either operator, so it is the same key.
            self = action.matchersOperator == .and && action.matchers.count > 1 ? .all : .any
        }
    }
}

extension WritePolicyState {
    init(_ write: FieldWrite) {
        switch write {
        case .always: self = .always
        case .ifEmpty: self = .ifEmpty
        case .onCreate: self = .onCreate
        }
    }
}

extension ObjectDescription {
    /// The field that a matcher names; one that describe does not know is read as text, so that its
    /// key is there to be blocked with the reason. The field at the end of a relationship path
    /// (`Account.External_Id__c`) stands in the description under the whole path.
    package func matcherField(_ name: String) -> FieldDescription {
        field(name) ?? FieldDescription(name: name, type: .string)
    }
}
