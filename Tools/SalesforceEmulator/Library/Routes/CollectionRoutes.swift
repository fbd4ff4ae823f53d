/// sObject Collections (REST API Developer Guide, "Use sObject Collections").
enum CollectionCall {
    static let recordCountMax = 200
    /// Runs of records of one type in a create or update.
    static let chunkCountMax = 10
    static let retrieveCountMax = 2_000
}

/// One record of a collections call, read and waiting for its turn.
private struct CollectionItem {
    let object: ObjectSchema?
    /// The canonical id for updates and deletes; the external id value for upserts.
    var key: JSON = .null
    let intake: RecordIntake
}

extension OrgState {
    mutating func collections(
        _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        if call.request.method == "DELETE" { return try collectionsDelete(call, context) }
        let isUpdate = call.request.method == "PATCH"
        let body = try body(call.request)
        var items: [CollectionItem] = []
        for record in try records(body) { items.append(try item(record, key: "id")) }
        try checkChunks(items)
        let doubled = Self.doubled(items.map { isUpdate ? Self.foldedID($0.key) : nil })
        return run(items.count, allOrNone: body["allOrNone"]?.bool ?? false, context) {
            (org, index) throws(Refusal) in
            let item = items[index]
            guard let object = item.object else { throw .notFound }
            if doubled.contains(index) { throw Self.duplicateID(item.key) }
            if case .refused(let refusal) = item.intake { throw refusal }
            guard case .writes(let writes) = item.intake else { throw .notFound }
            if let fault = context.itemFaults[index] { throw fault }
            guard isUpdate else {
                if item.key != .null { throw .idInInsert }
                return (try org.create(object, writes, context), nil)
            }
            let id = try Self.updateID(item.key)
            try org.update(object, id: id, writes, context)
            return (id, nil)
        }
    }

    mutating func collectionsUpsert(
        _ name: String, _ keyName: String, _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let object = try object(name)
        let key = try upsertKey(keyName, of: object)
        let body = try body(call.request)
        var items: [CollectionItem] = []
        for record in try records(body) { items.append(try item(record, key: key.name)) }
        let doubled = Self.doubled(
            items.map {
                key.type == .id
                    ? Self.foldedID($0.key)
                    : $0.key.string.flatMap(Canonicalization.trimmed).map {
                        FoldedText($0, caseSensitive: key.isCaseSensitive)
                    }
            })
        return run(items.count, allOrNone: body["allOrNone"]?.bool ?? false, context) {
            (org, index) throws(Refusal) in
            let item = items[index]
            // All records of an upsert are of the type in the URL.
            guard item.object?.name == object.name else {
                throw Refusal("INVALID_TYPE", "sObject type does not match \(object.name)")
            }
            if doubled.contains(index) { throw Self.duplicateID(item.key) }
            if case .refused(let refusal) = item.intake { throw refusal }
            guard case .writes(let writes) = item.intake else { throw .notFound }
            if let fault = context.itemFaults[index] { throw fault }
            let outcome = try org.upsert(
                object, key: key, value: item.key, updateOnly: false, writes, context)
            switch outcome {
            case .written(let id, let created): return (id, created)
            case .ambiguous(let ids):
                throw Refusal(
                    "DUPLICATE_EXTERNAL_ID",
                    "\(key.name): more than one record found for external id field: "
                        + ids.joined(separator: ", "), fields: [])
            }
        }
    }

    private mutating func collectionsDelete(
        _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let ids = (call.request.item("ids") ?? "").split(separator: ",").map(String.init)
        try Self.checkCount(ids.count)
        let doubled = Self.doubled(ids.map { Self.foldedID(.string($0)) })
        let allOrNone = call.request.item("allOrNone")?.lowercased() == "true"
        return run(ids.count, allOrNone: allOrNone, context) {
            (org, index) throws(Refusal) in
            if doubled.contains(index) { throw Self.duplicateID(.string(ids[index])) }
            guard let id = RecordIdentifier.canonical(ids[index]) else {
                throw Refusal.malformedID(ids[index])
            }
            guard let object = org.schema.object(ofID: id) else { throw .unknownReference }
            if let fault = context.itemFaults[index] { throw fault }
            try org.delete(object, id: id, context)
            return (id, nil)
        }
    }

    /// `POST /composite/sobjects/X`: records in the order of the ids, null for those not found.
    func retrieve(_ name: String, _ call: RoutedCall) throws(Refusal) -> APIResponse {
        let object = try object(name)
        let body = try body(call.request)
        let ids = (body["ids"]?.array ?? []).compactMap(\.string)
        guard ids.count <= CollectionCall.retrieveCountMax else {
            throw Refusal("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 2000")
        }
        var paths: [BoundPath] = []
        for name in (body["fields"]?.array ?? []).compactMap(\.string) {
            guard let field = object.field(name), visibility.shows(field, of: object) else {
                throw .noSuchColumn(name, object: object.name)
            }
            paths.append(BoundPath(steps: [], field: field))
        }
        let rendering = RecordRendering(evaluation: evaluation(false), version: call.version)
        let records = ids.map { id -> JSON in
            guard let id = RecordIdentifier.canonical(id),
                let record = store.record(object.name, id: id), !record.isDeleted,
                !visibility.hiddenRecords.contains(id)
            else { return .null }
            return rendering.record(record, object, paths)
        }
        return APIResponse(200, .json(.array(records)))
    }

    // MARK: Reading the body

    private func records(_ body: JSON) throws(Refusal) -> [JSON] {
        let records = body["records"]?.array ?? []
        try Self.checkCount(records.count)
        return records
    }

    private static func checkCount(_ count: Int) throws(Refusal) {
        // Recorded answer for an empty list.
        guard count > 0 else {
            throw Refusal("REQUIRED_FIELD_MISSING", "At least 1 record is required")
        }
        guard count <= CollectionCall.recordCountMax else {
            throw Refusal(
                "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records")
        }
    }

    private func item(_ record: JSON, key: String) throws(Refusal) -> CollectionItem {
        guard let members = record.members else {
            throw Refusal.wrongType(record, wanted: "sobject")
        }
        guard let type = record["attributes"]?["type"]?.string else {
            throw Refusal(
                "INVALID_INPUT", "The attributes of a record must include its type")
        }
        guard let object = schema.object(type) else {
            let refusal = Refusal("INVALID_TYPE", "sObject type '\(type)' is not supported.")
            return CollectionItem(object: nil, intake: .refused(refusal))
        }
        let reader = RecordReader(
            object: object, hiddenFields: visibility.hiddenFields(of: object))
        let value = members.last { $0.name.lowercased() == key.lowercased() }?.value ?? .null
        return CollectionItem(object: object, key: value, intake: try reader.read(members))
    }

    private func checkChunks(_ items: [CollectionItem]) throws(Refusal) {
        var chunks = 0
        var last: String?
        for item in items where item.object?.name != last || chunks == 0 {
            last = item.object?.name
            chunks += 1
        }
        guard chunks <= CollectionCall.chunkCountMax else {
            throw Refusal(
                "INVALID_INPUT",
                "Cannot have more than 10 chunks in a single operation. Please rearrange the data "
                    + "to reduce chunking.")
        }
    }

    private static func updateID(_ key: JSON) throws(Refusal) -> String {
        guard let text = key.string, !text.isEmpty else {
            throw Refusal(
                "MISSING_ARGUMENT", "Id not specified in an update call", fields: [])
        }
        guard let id = RecordIdentifier.canonical(text) else { throw .malformedID(text) }
        return id
    }

    private static func foldedID(_ key: JSON) -> FoldedText? {
        key.string.flatMap(RecordIdentifier.canonical).map {
            FoldedText($0, caseSensitive: true)
        }
    }

    /// Items that share their key with another of the same call: all of them fail.
    private static func doubled(_ keys: [FoldedText?]) -> Set<Int> {
        var first: [FoldedText: Int] = [:]
        var doubled: Set<Int> = []
        for (index, key) in keys.enumerated() {
            guard let key else { continue }
            if let other = first[key] {
                doubled.formUnion([other, index])
            } else {
                first[key] = index
            }
        }
        return doubled
    }

    private static func duplicateID(_ key: JSON) -> Refusal {
        Refusal("DUPLICATE_VALUE", "Duplicate id specified: \(key.string ?? "")", fields: [])
    }

    // MARK: Executing

    /// Executes the items in order; HTTP 200 even when every one failed.
    ///
    /// With `allOrNone`, one failure takes back the others, which then answer
    /// `ALL_OR_NONE_OPERATION_ROLLED_BACK` (recorded).
    private mutating func run(
        _ count: Int, allOrNone: Bool, _ context: WriteContext,
        _ execute: (inout OrgState, Int) throws(Refusal) -> (id: String, created: Bool?)
    ) -> APIResponse {
        let savepoint = savepoint
        var answers: [JSON] = []
        var failures: Set<Int> = []
        for index in 0..<count {
            do {
                let written = try execute(&self, index)
                var answer: JSON = ["id": .string(written.id), "success": true, "errors": []]
                if let created = written.created {
                    answer = answer.adding("created", .bool(created))
                }
                answers.append(answer)
            } catch {
                failures.insert(index)
                answers.append(error.item)
            }
        }
        if allOrNone, !failures.isEmpty {
            rollBack(to: savepoint)
            for index in 0..<count where !failures.contains(index) {
                answers[index] = Refusal.rolledBack.item
            }
        }
        statistics.refused += failures.count
        return APIResponse(200, .json(.array(answers)))
    }
}

extension OrgState {
    /// Where a transaction began: records, truth and counts all return there.
    struct Savepoint: Sendable {
        fileprivate let store: Int
        fileprivate let truth: Int
        fileprivate let statistics: Statistics
    }

    var savepoint: Savepoint {
        Savepoint(store: store.savepoint, truth: truth.savepoint, statistics: statistics)
    }

    mutating func rollBack(to savepoint: Savepoint) {
        store.rollBack(to: savepoint.store)
        truth.rollBack(to: savepoint.truth)
        statistics.created = savepoint.statistics.created
        statistics.updated = savepoint.statistics.updated
        statistics.deleted = savepoint.statistics.deleted
        statistics.noOpUpdates = savepoint.statistics.noOpUpdates
    }
}
