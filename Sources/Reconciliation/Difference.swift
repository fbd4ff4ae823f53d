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
            guard field.differs(wanted: value, stored: stored, policy: wanted.policy) else {
                continue
            }
            guard field.isUpdateable else { throw .notUpdateable(field.name) }
            if value.isNull, !field.isNillable { throw .notNillable(field.name) }
            changes.append(
                Change(
                    field: field.name, before: stored, after: value, cause: wanted.cause,
                    parent: wanted.parent))
        }
        return changes
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
