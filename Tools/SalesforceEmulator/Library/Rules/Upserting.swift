/// What an upsert came to.
enum UpsertOutcome: Sendable {
    case written(id: String, created: Bool)
    /// Several records hold the key: nothing is written, the caller answers 300.
    case ambiguous([String])
}

extension OrgState {
    /// A key for upsert: Id, an external id, or a field that describe marks as id lookup
    /// (recorded: upserts of contacts by Email).
    func upsertKey(_ name: String, of object: ObjectSchema) throws(Refusal) -> FieldSchema {
        guard let field = object.field(name), field.isLookupKey,
            visibility.shows(field, of: object)
        else { throw .noExternalID(name) }
        return field
    }

    /// Updates the live record whose `key` field equals `value`, or creates one.
    ///
    /// The match folds case unless the field is case-sensitive (recorded: `Michael.Bluth@…`
    /// updated `michael.bluth@…`); records that sharing hides are not found. A null key creates
    /// (recorded: collections upsert by a null Id).
    mutating func upsert(
        _ object: ObjectSchema, key: FieldSchema, value: JSON, updateOnly: Bool,
        _ writes: [FieldWrite], _ context: WriteContext
    ) throws(Refusal) -> UpsertOutcome {
        let reader = RecordReader(object: object, hiddenFields: [])
        let stored = Canonicalization.stored(try reader.value(value, of: key), in: key)
        let found = try matches(object, key: key, stored, context)
        if found.count > 1 { return .ambiguous(found) }
        // The key itself is not rewritten by an upsert that updates.
        let others = writes.filter { $0.field.name != key.name }
        if let id = found.first {
            try update(object, id: id, others, context)
            return .written(id: id, created: false)
        }
        if updateOnly || (key.type == .id && stored != nil) { throw .notFound }
        var all = others
        if key.type != .id { all.append(FieldWrite(field: key, value: .stored(stored))) }
        return .written(id: try create(object, all, context), created: true)
    }

    private mutating func matches(
        _ object: ObjectSchema, key: FieldSchema, _ stored: StoredValue?, _ context: WriteContext
    ) throws(Refusal) -> [String] {
        guard case .text(let text) = stored else { return [] }
        if key.type == .id {
            guard let id = RecordIdentifier.canonical(text) else { throw .malformedID(text) }
            guard store.record(object.name, id: id) != nil else { throw .unknownReference }
            return [id]
        }
        let folded = FoldedText(text, caseSensitive: key.isCaseSensitive)
        return store.liveRows(object, where: key, equals: folded).map(\.id)
            .filter { context.author == .person || !visibility.hiddenRecords.contains($0) }
    }
}
