/// Single records: `/sobjects/X`, `/sobjects/X/id`, `/sobjects/X/Field/value`.
extension OrgState {
    func recordsSummary(_ name: String, _ call: RoutedCall) throws(Refusal) -> APIResponse {
        let object = try object(name)
        let summary = DescribeDocument.summary(object, version: call.version)
        return APIResponse(200, .json(["objectDescribe": summary, "recentItems": []]))
    }

    mutating func create(_ name: String, _ call: RoutedCall, _ context: WriteContext)
        throws(Refusal) -> APIResponse
    {
        let object = try object(name)
        let members = try members(call.request)
        if members.contains(where: { $0.name.lowercased() == "id" && $0.value != .null }) {
            throw .idInInsert
        }
        let writes = try intake(members, object)
        if let fault = context.itemFaults[0] { throw fault }
        let id = try create(object, writes, context)
        return APIResponse(201, .json(["id": .string(id), "success": true, "errors": []]))
            .adding("Location", location(object, id, call.version))
    }

    mutating func record(
        _ name: String, _ text: String, _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let object = try object(name)
        // Recorded: a malformed id is taken for the name of an external id field.
        guard let id = RecordIdentifier.canonical(text) else { throw .noExternalID(text) }
        switch call.request.method {
        case "PATCH":
            let members = try members(call.request)
            if members.contains(where: { $0.name.lowercased() == "id" }) {
                throw .fieldInBody("Id")
            }
            let writes = try intake(members, object)
            if let fault = context.itemFaults[0] { throw fault }
            try update(object, id: id, writes, context)
            return APIResponse(204)
        case "DELETE":
            if let fault = context.itemFaults[0] { throw fault }
            try delete(object, id: id, context)
            return APIResponse(204)
        default: return try read(object, id, call)
        }
    }

    /// `PATCH` upserts; `GET` reads by external id; `DELETE` deletes by it.
    mutating func keyed(
        _ name: String, _ keyName: String, _ value: String, _ call: RoutedCall,
        _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let object = try object(name)
        let key = try upsertKey(keyName, of: object)
        guard call.request.method == "PATCH" else {
            return try keyedReadOrDelete(object, key, value, call, context)
        }
        let members = try members(call.request)
        // The key stands in the URL alone (REST API Developer Guide, "Insert or Update (Upsert)").
        if members.contains(where: { ["id", key.name.lowercased()].contains($0.name.lowercased()) })
        {
            throw .fieldInBody(key.name)
        }
        let writes = try intake(members, object)
        if let fault = context.itemFaults[0] { throw fault }
        let outcome = try upsert(
            object, key: key, value: .string(value),
            updateOnly: call.request.item("updateOnly") == "true", writes, context)
        return upsertAnswer(outcome, object, call.version)
    }

    private func upsertAnswer(
        _ outcome: UpsertOutcome, _ object: ObjectSchema, _ version: String
    ) -> APIResponse {
        switch outcome {
        case .ambiguous(let ids):
            // Recorded: the body is a bare array of URLs.
            return APIResponse(300, .json(.strings(ids.map { location(object, $0, version) })))
        case .written(let id, let created):
            // Up to v45 an update had no body, and a creation did not say `created` (recorded).
            let isOld = (Int(version.dropFirst().prefix(2)) ?? 0) < 46
            if !created, isOld { return APIResponse(204) }
            var body: JSON = ["id": .string(id), "success": true, "errors": []]
            if !isOld { body = body.adding("created", .bool(created)) }
            return APIResponse(created ? 201 : 200, .json(body))
                .adding("Location", location(object, id, version))
        }
    }

    private mutating func keyedReadOrDelete(
        _ object: ObjectSchema, _ key: FieldSchema, _ value: String, _ call: RoutedCall,
        _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        let text = key.type == .id ? RecordIdentifier.canonical(value) ?? value : value
        let folded = FoldedText(text, caseSensitive: key.isCaseSensitive || key.type == .id)
        let found = store.liveRows(object, where: key, equals: folded)
            .filter { !visibility.hiddenRecords.contains($0.id) }
        if found.count > 1 {
            return upsertAnswer(.ambiguous(found.map(\.id)), object, call.version)
        }
        guard let record = found.first else { throw .notFound }
        guard call.request.method == "DELETE" else { return try read(object, record.id, call) }
        try delete(object, id: record.id, context)
        return APIResponse(204)
    }

    private func read(
        _ object: ObjectSchema, _ id: String, _ call: RoutedCall
    ) throws(Refusal) -> APIResponse {
        guard let record = store.record(object.name, id: id), !record.isDeleted,
            !visibility.hiddenRecords.contains(id)
        else { throw .notFound }
        let rendering = RecordRendering(evaluation: evaluation(false), version: call.version)
        let modified = Instant.formatHTTP(record.modifiedAt)
        guard let list = call.request.item("fields") else {
            return APIResponse(200, .json(rendering.whole(record, object)))
                .adding("Last-Modified", modified)
        }
        var paths: [BoundPath] = []
        for name in list.split(separator: ",") {
            guard let field = object.field(String(name)), visibility.shows(field, of: object) else {
                throw .noSuchColumn(String(name), object: object.name)
            }
            paths.append(BoundPath(steps: [], field: field))
        }
        // An answer to `fields` always carries the id (REST API Developer Guide, "Get Field
        // Values from Records").
        if !paths.contains(where: { $0.field.type == .id }), let id = object.field("Id") {
            paths.append(BoundPath(steps: [], field: id))
        }
        return APIResponse(200, .json(rendering.record(record, object, paths)))
            .adding("Last-Modified", modified)
    }

    func location(_ object: ObjectSchema, _ id: String, _ version: String) -> String {
        "/services/data/\(version)/sobjects/\(object.name)/\(id)"
    }

    func members(_ request: APIRequest) throws(Refusal) -> [JSON.Member] {
        guard let members = try body(request).members else {
            throw Refusal("JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
        }
        return members
    }

    /// The body of a single-record call: here a refusal of the record is one of the call.
    func intake(
        _ members: [JSON.Member], _ object: ObjectSchema
    ) throws(Refusal) -> [FieldWrite] {
        let reader = RecordReader(
            object: object, hiddenFields: visibility.hiddenFields(of: object))
        switch try reader.read(members) {
        case .writes(let writes): return writes
        case .refused(let refusal): throw refusal
        }
    }
}
