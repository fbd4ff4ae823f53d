import Records

extension PlanJudge {
    /// Every field of an operation: writable, different, in order, and asked for by the latest
    /// event.
    mutating func judgeChanges(_ operation: Operation) {
        let names = operation.changes.map(\.field)
        if zip(names, names.dropFirst()).contains(where: { $0 >= $1 }) {
            report(.disorder, operation.keys, "fields are not sorted, each once")
        }
        if operation.kind == .delete, !operation.changes.isEmpty {
            report(.unaskedValue, operation.keys, "a delete carries fields")
        }
        for change in operation.changes {
            guard let field = description.field(change.field), field.name == change.field else {
                report(.unwritableField, operation.keys, "\(change.field) is not in describe")
                continue
            }
            let isCreate = operation.kind == .create
            if isCreate ? !field.isCreateable : !field.isUpdateable {
                report(.unwritableField, operation.keys, "\(change.field) is read-only here")
            }
            judgeDifference(change, field, operation)
            judgeAsked(change, field, operation)
        }
    }

    private mutating func judgeDifference(
        _ change: Change, _ field: FieldDescription, _ operation: Operation
    ) {
        guard operation.kind == .update else {
            // Null in a create is only for what would get a default.
            if !change.before.isNull || (change.after.isNull && !field.needsNullOnCreate) {
                report(
                    .wrongBefore, operation.keys, "\(field.name): a create has values, no before")
            }
            return
        }
        let stored = operation.recordID.flatMap { records[$0]?.value(at: field.name) }
        if stored != change.before {
            report(.wrongBefore, operation.keys, "\(field.name) was not observed so")
        }
        if field.canonical(change.before) == field.canonical(change.after),
            !isReset(field.name, operation)
        {
            report(.noDifference, operation.keys, "\(field.name) does not differ")
        }
    }

    /// Whether Salesforce would set the field by another one that the operation does change.
    private func isReset(_ name: String, _ operation: Operation) -> Bool {
        operation.changes.contains { change in
            let field = description.field(change.field)
            return description.fieldsReset(by: change.field).contains(name)
                && field?.canonical(change.before) != field?.canonical(change.after)
        }
    }

    private mutating func judgeAsked(
        _ change: Change, _ field: FieldDescription, _ operation: Operation
    ) {
        let states = states(of: operation)
        let wishes = states.filter { $0.presence != .absent }.flatMap(\.fields)
            .filter { description.field($0.name)?.name == field.name }
        let asked = wishes.contains { wish in
            wish.cause == change.cause && isValue(wish.value, sentAs: change.after, field)
                && isAllowed(wish.policy, change, field, operation)
        }
        let isOverruled = wishes.contains { $0.cause.isLater(than: change.cause) }
        // Without a wish of its own, a created record's field may carry a matcher's value.
        let carried =
            operation.kind == .create && wishes.isEmpty
            && states.contains { state in
                state.presence == .exists && state.presenceCause == change.cause
                    && matcherValues(state).contains {
                        description.field($0.field)?.name == field.name
                            && isValue($0.value, sentAs: change.after, field)
                    }
            }
        if !(asked && !isOverruled) && !carried {
            report(.unaskedValue, operation.keys, "\(field.name) is not what the events ask for")
        }
    }

    private func isValue(
        _ wanted: FieldValue, sentAs sent: FieldValue, _ field: FieldDescription
    ) -> Bool {
        do throws(CoercionError) {
            return try field.coerce(wanted) == sent
        } catch {
            return false
        }
    }

    private func isAllowed(
        _ policy: WritePolicy, _ change: Change, _ field: FieldDescription, _ operation: Operation
    ) -> Bool {
        switch policy {
        case .always: true
        case .onCreate: operation.kind == .create
        case .ifEmpty: field.canonical(change.before).isNull || operation.kind == .create
        }
    }

    private func matcherValues(_ state: DesiredState) -> [MatcherValue] {
        switch state.matchers {
        case .any(_, let current): current
        case .all(let values): values
        case .none: []
        }
    }
}
