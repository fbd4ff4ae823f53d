import EventLog
import Projection
import Records
import Salesforce

// Jobs under way: each step does what is due about them. Between steps everything that matters is
// in the log: a job's intents, its id as soon as Salesforce gave one, its rows' answers.

extension DeliveryEngine {
    /// Does what is due about jobs.
    ///
    /// - Returns: whether anything was done.
    func tendJobs(now: Duration) async throws(DeliveryError) -> Bool {
        try adoptJobs(now: now)
        var didWork = false
        for name in jobs.keys.sorted() {
            while let job = jobs[name], job.nextAt <= now, health.wait(now: now) == .zero {
                try await act(on: job)
                didWork = true
            }
        }
        if didWork { try await project() }
        return didWork
    }

    /// Takes up jobs that the log tells of and memory does not: those of a process before, and of a
    /// pass that an error ended.
    private func adoptJobs(now: Duration) throws(DeliveryError) {
        let open = try projecting { () throws(ProjectionError) in try projector.state.openJobs() }
        for job in open where jobs[job.part.name] == nil {
            jobs[job.part.name] = ActiveJob(job, now: now)
        }
    }

    /// How long until something is due about a job; `nil` when there is none.
    func jobWait(now: Duration) -> Duration? {
        jobs.values.map { max(health.wait(now: now), $0.nextAt - now) }.min()
    }

    /// Whether a job of the object runs.
    func hasJob(_ object: String) -> Bool { jobs.values.contains { $0.part.object == object } }

    private func act(on job: ActiveJob) async throws(DeliveryError) {
        var job = job
        let event: JobProgress.Event
        do throws(JobFailure) {
            event = try await perform(job.action, of: &job)
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .salesforce(let error):
                // A refusal is about the job; everything else about the org as well.
                if error.concernsOrg { try await callFailed(error) }
                event = .failed(error)
            case .over:
                jobs[job.part.name] = nil
                if let reason = job.pause { try await note(pausing(reason)) }
                return
            }
        }
        if case .told = event { try await note(health.callSucceeded()) }
        take(event, of: &job)
        jobs[job.part.name] = job
    }

    /// Turns an event into what to do next, and when.
    private func take(_ event: JobProgress.Event, of job: inout ActiveJob) {
        let now = environment.monotonicClock()
        if case .uploaded = event { job.closedAt = now }
        job.nextAt = now
        switch job.progress.next(after: event) {
        case .askLater:
            job.action = .ask
            job.nextAt = now + PollSchedule.wait(elapsed: now - job.closedAt, done: job.done)
        case .readLater:
            job.action = .read
            job.nextAt = now + PollSchedule.wait(elapsed: now - job.closedAt)
        case let action: job.action = action
        }
    }

    private enum JobFailure: Error {
        case delivery(DeliveryError)
        case salesforce(SalesforceError)
        /// Not a failure: the job is done with.
        case over
    }

    private func perform(
        _ action: JobProgress.Action, of job: inout ActiveJob
    ) async throws(JobFailure) -> JobProgress.Event {
        do {
            switch action {
            case .create:
                let info = try await client.createJob(JobGroup.request(job.part))
                job.id = info.id
                // Durable before a byte of the file leaves: a restart must find the job.
                try await append(
                    OutcomeEntry(job: JobEntry(name: job.part.name, id: info.id)))
                return .created
            case .upload:
                try await client.upload(job.file, to: job.id ?? "")
                job.file = []
                return .uploaded
            case .close:
                return .told(try await client.setJob(job.id ?? "", to: .uploadComplete).state)
            case .abort: return .told(try await client.setJob(job.id ?? "", to: .aborted).state)
            case .ask, .askLater:
                let info = try await client.job(job.id ?? "")
                job.processedCount = info.processedCount
                return .told(info.state)
            case .read, .readLater:
                try await readResults(of: &job)
                return .readAll
            case .release: try await end(job, status: .again)
            case .doubt: try await end(job, status: .inDoubt)
            }
        } catch let error as SalesforceError {
            throw .salesforce(error)
        } catch let error as DeliveryError {
            throw .delivery(error)
        } catch {
            preconditionFailure("only these two are thrown: \(error)")
        }
        throw .over
    }

    // MARK: Results

    private func readResults(of job: inout ActiveJob) async throws {
        let index = try job.index ?? rowIndex(of: job)
        job.index = index
        let recorder = JobResults(part: job.part, index: index, state: job.progress.finalState)
        collecting = recorder
        defer { collecting = nil }
        for kind in BulkResultKind.allCases {
            let isComplete = try await client.results(
                kind, of: job.id ?? "", keyColumn: job.part.keyColumn,
                isDelete: job.part.operation == .delete
            ) { results in await self.take(results) }
            if let failure = jobFailure {
                jobFailure = nil
                throw failure
            }
            guard isComplete else { return }
        }
        try await flushResults()
        job.pause = collecting?.pause
    }

    /// Takes a part of a job's results; into the log with them once there are many.
    private func take(_ results: [BulkResult]) async -> Bool {
        do throws(DeliveryError) {
            collecting?.add(results, policy: settings.retry)
            if let count = collecting?.count, count >= settings.limits.jobs.resultCountMax {
                try await flushResults()
            }
            return true
        } catch {
            jobFailure = error
            return false
        }
    }

    private func flushResults() async throws(DeliveryError) {
        guard let entries = collecting?.takeEntries(), !entries.isEmpty else { return }
        var bodies: [(EntryKind, [UInt8])] = []
        for (operation, entry) in entries {
            report.count(entry.results, of: operation)
            let body = try projecting { () throws(ProjectionError) in try LogJSON.encode(entry) }
            bodies.append((.outcome, body))
        }
        _ = try await appendAll(bodies)
        try await project()
    }

    /// Reads back where a job's rows stand in the log.
    private func rowIndex(of job: ActiveJob) throws(DeliveryError) -> RowIndex {
        var index = RowIndex()
        for position in job.intents {
            for (place, operation) in try intent(at: position).operations.enumerated() {
                guard let key = JobGroup.rowKey(operation) else { continue }
                index.add(key, at: RowIndex.Place(intent: position, index: place))
            }
        }
        return index
    }

    private func intent(at position: UInt64) throws(DeliveryError) -> IntentEntry {
        let found: Entry?
        do throws(LogError) { found = try reader.entry(at: Position(position)) } catch {
            throw .log(error)
        }
        guard let found else {
            throw .projection(.unreadableEntry(position: position, detail: "it is missing"))
        }
        return try projecting { () throws(ProjectionError) in
            try LogJSON.decode(IntentEntry.self, from: found.body, at: position)
        }
    }

    /// Ends a job: what has no answer yet gets its last one.
    private func end(
        _ job: ActiveJob, status: OperationResult.Status
    ) async throws(DeliveryError) {
        try await project()
        let state = projector.state
        let now = environment.monotonicClock()
        for position in job.intents {
            let open = try projecting { () throws(ProjectionError) in
                try state.jobOperations(of: position)
            }
            guard !open.isEmpty else { continue }
            if status == .inDoubt {
                fences.sent(intent: position, indexes: open.map(\.index), at: now)
            }
            try await append(
                OutcomeEntry(
                    intent: position,
                    results: open.map {
                        OperationResult(
                            index: $0.index, status: status, code: "JOB_ENDED",
                            message: status == .again
                                ? "the job was not processed" : "the job says nothing of this row")
                    }))
        }
        try await append(
            OutcomeEntry(job: JobEntry(name: job.part.name, id: job.id, isOver: true)))
    }
}

extension SalesforceError {
    /// Not about the job that was asked about, but about reaching the org at all.
    fileprivate var concernsOrg: Bool {
        switch disposition {
        case .retry, .slowDown, .inDoubt, .reauthorise, .pause: true
        case .observeAgain, .park, .stopObject, .split: false
        }
    }
}
