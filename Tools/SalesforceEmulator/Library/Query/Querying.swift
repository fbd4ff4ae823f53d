extension OrgState {
    /// Rows on a page, unless the call asks for fewer (REST API Developer Guide, "Query Options
    /// Header": 200 to 2,000).
    static let pageRowMax = 2_000

    /// Runs a statement and renders its first page.
    mutating func query(
        _ statement: String, includesDeleted: Bool, pageRowMax: Int, version: String
    ) throws(Refusal) -> JSON {
        let bound = try bind(statement)
        if let filter = bound.filter {
            for field in CandidateRows.indexableFields(filter) {
                store.addIndex(bound.object, on: field)
            }
        }
        let rows = evaluation(includesDeleted).rows(bound)
        switch bound.selection {
        case .count: return ["totalSize": .int(rows.count), "done": true, "records": []]
        case .countOf(let path): return aggregate(rows, path, bound.object)
        case .fields: break
        }
        let cursor = QueryCursors.Cursor(
            query: bound, rows: rows, includesDeleted: includesDeleted, pageRowMax: pageRowMax)
        let locator = rows.count > pageRowMax ? cursors.open(cursor) : ""
        return page(cursor, locator: locator, from: 0, version: version)
    }

    /// A later page, by the `<locator>-<row>` that `nextRecordsUrl` carried.
    func page(_ reference: String, version: String) throws(Refusal) -> JSON {
        let parts = reference.split(separator: "-")
        guard parts.count == 2, let from = Int(parts[1]),
            let cursor = cursors.cursor(String(parts[0])), from >= 0, from < cursor.rows.count
        else { throw Refusal("INVALID_QUERY_LOCATOR", "invalid query locator") }
        return page(cursor, locator: String(parts[0]), from: from, version: version)
    }

    func evaluation(_ includesDeleted: Bool) -> QueryEvaluation {
        QueryEvaluation(
            store: store, schema: schema, visibility: visibility,
            includesDeleted: includesDeleted)
    }

    func bind(_ statement: String) throws(Refusal) -> BoundQuery {
        do {
            let binder = QueryBinder(schema: schema, visibility: visibility)
            return try binder.bind(try QueryParser.parse(statement))
        } catch { throw error.refusal(statement: statement) }
    }

    private func page(
        _ cursor: QueryCursors.Cursor, locator: String, from: Int, version: String
    ) -> JSON {
        let end = min(from + cursor.pageRowMax, cursor.rows.count)
        let rendering = RecordRendering(
            evaluation: evaluation(cursor.includesDeleted), version: version)
        var records: [JSON] = []
        if case .fields(let paths) = cursor.query.selection,
            let table = store.existingTable(cursor.query.object.name)
        {
            records.reserveCapacity(end - from)
            for row in cursor.rows[from..<end] where row < table.rows.count {
                records.append(rendering.record(table.rows[row], cursor.query.object, paths))
            }
        }
        let isDone = end == cursor.rows.count
        var members = [
            JSON.Member("totalSize", .int(cursor.rows.count)), JSON.Member("done", .bool(isDone)),
        ]
        if !isDone {
            // Also queryAll continues under `/query` (recorded).
            let url = "/services/data/\(version)/query/\(locator)-\(end)"
            members.append(JSON.Member("nextRecordsUrl", .string(url)))
        }
        members.append(JSON.Member("records", .array(records)))
        return .object(members)
    }

    private func aggregate(_ rows: [Int], _ path: BoundPath, _ object: ObjectSchema) -> JSON {
        let evaluation = evaluation(true)
        let records = store.existingTable(object.name)?.rows ?? []
        let count = rows.filter { evaluation.value(records[$0], path) != nil }.count
        return [
            "totalSize": 1, "done": true,
            "records": [["attributes": ["type": "AggregateResult"], "expr0": .int(count)]],
        ]
    }
}
