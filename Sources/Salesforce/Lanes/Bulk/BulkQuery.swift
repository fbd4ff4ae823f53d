import NIOHTTP1
import Records

// Query jobs of Bulk API 2.0: all records of an object in a few calls.
// Source: Bulk API 2.0 Developer Guide, "Query".

extension SalesforceClient {
    private var queriesPath: String { settings.basePath + "/jobs/query" }

    /// How many records a query finds, without reading them. One API request.
    package func count(of object: String) async throws(SalesforceError) -> Int {
        let soql = "SELECT COUNT() FROM \(try APIName.checked(object: object))"
        let path = settings.basePath + "/query?q=" + PercentEncoding.query(soql)
        let body = try await answer(to: HTTPCall(kind: .read, method: .GET, path: path))
            .success(of: .read)
        guard let count = body["totalSize"]?.integerValue else {
            throw .unreadableAnswer(.read, status: 200, reason: "a count has no totalSize")
        }
        return count
    }

    /// Starts a job that reads what `query` finds.
    package func createQueryJob(_ query: Query) async throws(SalesforceError) -> BulkJobInfo {
        // Names, quotes and operators only, with `\` and `"` of literals escaped for JSON.
        var body = "{\"operation\":\"query\",\"contentType\":\"CSV\",\"query\":"
        FieldValue.text(query.soql).write(to: &body)
        let call = HTTPCall(
            kind: .read, method: .POST, path: queriesPath, body: Array((body + "}").utf8))
        return try BulkJobInfo(await self.answer(to: call).success(of: .read), .read)
    }

    /// How far a query job is.
    package func queryJob(_ job: String) async throws(SalesforceError) -> BulkJobInfo {
        let call = HTTPCall(kind: .read, method: .GET, path: "\(queriesPath)/\(job)")
        return try BulkJobInfo(await answer(to: call).success(of: .read), .read)
    }

    /// Reads all results of a query job that is complete, page after page.
    ///
    /// - Parameters:
    ///   - pageRecordCountMax: records in one page, which is one API request.
    ///   - take: gets the records part by part; `false` ends the reading.
    /// - Returns: how many records came; `nil` when `take` ended the reading.
    package func queryResults(
        of job: String, query: Query, description: ObjectDescription, pageRecordCountMax: Int,
        take: @escaping @Sendable ([Record]) async -> Bool
    ) async throws(SalesforceError) -> Int? {
        var locator: String?
        var count = 0
        for _ in 0..<settings.limits.queryPagesMax {
            var path = "\(queriesPath)/\(job)/results?maxRecords=\(pageRecordCountMax)"
            if let locator { path += "&locator=" + PercentEncoding.query(locator) }
            var call = HTTPCall(kind: .read, method: .GET, path: path)
            call.accept = "text/csv"
            call.isTransfer = true
            let sink = RecordSink(
                reading: BulkRecordReading(query, description), take: take)
            let answer = try await answer(to: call, sink: sink)
            guard (200..<300).contains(answer.status), !answer.isHTML else {
                throw answer.refusal(of: .read)
            }
            let page = try await sink.finish()
            guard !page.isStopped else { return nil }
            // A page that lost its end must not pass for the whole: absent records are created.
            guard page.count == answer.recordCount else {
                throw .unreadableAnswer(
                    .read, status: 200,
                    reason: "\(page.count) records came, "
                        + "\(answer.recordCount.map(String.init) ?? "none") were announced")
            }
            count += page.count
            guard let next = answer.locator, next != "null", !next.isEmpty else { return count }
            locator = next
        }
        throw .invalidRequest("a query of \(query.object) has too many pages; narrow it")
    }
}

/// Turns rows of a query job into records, typed by the object's description: CSV has text only.
struct BulkRecordReading {
    private let query: Query
    private let types: [String: FieldType]
    private var columns: [String]?

    init(_ query: Query, _ description: ObjectDescription) {
        self.query = query
        // A relationship path is another object's field: text, as far as is known here.
        types = Dictionary(
            query.fields.map { ($0.lowercased(), description.field($0)?.type ?? .string) },
            uniquingKeysWith: { first, _ in first })
    }

    mutating func records(_ rows: [[String]]) throws(SalesforceError) -> [Record] {
        var records: [Record] = []
        for row in rows {
            guard let columns else {
                self.columns = row
                continue
            }
            guard row.count == columns.count else {
                throw Self.unreadable("a row has \(row.count) of \(columns.count) cells")
            }
            records.append(try record(row, columns))
        }
        return records
    }

    private func record(_ row: [String], _ columns: [String]) throws(SalesforceError) -> Record {
        var cells: [String: String] = [:]
        for (column, cell) in zip(columns, row) { cells[column.lowercased()] = cell }
        guard let id = cells["id"].flatMap({ RecordID(answered: $0) }) else {
            throw Self.unreadable("a record has no valid Id")
        }
        var values: [String: FieldValue] = [:]
        for field in query.fields {
            guard let cell = cells[field.lowercased()] else {
                throw Self.unreadable("a record lacks the selected field \(field)")
            }
            values[field] = value(cell, types[field.lowercased()] ?? .string)
        }
        return Record(object: query.object, id: id, fields: values)
    }

    /// An empty cell is null: Salesforce stores no empty texts.
    private func value(_ cell: String, _ type: FieldType) -> FieldValue {
        guard !cell.isEmpty else { return .null }
        switch type {
        case .boolean: return .boolean(cell.lowercased() == "true")
        case .int, .long, .double, .currency, .percent:
            return DecimalNumber(cell).map { .number($0) } ?? .text(cell)
        default: return .text(cell)
        }
    }

    private static func unreadable(_ reason: String) -> SalesforceError {
        .unreadableAnswer(.read, status: 200, reason: "in the results of a query job, " + reason)
    }
}

/// Takes the parts of a page and hands on its records.
private actor RecordSink: AnswerSink {
    private var csv = CSVReading()
    private var reading: BulkRecordReading
    private let take: @Sendable ([Record]) async -> Bool
    private var isStopped = false
    private var count = 0
    private var failure: SalesforceError?

    init(
        reading: BulkRecordReading, take: @escaping @Sendable ([Record]) async -> Bool
    ) {
        self.reading = reading
        self.take = take
    }

    func add(_ part: [UInt8]) async -> Bool {
        do throws(CSVReading.Fault) {
            await hand(on: try csv.add(part))
        } catch {
            failure = .unreadableAnswer(.read, status: 200, reason: error.reason)
        }
        return failure == nil && !isStopped
    }

    func finish() async throws(SalesforceError) -> (count: Int, isStopped: Bool) {
        if failure == nil, !isStopped {
            do throws(CSVReading.Fault) {
                await hand(on: try csv.finish())
            } catch {
                failure = .unreadableAnswer(.read, status: 200, reason: error.reason)
            }
        }
        if let failure { throw failure }
        return (count, isStopped)
    }

    private func hand(on rows: [[String]]) async {
        do throws(SalesforceError) {
            let records = try reading.records(rows)
            count += records.count
            if !records.isEmpty, await !take(records) { isStopped = true }
        } catch {
            failure = error
        }
    }
}
