import Records

extension PlanJudge {
    /// A settled key agrees with its one record, or that there is none.
    mutating func judgeSettled(_ plan: Plan) {
        var byRecord: [RecordID: [DesiredState]] = [:]
        for settled in plan.settled {
            guard let state = states[settled.key] else { continue }
            guard let id = settled.recordID else {
                judgeSettledOnNothing(state)
                continue
            }
            if state.presence == .new {
                if state.link != id {
                    report(
                        .wrongVerdict, [state.key], "settled on a record that it is not linked to")
                }
                continue
            }
            if matches[state.key] != [id] {
                report(.wrongVerdict, [state.key], "settled on a record that it does not match")
            }
            byRecord[id, default: []].append(state)
        }
        for (id, states) in byRecord.sorted(by: { $0.key.description < $1.key.description }) {
            judgeAgreement(states, id)
        }
    }

    private mutating func judgeSettledOnNothing(_ state: DesiredState) {
        if !(matches[state.key] ?? []).isEmpty || state.presence == .new {
            report(.wrongVerdict, [state.key], "settled on nothing, but a record matches")
        }
        guard state.presence == .exists else { return }
        // A key that wants a record may rest without one only where a later delete wants it gone.
        let isRevoked = states.values.contains {
            $0.presence == .absent && $0.presenceCause.isLater(than: state.presenceCause)
        }
        if !isRevoked {
            report(.wrongVerdict, [state.key], "settled on nothing, but the record must exist")
        }
    }

    private mutating func judgeAgreement(_ states: [DesiredState], _ id: RecordID) {
        if let absent = latest(.absent, states),
            latest(.exists, states).map({ absent.isLater(than: $0) }) ?? true
        {
            report(.wrongVerdict, states.map(\.key), "settled on a record that should be absent")
        }
        let wishes = states.filter { $0.presence != .absent }.flatMap(\.fields)
        for wish in wishes where wish.policy == .always {
            guard let field = description.field(wish.name) else { continue }
            // Values of one event's several actions may overrule each other; only a clear winner
            // counts.
            let rivals = wishes.filter {
                description.field($0.name)?.name == field.name && $0 != wish
                    && !wish.cause.isLater(than: $0.cause)
            }
            let stored = records[id]?.value(at: field.name) ?? .null
            if rivals.isEmpty, !(field.isMasked(stored) && !wish.value.isNull),
                field.canonical(wish.value) != field.canonical(stored),
                !field.isRewrite(stored, of: wish.value, after: wish.lastWrite)
            {
                report(.wrongVerdict, states.map(\.key), "settled, but \(field.name) differs")
            }
        }
    }

    /// A blocked key has the matches that its code says.
    mutating func judgeBlocked(_ plan: Plan) {
        for blocked in plan.blocked {
            let matched = (matches[blocked.key] ?? []).sorted { $0.description < $1.description }
            let isRight =
                switch blocked.code {
                case .ambiguous: matched.count > 1 && matched == blocked.recordIDs
                case .notFound:
                    matched.isEmpty && isUpdateOnly(states[blocked.key])
                case .rejected: blocked.recordIDs.isEmpty
                case .waitingForParent, .parentMissing, .parentAmbiguous:
                    isWithoutParent(blocked)
                // Delivery's own verdicts, about what only it knows.
                case .deleted, .converted, .defect: false
                }
            if !isRight {
                report(.wrongVerdict, [blocked.key], "not \(blocked.code.rawValue)")
            }
        }
    }

    /// Nothing may be created for this key: it only updates, or only an id names its record.
    private func isUpdateOnly(_ state: DesiredState?) -> Bool {
        guard let state else { return false }
        let hasOtherMatcher = state.matchers.values.contains { $0.field.lowercased() != "id" }
        return state.presence == .ifExists || (state.presence == .exists && !hasOtherMatcher)
    }

    /// Some key has a lookup in this field that gave no id: the key itself, or one that it shares a
    /// record with.
    private func isWithoutParent(_ blocked: BlockedKey) -> Bool {
        states.values.contains { state in
            state.fields.contains {
                $0.name == blocked.field && $0.parent != nil && $0.value.isNull
                    && ($0.obstacle?.code ?? .waitingForParent) == blocked.code
            }
        }
    }

    /// A deferred key waits for operations of this plan: otherwise it would wait for ever.
    mutating func judgeDeferred(_ plan: Plan) {
        let operated = Set(plan.operations.flatMap(\.keys))
        for deferred in plan.deferred {
            if deferred.waitsFor.isEmpty || !operated.isSuperset(of: deferred.waitsFor) {
                report(.wrongVerdict, [deferred.key], "deferred without an operation to wait for")
            }
            if !(matches[deferred.key] ?? []).isEmpty {
                report(.wrongVerdict, [deferred.key], "deferred, but a record matches")
            }
        }
    }
}
