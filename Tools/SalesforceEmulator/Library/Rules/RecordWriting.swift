/// Who writes, in which call, and what its headers allow.
struct WriteContext: Sendable {
    var author = ExecutedWrite.Author.api
    var call = 0
    var isAnswered = true
    let now: Int64
    /// The Bulk API job whose row this is.
    var job: String?
    /// `Sforce-Duplicate-Rule-Header: allowSave=true`.
    var allowsDuplicates = false
    /// `Sforce-Auto-Assign`, which defaults to true.
    var assigns = true
    /// Failures that a fault injects, by item of the call.
    var itemFaults: [Int: Refusal] = [:]

    /// Takes over what the headers of a call, or of one part of a composite call, allow.
    mutating func readHeaders(of request: APIRequest) {
        let duplicates = request.headers["sforce-duplicate-rule-header"] ?? ""
        allowsDuplicates = duplicates.lowercased().filter { $0 != " " }.contains("allowsave=true")
        assigns = request.headers["sforce-auto-assign"]?.lowercased() != "false"
    }

    /// The failures of `count` items from `from` on, for a part of the call.
    func itemFaults(from: Int, count: Int) -> [Int: Refusal] {
        guard !itemFaults.isEmpty else { return [:] }
        let own = itemFaults.filter { ($0.key - from) >= 0 && $0.key - from < count }
        return Dictionary(uniqueKeysWithValues: own.map { ($0.key - from, $0.value) })
    }

    /// What the record's times become: Salesforce keeps whole seconds.
    var second: Int64 { now / 1_000 * 1_000 }
}

extension OrgState {
    /// Creates one record, or throws without a trace.
    mutating func create(
        _ object: ObjectSchema, _ writes: [FieldWrite], _ context: WriteContext
    ) throws(Refusal) -> String {
        try checkWriteable(writes, context) { $0.isCreateable }
        let (id, number) = store.nextID(object)
        var record = StoredRecord(
            id: id, values: defaults(object, id: id, number: number), createdAt: context.second,
            modifiedAt: context.second)
        try apply(writes, to: &record, object)
        try complete(&record, object, writes, isNew: true)
        let missing = object.roles.required.filter { record.values[$0.name] == nil }
        guard missing.isEmpty else { throw requiredMissing(missing) }
        assignOwner(&record, object, writes, context)
        try automate(&record, object)
        Derivation.derive(&record, object, written: Set(writes.map(\.field.name)), context.second)
        try checkDuplicateRules(record, object, context)
        try checkUnique(record, object, changed: record.values)
        store.insert(record, into: object)
        log(.create, object, record, writes, isNoOp: false, context)
        return id
    }

    /// Updates one live record by its canonical id, or throws without a trace.
    mutating func update(
        _ object: ObjectSchema, id: String, _ writes: [FieldWrite], _ context: WriteContext
    ) throws(Refusal) {
        let old = try liveRecord(object, id: id, context)
        if old.values["IsConverted"] == .bool(true), context.author == .api {
            // Recorded: an update of a converted lead answers exactly this.
            throw Refusal(
                "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields: [])
        }
        try checkWriteable(writes, context) { $0.isUpdateable }
        var record = old
        try apply(writes, to: &record, object)
        try complete(&record, object, writes, isNew: false)
        // A required field may be left out of an update, but not emptied by it.
        let emptied = writes.map(\.field).filter {
            !$0.isNillable && $0.type != .boolean && record.values[$0.name] == nil
        }
        guard emptied.isEmpty else { throw requiredMissing(emptied) }
        try checkHierarchy(record, object)
        assignOwner(&record, object, writes, context)
        try automate(&record, object)
        Derivation.derive(&record, object, written: Set(writes.map(\.field.name)), context.second)
        let isNoOp = record.values == old.values
        let changed = record.values.subtracting(old.values)
        try checkUnique(record, object, changed: changed)
        // Even an update that changes nothing is a save: it moves the stamps.
        record.modifiedAt = context.second
        store.replace(record, in: object)
        log(.update, object, record, writes, isNoOp: isNoOp, context)
    }

    /// Puts one live record in the recycle bin, its children with it.
    mutating func delete(
        _ object: ObjectSchema, id: String, _ context: WriteContext
    ) throws(Refusal) {
        var record = try liveRecord(object, id: id, context)
        try checkNoCases(record, object)
        cascade(from: record, object, context)
        clearLookups(to: record, object, context)
        record.isDeleted = true
        record.modifiedAt = context.second
        store.replace(record, in: object)
        log(.delete, object, record, [], isNoOp: false, context)
    }

    /// The record to write; what is gone, never was, or may not be seen is refused, each its way.
    private func liveRecord(
        _ object: ObjectSchema, id: String, _ context: WriteContext
    ) throws(Refusal) -> StoredRecord {
        guard let record = store.record(object.name, id: id) else { throw .unknownReference }
        guard !record.isDeleted else { throw .isDeleted }
        if context.author == .api, visibility.hiddenRecords.contains(id) { throw .notVisible }
        return record
    }

    private func checkWriteable(
        _ writes: [FieldWrite], _ context: WriteContext, _ allowed: (FieldSchema) -> Bool
    ) throws(Refusal) {
        // A person at the screen is an administrator here: tests set read-only fields through it.
        guard context.author == .api else { return }
        let refused = writes.map(\.field).filter { !allowed($0) }.map(\.name)
        guard refused.isEmpty else { throw .readOnly(refused) }
    }

    private func requiredMissing(_ fields: [FieldSchema]) -> Refusal {
        let names = fields.map(\.name)
        return Refusal(
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [\(names.joined(separator: ", "))]", fields: names)
    }

    /// What the org itself makes of the fields that were written.
    private func complete(
        _ record: inout StoredRecord, _ object: ObjectSchema, _ writes: [FieldWrite], isNew: Bool
    ) throws(Refusal) {
        let written = Set(writes.map(\.field.name))
        try PersonAccountRules.apply(&record, object, written: written, isNew: isNew)
        try AddressRules.complete(&record, object, written: written)
    }

    private mutating func apply(
        _ writes: [FieldWrite], to record: inout StoredRecord, _ object: ObjectSchema
    ) throws(Refusal) {
        for write in writes {
            let raw = try resolve(write)
            let value = Canonicalization.stored(raw, in: write.field, settings)
            if let value {
                try ValueRules.check(value, in: write.field)
                try checkReference(value, in: write.field)
            }
            record.values[write.field.name] = value
        }
    }

    private mutating func log(
        _ kind: ExecutedWrite.Kind, _ object: ObjectSchema, _ record: StoredRecord,
        _ writes: [FieldWrite], isNoOp: Bool, _ context: WriteContext
    ) {
        let fields = writes.map { write in
            let name = write.field.name
            return JSON.Member(
                name, record.values[name]?.json(as: write.field.type) ?? .null)
        }
        truth.add(
            kind, object: object.name, id: record.id, fields: fields, isNoOp: isNoOp,
            context: context)
        if context.author == .api { statistics.count(kind, isNoOp: isNoOp) }
    }
}
