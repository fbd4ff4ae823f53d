import Records

extension WorkPiece {
    /// What an update must change on `record`: the fields that differ once both sides are in the
    /// form in which Salesforce stores them, sorted by name. Empty when nothing differs.
    ///
    /// - Throws: ``Refusal`` for the first field, by name, that would be refused.
    func changes(on record: Record) throws(Refusal) -> [Change] {
        var changes: [Change] = []
        for wanted in fields where wanted.policy != .onCreate && !wanted.isMoot(on: record) {
            let (field, value) = try wanted.coerced()
            // Described but not returned is hidden or never asked for. It is not null: writing on
            // the strength of that would overwrite what is there.
            guard let stored = record.value(at: field.name) else { throw .unreadField(field.name) }
            guard field.differs(wanted: value, stored: stored, policy: wanted.policy),
                !field.isRewrite(stored, of: value, after: wanted.lastWrite)
            else { continue }
            guard field.isUpdateable else { throw .notUpdateable(field.name) }
            if value.isNull, !field.isNillable { throw .notNillable(field.name) }
            changes.append(
                Change(
                    field: field.name, before: stored, after: value, cause: wanted.cause,
                    parent: wanted.parent))
        }
        return changes
    }

    /// The fields that agree with `record` and would not after `changes`: Salesforce sets them by
    /// those, unless the same call writes them. Sorted by name.
    ///
    /// - Throws: ``Refusal``, as ``changes(on:)`` does.
    func companions(
        of changes: [Change], on record: Record, _ description: ObjectDescription
    ) throws(Refusal) -> [Change] {
        let reset = changes.reduce(into: Set<String>()) {
            $0.formUnion(description.fieldsReset(by: $1.field))
        }
        guard !reset.isEmpty else { return [] }
        let changed = Set(changes.map(\.field))
        var companions: [Change] = []
        for wanted in fields where wanted.policy == .always {
            let (field, value) = try wanted.coerced()
            guard reset.contains(field.name), !changed.contains(field.name), field.isUpdateable,
                let stored = record.value(at: field.name),
                field.canonical(value) == field.canonical(stored)
            else { continue }
            companions.append(
                Change(field: field.name, before: stored, after: value, cause: wanted.cause))
        }
        return companions
    }

    /// The fields that differ on `record` because Salesforce makes that of what is wanted: see
    /// ``LastWrite``. Sorted by name.
    func rewritten(on record: Record) -> [RewrittenField] {
        fields.compactMap { wanted in
            guard wanted.policy != .onCreate, let field = wanted.field,
                let stored = record.value(at: field.name),
                field.differs(wanted: wanted.value, stored: stored, policy: wanted.policy),
                field.isRewrite(stored, of: wanted.value, after: wanted.lastWrite)
            else { return nil }
            return RewrittenField(
                keys: keys, recordID: record.id, field: field.name, wanted: wanted.value,
                held: stored)
        }
    }
}

extension FieldDescription {
    fileprivate func differs(wanted: FieldValue, stored: FieldValue, policy: WritePolicy) -> Bool {
        let held = canonical(stored)
        if policy == .ifEmpty, !held.isNull { return false }
        // A mask only says that there is a value; emptying it is the one difference that it shows.
        if isMasked(stored), !wanted.isNull { return false }
        return canonical(wanted) != held
    }
}
