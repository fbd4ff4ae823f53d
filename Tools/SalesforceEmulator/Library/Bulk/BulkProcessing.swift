/// What the server does with closed jobs, one step under the org's lock at a time.
extension OrgState {
    /// Milliseconds to wait before a closed job begins, with what a fault does to it; nil when
    /// there is nothing to do.
    mutating func admitJob(_ id: String) -> (delay: Int, effect: FaultEffect?)? {
        guard bulk[id]?.state == .uploadComplete else { return nil }
        let effect = faults.effect(on: .bulkProcess)
        if effect != nil { statistics.faultsFired += 1 }
        var delay = bulk.delayMilliseconds
        if case .delay(let milliseconds) = effect { delay += milliseconds }
        return (delay, effect)
    }

    /// Moves a job to InProgress; nil when it was aborted or deleted meanwhile.
    mutating func begin(_ id: String, _ effect: FaultEffect?) -> BulkStart? {
        guard var job = bulk[id], job.state == .uploadComplete,
            let object = schema.object(job.object)
        else { return nil }
        job.state = .inProgress
        job.changedAt = now / 1_000 * 1_000
        job.ingest?.isRunning = true
        bulk[id] = job
        guard let ingest = job.ingest else {
            return job.query.map { .query(statement: $0.statement, operation: job.operation) }
        }
        var context = WriteContext(now: now)
        context.call = ingest.closingCall
        context.job = id
        context.assigns = ingest.assignmentRuleID != nil
        return .ingest(
            IngestStart(
                jobID: id, operation: ingest.operation, object: object,
                keyField: ingest.externalIDField.flatMap { object.field($0) }, schema: schema,
                hiddenFields: visibility.hiddenFields(of: object), dialect: job.dialect,
                data: ingest.data ?? [], context: context, fault: RowFault(effect)))
    }

    /// Executes the next chunk of a job and shows its progress; false when the job is over.
    mutating func advance(_ run: inout IngestRun) -> Bool {
        guard bulk[run.jobID]?.state == .inProgress else { return false }
        if run.isDone { return false }
        var end = min(run.next + IngestRun.chunkRowCount, run.file.rows.count)
        if let last = run.fault.lastRow { end = min(end, max(last, run.next)) }
        if let hold = bulk.holdBeforeRow, hold > run.next { end = min(end, hold) }
        let failedBefore = run.failedCount
        run.execute(to: end, in: &self)
        statistics.refused += run.failedCount - failedBefore
        bulk[run.jobID]?.processedCount = run.next
        bulk[run.jobID]?.failedCount = run.failedCount
        return true
    }

    /// Ends a job with what its run did; rows not reached are unprocessed.
    mutating func end(_ run: IngestRun) {
        guard var job = bulk[run.jobID], var ingest = job.ingest else { return }
        ingest.results = IngestResults(run)
        ingest.data = nil
        ingest.isRunning = false
        job.ingest = ingest
        bulk.countBatches(ofRows: run.next)
        if job.state == .inProgress {
            let failed = run.fault.fails(at: run.next)
            job.state = failed ? .failed : .jobComplete
            job.errorMessage = failed ? run.fault.message : nil
        }
        bulk[run.jobID] = ended(job)
    }

    /// Fails a job as a whole: both counts stay 0 (recorded).
    mutating func fail(_ id: String, _ failure: JobFailure) {
        guard var job = bulk[id] else { return }
        job.ingest?.isRunning = false
        if job.state == .inProgress {
            job.state = .failed
            job.errorMessage = failure.message
        }
        bulk[id] = ended(job)
    }

    /// Runs the statement of a query job. The results are what the rows held at that moment.
    mutating func runQuery(_ id: String, _ statement: String, _ operation: String) {
        guard var job = bulk[id], job.state == .inProgress, var query = job.query else { return }
        do throws(Refusal) {
            let results = try queryResults(
                statement, includesDeleted: operation == "queryAll", job.dialect)
            job.processedCount = results.rowCount
            job.state = .jobComplete
            query.results = results
            job.query = query
        } catch {
            job.state = .failed
            job.errorMessage = "\(error.code) : \(error.message)"
        }
        bulk[id] = ended(job)
    }

    private func ended(_ job: BulkJob) -> BulkJob {
        var job = job
        let time = now
        job.processingMilliseconds = max(0, time - job.createdAt)
        job.changedAt = time / 1_000 * 1_000
        return job
    }
}

/// What a job that begins needs.
enum BulkStart: Sendable {
    case ingest(IngestStart)
    case query(statement: String, operation: String)
}
