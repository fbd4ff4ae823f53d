import NIOHTTP1
import Records

// Jobs of Bulk API 2.0. Each call is one API request; rows are none.

extension SalesforceClient {
    private var jobsPath: String { settings.basePath + "/jobs/ingest" }

    /// Creates a job, open for its file. Nothing is done with a job before it is closed, so one
    /// whose creation stayed without an answer does no harm.
    package func createJob(
        _ request: BulkJobRequest
    ) async throws(SalesforceError) -> BulkJobInfo {
        let call = HTTPCall(kind: .read, method: .POST, path: jobsPath, body: try request.body())
        return try BulkJobInfo(await answer(to: call).success(of: .read), .read)
    }

    /// Uploads the file of an open job.
    ///
    /// - Parameter file: gzip, from ``BulkFile/finish()``.
    package func upload(_ file: [UInt8], to job: String) async throws(SalesforceError) {
        var call = HTTPCall(
            kind: .read, method: .PUT, path: "\(jobsPath)/\(job)/batches", body: file)
        call.contentType = "text/csv; charset=UTF-8"
        call.isCompressed = true
        call.isTransfer = true
        let answer = try await answer(to: call)
        guard (200..<300).contains(answer.status) else { throw answer.refusal(of: .read) }
    }

    /// Closes a job, so that it is processed (``BulkJobState/uploadComplete``), or ends it
    /// (``BulkJobState/aborted``).
    ///
    /// - Throws: without a definite answer the job may or may not have moved: ask for it.
    package func setJob(
        _ job: String, to state: BulkJobState
    ) async throws(SalesforceError) -> BulkJobInfo {
        let call = HTTPCall(
            kind: .write, method: .PATCH, path: "\(jobsPath)/\(job)",
            body: Array("{\"state\":\"\(state.rawValue)\"}".utf8))
        return try BulkJobInfo(await answer(to: call).success(of: .write), .write)
    }

    /// How far a job is.
    package func job(_ job: String) async throws(SalesforceError) -> BulkJobInfo {
        let call = HTTPCall(kind: .read, method: .GET, path: "\(jobsPath)/\(job)")
        return try BulkJobInfo(await answer(to: call).success(of: .read), .read)
    }

    /// Reads one kind of results of a job that is over, as they arrive.
    ///
    /// - Parameters:
    ///   - keyColumn: the column of the job's file that names a row.
    ///   - take: gets the results part by part; `false` ends the reading.
    /// - Returns: whether all were taken.
    package func results(
        _ kind: BulkResultKind, of job: String, keyColumn: String, isDelete: Bool,
        take: @escaping @Sendable ([BulkResult]) async -> Bool
    ) async throws(SalesforceError) -> Bool {
        var call = HTTPCall(
            kind: .read, method: .GET, path: "\(jobsPath)/\(job)/\(kind.rawValue)")
        call.accept = "text/csv"
        call.isTransfer = true
        let reading = BulkResultReading(kind, keyColumn: keyColumn, isDelete: isDelete)
        let sink = ResultSink(reading: reading, take: take)
        let answer = try await answer(to: call, sink: sink)
        guard (200..<300).contains(answer.status), !answer.isHTML else {
            throw answer.refusal(of: .read)
        }
        return try await sink.finish()
    }
}

/// Takes the parts of a result file and hands on what they say.
private actor ResultSink: AnswerSink {
    private var csv = CSVReading()
    private var reading: BulkResultReading
    private let take: @Sendable ([BulkResult]) async -> Bool
    private var isStopped = false
    private var failure: SalesforceError?

    init(
        reading: BulkResultReading, take: @escaping @Sendable ([BulkResult]) async -> Bool
    ) {
        self.reading = reading
        self.take = take
    }

    func add(_ part: [UInt8]) async -> Bool {
        await pass { (csv) throws(CSVReading.Fault) in try csv.add(part) }
        return failure == nil && !isStopped
    }

    func finish() async throws(SalesforceError) -> Bool {
        if !isStopped, failure == nil {
            await pass { (csv) throws(CSVReading.Fault) in try csv.finish() }
        }
        if let failure { throw failure }
        return !isStopped
    }

    private func pass(
        _ rows: (inout CSVReading) throws(CSVReading.Fault) -> [[String]]
    ) async {
        do throws(CSVReading.Fault) {
            let results = try results(rows(&csv))
            if let results, !results.isEmpty, await !take(results) { isStopped = true }
        } catch {
            failure = .unreadableAnswer(.read, status: 200, reason: error.reason)
        }
    }

    private func results(_ rows: [[String]]) -> [BulkResult]? {
        do throws(SalesforceError) {
            return try reading.results(rows)
        } catch {
            failure = error
            return nil
        }
    }
}
