import Crypto
import EventLog
import Projection
import Reconciliation
import Records
import Salesforce

// A backlog: more dirty keys than calls carry cheaply. Their operations become rows of jobs, as far
// as a job can carry them; the rest goes by calls as ever.

extension DeliveryEngine {
    /// Fills jobs from the dirty keys of one object, if there are enough to be worth one.
    ///
    /// - Returns: whether anything was recorded or sent; `nil` when there is no backlog.
    func workOffBacklog(now: Duration) async throws(DeliveryError) -> Bool? {
        guard let configuration, let countMin = LaneChoice(settings.limits).keyCountMin,
            let dirtyCount = try dirtyCount(), dirtyCount >= countMin,
            hasCallsLeft, let first = try backlogStart(now: now),
            now >= callsOnlyUntil[first.object] ?? .zero
        else { return nil }
        let object = first.object
        var backlog = Backlog(
            object: object, dirtyCount: dirtyCount, choice: LaneChoice(settings.limits),
            limits: settings.limits.jobs)
        // Records that others look up are deleted when nothing else is left.
        backlog.leavesDeletes =
            !first.presence.isAbsent && ParentGraph(configuration.needs.parents).hasChildren(object)
        let planner = planner(
            under: configuration,
            scan: try await scan(object, dirtyCount: dirtyCount, configuration: configuration))
        let hash = configurationHash
        var didWork = false
        while !backlog.isFull, !Task.isCancelled, hash == configurationHash, hasCallsLeft,
            !isStopped(object, now: now),
            let records = try backlogPage(&backlog, now: now)
        {
            guard !records.isEmpty else { continue }
            let plans: [ObjectPlan]
            do throws(Planner.Failure) {
                plans = try await planner.plan(records, beside: try planningDoubts())
            } catch {
                guard case .salesforce(let error, let object) = error else { throw error.delivery }
                var parents = RoundParents()
                let failed = try await lookFailed(
                    error, records.filter { $0.object == object }, parents: &parents)
                didWork = failed || didWork
                break
            }
            for plan in plans {
                didWork = try await divert(plan, into: &backlog) || didWork
            }
            try await project()
            // No job came about: the calls that this page took were as good as any, and the next
            // rounds need not try again at once.
            if backlog.files.isEmpty {
                callsOnlyUntil[object] = now + settings.limits.jobs.retryInterval
                break
            }
            backlog.isFirstPage = false
        }
        for file in backlog.files.values where file.rowCount > 0 {
            jobs[file.part.name] = ActiveJob(file: file, now: now)
        }
        return didWork
    }

    /// A job that is begun has the calls to be finished.
    private var hasCallsLeft: Bool {
        let remaining = CallBudget(share: settings.budgetShare).remaining(currentUse) ?? .max
        return remaining > 4 * LaneChoice(settings.limits).job(for: 1).apiCalls
    }

    private func planningDoubts() throws(Planner.Failure) -> Doubts {
        do throws(DeliveryError) { return try doubts() } catch { throw .delivery(error) }
    }

    private func dirtyCount() throws(DeliveryError) -> Int? {
        try projecting { () throws(ProjectionError) in try projector.state.counts()["dirty"] }
    }

    /// The key that has been dirty longest, if its object takes calls.
    private func backlogStart(now: Duration) throws(DeliveryError) -> DesiredRecord? {
        let record = try readyRecords(now: now, countMax: 1, besideJobs: false).first
        return record.flatMap { isStopped($0.object, now: now) ? nil : $0 }
    }

    /// Whether the object takes no more than a trial.
    private func isStopped(_ object: String, now: Duration) -> Bool {
        stopped.keyCountMax(of: object, now: now) < .max
    }

    /// The next keys of the backlog; `nil` at its end.
    private func backlogPage(
        _ backlog: inout Backlog, now: Duration
    ) throws(DeliveryError) -> [DesiredRecord]? {
        let state = projector.state
        let after = backlog.after
        let countMax = settings.limits.jobs.pageKeyCountMax
        let ids = try projecting { () throws(ProjectionError) in
            try state.dirtyIDs(after: after, countMax: countMax)
        }
        guard let last = ids.last else { return nil }
        backlog.after = last
        let ready = schedule.ready(ids, now: now)
        let (object, leavesDeletes) = (backlog.object, backlog.leavesDeletes)
        return try projecting { () throws(ProjectionError) in
            try state.records(ready).filter {
                $0.object == object && !(leavesDeletes && $0.presence.isAbsent)
            }
        }
    }

    /// Takes out of a plan what goes into jobs, and sends the rest.
    private func divert(
        _ plan: ObjectPlan, into backlog: inout Backlog
    ) async throws(DeliveryError) -> Bool {
        var rest = try held(plan)
        let diversion = backlog.divert(rest)
        for (group, operations) in diversion.groups {
            try await record(operations, of: rest, as: group, into: &backlog)
        }
        rest.plan.operations = diversion.rest
        let progress = try await apply(rest)
        return progress.didRecord || progress.didSend || !diversion.groups.isEmpty
    }

    /// Records intents whose operations are rows of a job, and adds the rows to its file.
    private func record(
        _ operations: [Reconciliation.Operation], of plan: ObjectPlan, as group: JobGroup,
        into backlog: inout Backlog
    ) async throws(DeliveryError) {
        let file = backlog.files[group] ?? makeFile(plan.description, group)
        backlog.files[group] = file
        let composer = BatchComposer(limits: settings.limits)
        let pieces = composer.pieces(
            operations, countMax: settings.limits.jobs.entryRowCountMax)
        for piece in pieces {
            var rows = JobRows()
            for operation in piece {
                guard let key = JobGroup.rowKey(operation) else { continue }
                rows.rowKeys.append(key)
                rows.operations.append(BatchComposer.intentOperation(operation, plan))
                CSVWriting.append(group.cells(operation), to: &rows.bytes)
            }
            let intent = IntentEntry(
                epoch: log.epoch, configuration: configurationHash,
                request: IntentRequest(
                    method: "PUT", path: "/jobs/ingest", bytes: rows.bytes, lane: .bulk),
                operations: rows.operations, job: file.part)
            let positions = try await appendIntents([intent])
            if let position = positions.first {
                file.add(rows, intent: position.number, of: plan.description)
            }
        }
    }

    private func makeFile(_ description: ObjectDescription, _ group: JobGroup) -> JobFile {
        jobCount += 1
        let part = JobPart(
            name: "\(log.epoch).\(jobCount)", object: description.name, operation: group.operation,
            externalIDField: group.externalIDField, columns: group.columns)
        let actions = configuration?.actions.filter {
            $0.object.lowercased() == description.name.lowercased()
        }
        let matchers = Set((actions ?? []).flatMap { $0.matchers.map(\.field) })
        return JobFile(
            part: part, group: group, reach: JobReach(part, matchers: matchers, description))
    }
}

/// One pass over the dirty keys of an object: which jobs are being filled.
struct Backlog {
    let object: String
    let dirtyCount: Int
    let choice: LaneChoice
    let limits: JobLimits
    /// The last key that was looked at.
    var after: UInt64 = 0
    var files: [JobGroup: JobFile] = [:]
    /// What was looked at may be as old as the pass: only its first page is sure to have seen all
    /// that the pass itself created.
    var isFirstPage = true
    /// Deletes are left to a later pass.
    var leavesDeletes = false

    /// A job has all the rows that it may have: the rest waits for the next pass.
    var isFull: Bool {
        files.values.contains {
            $0.rowCount + limits.pageKeyCountMax > choice.rowCountMax
                || $0.byteCount > limits.fileBytesMax - limits.pageKeyCountMax * Self.rowBytes
        }
    }

    /// What a row is counted with before it is known.
    private static let rowBytes = 1_000

    struct Diversion {
        var groups: [(JobGroup, [Reconciliation.Operation])] = []
        var rest: [Reconciliation.Operation] = []
    }

    /// Sorts a page's operations: rows of jobs, and what goes by calls now.
    ///
    /// A kind of row gets a job when its share of this page, over all that is dirty, is worth one.
    /// No record is in the jobs of one pass twice. While a job will create records, nothing else
    /// does: a record that is not there yet would be created beside its row.
    func divert(_ plan: ObjectPlan) -> Diversion {
        var byGroup: [JobGroup: [Reconciliation.Operation]] = [:]
        var diversion = Diversion()
        for operation in plan.plan.operations {
            if let group = JobGroup(
                operation, records: plan.records, saving: plan.saving)
            {
                byGroup[group, default: []].append(operation)
            } else {
                diversion.rest.append(operation)
            }
        }
        let pageCount = max(1, plan.records.count)
        for (group, operations) in byGroup.sorted(by: { $0.key.sortKey < $1.key.sortKey }) {
            let expected = max(dirtyCount, pageCount) * operations.count / pageCount
            guard files[group] != nil || choice.lane(for: expected) == .bulk else {
                diversion.rest += operations
                continue
            }
            let fresh = unused(operations, bytesMax: room(in: group))
            if !fresh.isEmpty { diversion.groups.append((group, fresh)) }
        }
        let creates =
            files.keys.contains { $0.operation == .upsert }
            || diversion.groups.contains { $0.0.operation == .upsert }
        if creates || !isFirstPage { diversion.rest.removeAll { $0.kind == .create } }
        return diversion
    }

    private func room(in group: JobGroup) -> Int {
        limits.fileBytesMax - (files[group]?.byteCount ?? 0)
    }

    /// The operations whose record is in no job yet, as far as the file has room. What is left out
    /// stays dirty.
    private func unused(
        _ operations: [Reconciliation.Operation], bytesMax: Int
    ) -> [Reconciliation.Operation] {
        var seen: Set<String> = []
        var bytes = 0
        return operations.filter { operation in
            guard let key = JobGroup.rowKey(operation),
                !files.values.contains(where: { $0.index.contains(key) }),
                seen.insert(key).inserted
            else { return false }
            // Quotes may double, and a cell has a separator.
            bytes += operation.changes.reduce(20) { $0 + 2 * $1.after.json.utf8.count }
            return bytes <= bytesMax
        }
    }
}

extension JobGroup {
    var sortKey: String {
        "\(operation.rawValue) \(externalIDField ?? "") \(columns.joined(separator: ","))"
    }
}

extension Planner.Failure {
    var delivery: DeliveryError {
        switch self {
        case .delivery(let error): error
        case .salesforce(let error, let object): .undescribed(object: object ?? "", error)
        }
    }
}
