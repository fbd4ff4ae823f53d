/// A job of Bulk API 2.0 (Bulk API 2.0 Developer Guide, "Get Information About an Ingest Job";
/// members and their order as recorded).
struct BulkJob: Sendable {
    enum State: String, Sendable {
        case open = "Open"
        case uploadComplete = "UploadComplete"
        case inProgress = "InProgress"
        case jobComplete = "JobComplete"
        case failed = "Failed"
        case aborted = "Aborted"

        /// Nothing happens to the job any more; its results can be read.
        var isFinal: Bool { self == .jobComplete || self == .failed || self == .aborted }
    }

    /// What the job does; each has data of its own.
    enum Work: Sendable {
        case ingest(IngestWork)
        case query(QueryWork)
    }

    let id: String
    /// As spelled by the schema.
    let object: String
    /// `insert`, `upsert`, `query`, …
    let operation: String
    /// `v66.0`: later pages of query results must be asked for by the same one.
    let version: String
    let dialect: CSVDialect
    let createdByID: String
    let createdAt: Int64
    var changedAt: Int64
    var state: State
    var work: Work
    /// Rows that succeeded or failed.
    var processedCount = 0
    var failedCount = 0
    /// Milliseconds from the close of the job to its end.
    var processingMilliseconds: Int64 = 0
    var errorMessage: String?

    var isQuery: Bool { if case .query = work { true } else { false } }

    var ingest: IngestWork? {
        get { if case .ingest(let work) = work { work } else { nil } }
        set { if let newValue { work = .ingest(newValue) } }
    }

    var query: QueryWork? {
        get { if case .query(let work) = work { work } else { nil } }
        set { if let newValue { work = .query(newValue) } }
    }
}

/// What an ingest job was asked to do, its file, and in the end its results.
struct IngestWork: Sendable {
    enum Operation: String, Sendable, CaseIterable { case insert, update, upsert, delete }

    let operation: Operation
    /// The field of an upsert, as the client wrote it.
    let externalIDField: String?
    /// Assignment rules run only for a job that names one ("Create a Job", assignmentRuleId).
    let assignmentRuleID: String?
    var data: [UInt8]?
    /// The API call that closed the job.
    var closingCall = 0
    /// From the moment its file is read until the results stand.
    var isRunning = false
    var results: IngestResults?
}

/// What a query job found.
struct QueryWork: Sendable {
    let statement: String
    var results: QueryResults?
}

extension BulkJob {
    /// The short form: the answer to creating and closing a job.
    var summary: JSON {
        var members: [JSON.Member] = [
            .init("id", .string(id)), .init("operation", .string(operation)),
            .init("object", .string(object)), .init("createdById", .string(createdByID)),
            .init("createdDate", .string(Instant.format(createdAt))),
            .init("systemModstamp", .string(Instant.format(changedAt))),
            .init("state", .string(state.rawValue)),
        ]
        if let field = ingest?.externalIDField {
            members.append(.init("externalIdFieldName", .string(field)))
        }
        if let rule = ingest?.assignmentRuleID {
            members.append(.init("assignmentRuleId", .string(rule)))
        }
        members += [
            .init("concurrencyMode", "Parallel"), .init("contentType", "CSV"),
            .init("apiVersion", .number(String(version.dropFirst()))),
        ]
        return .object(members)
    }

    /// The form of a new job: where to upload, and how rows are written.
    var created: JSON {
        state == .open
            ? JSON.object((summary.members ?? []) + [contentURL] + dialectMembers)
            : JSON.object((summary.members ?? []) + dialectMembers)
    }

    /// The form of job information: counts once the job is closed.
    var info: JSON {
        var members = summary.members ?? []
        members.append(.init("jobType", isQuery ? "V2Query" : "V2Ingest"))
        if state == .open { members.append(contentURL) }
        members += dialectMembers
        if state == .open || state == .uploadComplete {
            if !isQuery { members += retryMembers }
            return .object(members)
        }
        members.append(.init("numberRecordsProcessed", .int(processedCount)))
        if !isQuery { members.append(.init("numberRecordsFailed", .int(failedCount))) }
        members += retryMembers
        if !isQuery {
            members.append(.init("apiActiveProcessingTime", .int(processingMilliseconds)))
            members.append(.init("apexProcessingTime", 0))
        }
        if let errorMessage { members.append(.init("errorMessage", .string(errorMessage))) }
        return .object(members)
    }

    /// Without a slash in front (recorded).
    private var contentURL: JSON.Member {
        .init("contentUrl", .string("services/data/\(version)/jobs/ingest/\(id)/batches"))
    }

    private var dialectMembers: [JSON.Member] {
        [
            .init("lineEnding", .string(dialect.lineEnding.rawValue)),
            .init("columnDelimiter", .string(dialect.delimiter.rawValue)),
        ]
    }

    private var retryMembers: [JSON.Member] {
        [
            .init("retries", 0),
            .init("totalProcessingTime", .int(processingMilliseconds)),
        ]
    }
}

/// All jobs of the org, in the order created.
struct BulkJobs: Sendable {
    /// Milliseconds that a closed job waits before it is processed.
    var delayMilliseconds = 0
    /// Jobs stop before this row until released; nil lets them run.
    var holdBeforeRow: Int?
    private(set) var order: [String] = []
    private var jobs: [String: BulkJob] = [:]
    private var createdCount = 0
    /// What the call now executing gives the server to do; taken up when it ends.
    private var due: [BulkTask] = []
    private var held: [BulkTask] = []
    /// Batches of 10,000 rows processed (Bulk API Limits, "Batch allocations").
    private(set) var batchCount = 0

    subscript(id: String) -> BulkJob? {
        get { jobs[id] }
        _modify { yield &jobs[id] }
    }

    mutating func nextID() -> String {
        createdCount += 1
        return RecordIdentifier.make(prefix: "750", instance: "ak", number: createdCount)
    }

    mutating func add(_ job: BulkJob) {
        jobs[job.id] = job
        order.append(job.id)
    }

    mutating func remove(_ id: String) {
        jobs[id] = nil
        order.removeAll { $0 == id }
    }

    mutating func enqueue(_ id: String) { due.append(.start(id)) }

    mutating func takeDue() -> [BulkTask] {
        defer { due = [] }
        return due
    }

    /// Keeps a task that has come to the row before which jobs are held; false when it may go on.
    mutating func hold(_ task: BulkTask) -> Bool {
        guard let row = holdBeforeRow, task.nextRow >= row,
            jobs[task.jobID]?.state.isFinal == false
        else { return false }
        held.append(task)
        return true
    }

    /// Lets all held tasks go on, and those to come run freely.
    mutating func release() {
        holdBeforeRow = nil
        due += held
        held = []
    }

    /// Lets the task of one job go on, so that it sees that the job was aborted.
    mutating func release(_ id: String) {
        due += held.filter { $0.jobID == id }
        held.removeAll { $0.jobID == id }
    }

    mutating func countBatches(ofRows rows: Int) { batchCount += (rows + 9_999) / 10_000 }

    /// Without jobs; ids go on, so that a run of before a reset never meets a job of after it.
    var emptied: BulkJobs {
        var empty = BulkJobs()
        empty.createdCount = createdCount
        empty.delayMilliseconds = delayMilliseconds
        return empty
    }
}
