/// `/jobs/ingest` and `/jobs/query` (Bulk API 2.0 Developer Guide; bodies as recorded).
///
/// Each HTTP call counts as one API request; rows do not.
enum BulkRoute: Sendable, Equatable {
    enum Kind: String, Sendable { case ingest, query }

    case jobs(Kind)
    case job(Kind, id: String)
    case data(id: String)
    case results(id: String, ResultKind)
    case queryResults(id: String)

    /// - Parameter path: the segments after `jobs`.
    init?(_ path: ArraySlice<String>) {
        guard let first = path.first, let kind = Kind(rawValue: first) else { return nil }
        let rest = Array(path.dropFirst())
        switch rest.count {
        case 0: self = .jobs(kind)
        case 1: self = .job(kind, id: rest[0])
        case 2 where kind == .query && rest[1] == "results": self = .queryResults(id: rest[0])
        case 2 where kind == .ingest && rest[1] == "batches": self = .data(id: rest[0])
        case 2 where kind == .ingest:
            guard let results = ResultKind(path: rest[1]) else { return nil }
            self = .results(id: rest[0], results)
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .jobs: ["HEAD", "GET", "POST"]
        case .job: ["HEAD", "GET", "PATCH", "DELETE"]
        case .data: ["PUT"]
        case .results, .queryResults: ["HEAD", "GET"]
        }
    }

    func kind(method: String) -> CallKind {
        switch self {
        case .jobs(let kind) where method == "POST":
            kind == .query ? .bulkQuery : .bulkCreate
        case .data: .bulkUpload
        case .results, .queryResults: .bulkResults
        case .job where method == "PATCH": .bulkClose
        case .job where method == "DELETE": .bulkDelete
        case .jobs, .job: .bulkStatus
        }
    }
}

/// Limits of ingest jobs (Bulk API and Bulk API 2.0 Limits and Allocations).
enum BulkLimits {
    /// 150 MB of job data once converted to base64, which makes four bytes of three.
    static let encodedBytesMax = 150_000_000
    static let dataBytesMax = encodedBytesMax / 4 * 3
    /// Jobs on one page of a list.
    static let listCountMax = 1_000
    /// Rows of one page of query results, when the call does not say.
    static let resultRowsDefault = 50_000
}

extension OrgState {
    mutating func bulk(
        _ route: BulkRoute, _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        switch (route, call.request.method) {
        case (.jobs(.ingest), "POST"): return try createIngest(call)
        case (.jobs(.query), "POST"): return try createQuery(call)
        case (.jobs(let kind), _): return try list(kind, call)
        case (.data(let id), _): return try upload(id, call.request)
        case (.job(let kind, let id), "PATCH"): return try close(kind, id, call, context)
        case (.job(let kind, let id), "DELETE"): return try remove(kind, id)
        case (.job(let kind, let id), _):
            return APIResponse(200, .json(try job(kind, id).info))
        case (.results(let id, let kind), _): return try results(id, kind)
        case (.queryResults(let id), _): return try queryPage(id, call)
        }
    }

    private func job(_ kind: BulkRoute.Kind, _ text: String) throws(Refusal) -> BulkJob {
        guard let id = RecordIdentifier.canonical(text), let job = bulk[id],
            job.isQuery == (kind == .query)
        else { throw .notFound }
        return job
    }

    private static func invalidJob(_ message: String) -> Refusal {
        Refusal("INVALIDJOB", "InvalidJob : \(message)")
    }

    private static func invalidState(_ message: String) -> Refusal {
        Refusal("INVALIDJOBSTATE", message)
    }

    // MARK: Creating

    private mutating func createIngest(_ call: RoutedCall) throws(Refusal) -> APIResponse {
        let body = try body(call.request)
        guard let name = body["object"]?.string, let object = schema.object(name) else {
            throw Self.invalidJob("Unable to find object: \(body["object"]?.string ?? "null")")
        }
        let operation = body["operation"]?.string ?? ""
        guard operation != "hardDelete" else {
            throw Refusal(
                "FEATURENOTENABLED",
                "hardDelete operation requires special user profile permission, please contact "
                    + "your system administrator")
        }
        guard let operation = IngestWork.Operation(rawValue: operation) else {
            throw Self.invalidJob("Unsupported operation: \(operation)")
        }
        let key = body["externalIdFieldName"]?.string
        if operation == .upsert {
            guard let field = key.flatMap({ object.field($0) }), field.isLookupKey,
                visibility.shows(field, of: object)
            else {
                throw Self.invalidJob(
                    "Field name provided, \(key ?? "null") does not match an External ID, "
                        + "Salesforce Id, or indexed field for \(object.name)")
            }
        }
        let work = IngestWork(
            operation: operation, externalIDField: operation == .upsert ? key : nil,
            assignmentRuleID: body["assignmentRuleId"]?.string)
        return try add(
            .ingest(work), object.name, operation.rawValue, .open, body, call.version)
    }

    private mutating func createQuery(_ call: RoutedCall) throws(Refusal) -> APIResponse {
        let body = try body(call.request)
        guard let operation = body["operation"]?.string, ["query", "queryAll"].contains(operation)
        else { throw Self.invalidJob("Unsupported operation for a query job") }
        let statement = body["query"]?.string ?? ""
        let object = try bulkBind(statement).0.object
        return try add(
            .query(QueryWork(statement: statement)), object.name, operation, .uploadComplete, body,
            call.version)
    }

    private mutating func add(
        _ work: BulkJob.Work, _ object: String, _ operation: String, _ state: BulkJob.State,
        _ body: JSON, _ version: String
    ) throws(Refusal) -> APIResponse {
        guard body["contentType"]?.string ?? "CSV" == "CSV" else {
            throw Self.invalidJob("Unsupported content type")
        }
        let lineEnding = body["lineEnding"]?.string ?? "LF"
        let delimiter = body["columnDelimiter"]?.string ?? "COMMA"
        guard let lineEnding = CSVDialect.LineEnding(rawValue: lineEnding),
            let delimiter = CSVDialect.Delimiter(rawValue: delimiter)
        else { throw Self.invalidJob("Unsupported lineEnding or columnDelimiter") }
        let second = now / 1_000 * 1_000
        let job = BulkJob(
            id: bulk.nextID(), object: object, operation: operation, version: version,
            dialect: CSVDialect(lineEnding: lineEnding, delimiter: delimiter),
            createdByID: userID, createdAt: second, changedAt: second, state: state, work: work)
        bulk.add(job)
        if job.isQuery { bulk.enqueue(job.id) }
        return APIResponse(200, .json(job.created))
    }

    // MARK: Data and state

    /// One upload a job; several are refused with Salesforce's own advice.
    private mutating func upload(
        _ id: String, _ request: APIRequest
    ) throws(Refusal) -> APIResponse {
        let job = try job(.ingest, id)
        guard request.headers["content-type"]?.lowercased().hasPrefix("text/csv") == true else {
            throw Refusal(
                "UNSUPPORTED_MEDIA_TYPE", "Job data must be sent as text/csv", status: 415)
        }
        guard job.state == .open else {
            throw Self.invalidState("Job \(job.id) is \(job.state.rawValue), not Open")
        }
        guard job.ingest?.data == nil else {
            throw Refusal(
                "CLIENTINPUTERROR",
                "ClientInputError : Found multiple contents for job: <\(job.id)>, please 'Close' / "
                    + "'Abort' / 'Delete' the current Job then create a new Job and make sure you "
                    + "only do 'PUT' once on a given Job.")
        }
        guard request.body.count <= BulkLimits.dataBytesMax else {
            throw Refusal(
                "CLIENTINPUTERROR",
                "ClientInputError : Job data exceeds 150 MB once it is base64 encoded")
        }
        bulk[job.id]?.ingest?.data = request.body
        return APIResponse(201)
    }

    private mutating func close(
        _ kind: BulkRoute.Kind, _ id: String, _ call: RoutedCall, _ context: WriteContext
    ) throws(Refusal) -> APIResponse {
        var job = try job(kind, id)
        switch try body(call.request)["state"]?.string {
        case "UploadComplete" where !job.isQuery:
            guard job.state == .open else {
                let state = job.state == .aborted ? "Aborted" : "Completed"
                throw Self.invalidState("Closing already \(state) Job not allowed")
            }
            job.state = .uploadComplete
            job.ingest?.closingCall = context.call
            bulk.enqueue(job.id)
        case "Aborted":
            guard !job.state.isFinal else {
                let state = job.state == .aborted ? "Aborted" : "Completed"
                throw Self.invalidState("Aborting already \(state) Job not allowed")
            }
            job.state = .aborted
            bulk.release(job.id)
        case let other:
            throw Self.invalidState("The job cannot be set to state \(other ?? "null")")
        }
        job.changedAt = now / 1_000 * 1_000
        bulk[job.id] = job
        return APIResponse(200, .json(job.summary))
    }

    /// A job that is open or running cannot be deleted ("Delete a Job").
    private mutating func remove(_ kind: BulkRoute.Kind, _ id: String) throws(Refusal)
        -> APIResponse
    {
        let job = try job(kind, id)
        guard job.state.isFinal || job.state == .uploadComplete else {
            throw Self.invalidState(
                "Deleting a job that is \(job.state.rawValue) is not allowed")
        }
        bulk.remove(job.id)
        return APIResponse(204)
    }

    private func list(_ kind: BulkRoute.Kind, _ call: RoutedCall) throws(Refusal) -> APIResponse {
        let jobs = bulk.order.compactMap { bulk[$0] }.filter { $0.isQuery == (kind == .query) }
        let from = Int(call.request.item("queryLocator") ?? "0") ?? -1
        guard from >= 0, from <= jobs.count else {
            throw Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        }
        let end = min(from + BulkLimits.listCountMax, jobs.count)
        let isDone = end == jobs.count
        let next: JSON =
            isDone
            ? .null
            : .string("/services/data/\(call.version)/jobs/\(kind.rawValue)?queryLocator=\(end)")
        return APIResponse(
            200,
            .json([
                "done": .bool(isDone), "records": .array(jobs[from..<end].map(\.created)),
                "nextRecordsUrl": next,
            ]))
    }

    // MARK: Results

    private func results(_ id: String, _ kind: ResultKind) throws(Refusal) -> APIResponse {
        let job = try job(.ingest, id)
        guard job.state.isFinal, job.ingest?.isRunning == false else { throw Self.notFinished(job) }
        if let results = job.ingest?.results {
            return APIResponse(200, .pieces(results.body(kind)))
        }
        // Failed or aborted before its file was read: what there is is unprocessed.
        return APIResponse(200, .pieces(Self.unread(job, kind)))
    }

    private static func notFinished(_ job: BulkJob) -> Refusal {
        invalidState("Results of job \(job.id) are not available: it is \(job.state.rawValue)")
    }

    private static func unread(_ job: BulkJob, _ kind: ResultKind) -> PiecewiseBody {
        let data = kind == .unprocessed ? job.ingest?.data ?? [] : []
        return PiecewiseBody(contentType: "text/csv;charset=UTF-8") { $0 == 0 ? data : nil }
    }

    /// `Sforce-Locator` is the text `null` on the last page; all pages must be asked for by one
    /// version ("Get Results for a Query Job").
    private func queryPage(_ id: String, _ call: RoutedCall) throws(Refusal) -> APIResponse {
        let job = try job(.query, id)
        guard job.state.isFinal, let results = job.query?.results else {
            throw Self.notFinished(job)
        }
        guard job.version == call.version else {
            throw Refusal(
                "API_ERROR", "Results must be retrieved with the API version of the job",
                status: 409)
        }
        let from = try row(ofLocator: call.request.item("locator"), results.rowCount)
        let wanted = call.request.item("maxRecords").flatMap { Int($0) }
        let count = max(1, wanted ?? BulkLimits.resultRowsDefault)
        let end = min(from + count, results.rowCount)
        let locator = end == results.rowCount ? "null" : Base64.encode(Array(String(end).utf8))
        return APIResponse(200, .pieces(results.body(from, end)))
            .adding("Sforce-Locator", locator)
            .adding("Sforce-NumberOfRecords", String(end - from))
    }

    private func row(ofLocator text: String?, _ count: Int) throws(Refusal) -> Int {
        guard let text else { return 0 }
        guard let bytes = Base64.decode(text),
            let row = Int(String(decoding: bytes, as: UTF8.self)),
            row > 0, row < count
        else { throw Refusal("INVALID_QUERY_LOCATOR", "invalid query locator") }
        return row
    }
}
