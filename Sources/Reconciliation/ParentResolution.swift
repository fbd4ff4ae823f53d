import Records

/// Why a lookup gives no id, and what becomes of the key for it.
package struct ParentObstacle: Sendable, Hashable {
    package let code: BlockedKey.Code
    /// What, the names, the remedy; no values.
    package let message: String
    /// The records that may be the parent, the first of them.
    package let recordIDs: [RecordID]

    /// A value that many records share would fill the log with their ids.
    static let recordCountMax = 20
}

extension DesiredState {
    /// This state with each lookup's field holding its parent's id, or the reason why it has none;
    /// fields that are to be skipped without a parent are left out.
    ///
    /// Pure: the same parents give the same state.
    package func resolved(with parents: KnownParents) -> DesiredState {
        guard fields.contains(where: { $0.parent != nil }) else { return self }
        return holding(fields.compactMap { $0.resolved(with: parents) })
    }
}

extension DesiredField {
    /// - Returns: `nil` when the parent is missing and the lookup says to skip the field.
    func resolved(with parents: KnownParents) -> DesiredField? {
        guard let parent else { return self }
        switch parents.standing(of: parent) {
        case .found(let id): return pointing(to: .text(id.description))
        case .promised: return pointing(to: .text(KnownParents.promisedID))
        case .ambiguous(let ids):
            return blocked(
                .parentAmbiguous,
                "\(ids.count) \(parent.object) records have this \(parent.field), and \(name) can "
                    + "point to one only; merge them in Salesforce, then retry the key",
                ids)
        case .unsearchable:
            return blocked(
                .parentMissing,
                "\(name): no query can look for this \(parent.object).\(parent.field); "
                    + "send another value")
        case .awaited(let why): return blocked(.waitingForParent, "\(name) waits: \(why)")
        case .missing(let why):
            switch parent.missing {
            case .skipField: return nil
            case .wait: return blocked(.waitingForParent, "\(name) waits: \(why)")
            case .park:
                return blocked(
                    .parentMissing,
                    "\(name) has no parent: \(why); see to the parent, then retry the key")
            }
        }
    }

    private func pointing(to id: FieldValue) -> DesiredField {
        DesiredField(
            name: name, value: id, policy: policy, cause: cause, parent: parent,
            lastWrite: lastWrite)
    }

    private func blocked(
        _ code: BlockedKey.Code, _ message: String, _ records: [RecordID] = []
    ) -> DesiredField {
        DesiredField(
            name: name, value: .null, policy: policy, cause: cause, parent: parent,
            obstacle: ParentObstacle(
                code: code, message: message,
                recordIDs: Array(records.prefix(ParentObstacle.recordCountMax))))
    }
}

extension WantedField {
    /// What keeps the field's parent from having an id. Without having been looked for it has none:
    /// the field must not be emptied for that.
    var parentObstacle: ParentObstacle? {
        guard let parent, value.isNull else { return nil }
        return obstacle
            ?? ParentObstacle(
                code: .waitingForParent,
                message: "\(name) waits: its \(parent.object) was not looked for", recordIDs: [])
    }

    /// Whether the field stays as it is on `record`, whatever is wanted.
    func isMoot(on record: Record) -> Bool {
        guard policy == .ifEmpty, let field, let stored = record.value(at: field.name) else {
            return false
        }
        return !field.canonical(stored).isNull
    }
}
