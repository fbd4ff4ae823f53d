import Projection
import Reconciliation

/// Lookups of keys that go first in a circle: their records are created without the parents that
/// come after them, and given those by an update once they are there. Pure.
struct Withheld {
    /// By key: the fields that are left out.
    private(set) var names: [UInt64: [String]] = [:]
    /// The states without these fields, with the lookups that remain resolved.
    private(set) var states: [DesiredState] = []
    /// What becomes of a key whose record is not created after all.
    private var waiting: [UInt64: BlockedKey] = [:]

    init(_ states: [DesiredState], _ parents: RoundParents) {
        for state in states {
            let after = parents.openers[state.key] ?? []
            let left = state.fields.filter { field in
                guard let parent = field.parent, after.contains(parent.place) else { return false }
                return !parents.known.isFound(parent.place)
            }
            let whole = state.resolved(with: parents.known)
            guard !left.isEmpty else {
                self.states.append(whole)
                continue
            }
            names[state.key] = left.map(\.name)
            waiting[state.key] =
                whole.fields.compactMap { field in
                    field.obstacle.map {
                        BlockedKey(
                            key: state.key, object: state.object, code: $0.code,
                            message: $0.message,
                            recordIDs: $0.recordIDs, field: field.name)
                    }
                }.first
            self.states.append(state.without(left).resolved(with: parents.known))
        }
    }

    /// Leaves a plan the creates of such keys. What is there already waits like any other child:
    /// nothing is won by half an update.
    func apply(to plan: inout ObjectPlan) {
        guard !names.isEmpty else { return }
        let creates = plan.plan.operations.filter(\.isCreate).flatMap(\.keys)
        let kept = Set(names.keys).intersection(creates)
        plan.withheld = names.filter { kept.contains($0.key) }
        let back = Set(names.keys).subtracting(kept)
            .subtracting(plan.plan.blocked.map(\.key)).subtracting(plan.plan.deferred.map(\.key))
        plan.plan.operations.removeAll { !back.isDisjoint(with: $0.keys) }
        plan.plan.settled.removeAll { back.contains($0.key) }
        plan.plan.blocked += back.sorted().compactMap { waiting[$0] }
    }
}

extension DesiredState {
    fileprivate func without(_ left: [DesiredField]) -> DesiredState {
        DesiredState(
            object: object, key: key, presence: presence, presenceCause: presenceCause,
            matchers: matchers, fields: fields.filter { !left.contains($0) }, link: link,
            joinedLinks: joinedLinks, isLinkDecided: isLinkDecided)
    }
}
