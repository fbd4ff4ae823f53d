import EventLog
import Projection
import Reconciliation
import Records
import Salesforce

// One round: plan, record what looking decided, then send batch by batch.

extension DeliveryEngine {
    /// Works on one wave of a round.
    ///
    /// - Returns: whether anything was recorded or sent.
    func run(
        _ records: [DesiredRecord], parents: inout RoundParents
    ) async throws(DeliveryError) -> Bool {
        guard let configuration else { return false }
        let planner = planner(under: configuration)
        let doubts = try doubts()
        let callsBefore = client.usage.calls
        var plans: [ObjectPlan]
        do throws(Planner.Failure) {
            plans = try await planner.plan(records, beside: doubts, parents: &parents)
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .salesforce(let error, let object):
                return try await lookFailed(
                    error, records.filter { $0.object == object }, parents: &parents)
            }
        }
        var didWork = false
        var didSend = false
        let hash = configurationHash
        for index in plans.indices { leaveToJobs(&plans[index]) }
        // Plans made under a configuration that is no longer in force would settle what is not.
        for plan in plans where configurationHash == hash {
            let progress = try await apply(try held(plan))
            didWork = didWork || progress.didRecord || progress.didSend
            didSend = didSend || progress.didSend
        }
        // Reads that come through say nothing about writes that do not.
        let isSpent = CallBudget(share: settings.budgetShare).isSpent(currentUse)
        if !didSend, !isSpent, client.usage.calls > callsBefore {
            try await note(health.callSucceeded())
        }
        return didWork
    }

    /// - Parameter scan: see ``Planner``.
    func planner(under configuration: ConfigurationEntry, scan: ScanIndex? = nil) -> Planner {
        var planner = Planner(
            configuration: configuration, state: projector.state, log: reader, client: client,
            scan: scan, following: settings.following)
        if let reconciling { planner.reconciling = reconciling }
        return planner
    }

    /// Takes out of a plan what has to wait for a job of its object. Such keys are not looked at
    /// again before something of the job is due.
    private func leaveToJobs(_ plan: inout ObjectPlan) {
        let beside = jobs.values.filter { $0.part.object == plan.description.name }
        let left = plan.leaveOut(beside.compactMap(\.reach))
        guard let next = beside.map(\.nextAt).max() else { return }
        for key in left { schedule.postpone(key, until: next) }
    }

    /// A query was refused or got no answer.
    ///
    /// - Parameter records: the keys that it was about.
    /// - Returns: whether another round can do more.
    func lookFailed(
        _ error: SalesforceError, _ records: [DesiredRecord], parents: inout RoundParents
    ) async throws(DeliveryError) -> Bool {
        if Task.isCancelled { return false }
        guard let object = records.first?.object else {
            if error.disposition == .stopObject, try await describeAgain(isContradicted: true) {
                return true
            }
            try await callFailed(error)
            return false
        }
        switch error.disposition {
        case .stopObject:
            // The call was answered: the org is there.
            try await note(health.callSucceeded())
            if try await describeAgain(isContradicted: true) { return true }
            try await stop(object, "\(error)")
            return true
        case .split, .park, .observeAgain:
            try await note(health.callSucceeded())
            return try await lookByHalves(records, error, parents: &parents)
        case .retry, .slowDown, .reauthorise, .pause, .inDoubt:
            try await callFailed(error)
            return false
        }
    }

    /// Looks at the halves of keys that a query was refused for as a whole, until the one to blame
    /// is alone: that one is parked.
    private func lookByHalves(
        _ records: [DesiredRecord], _ error: SalesforceError, parents: inout RoundParents
    ) async throws(DeliveryError) -> Bool {
        guard records.count > 1 else {
            report.failed += records.count
            try await append(
                OutcomeEntry(
                    blocked: records.map {
                        BlockedEntry(
                            key: $0.version, reason: .rejected, status: 400,
                            message: "no query can look for this record: \(error)",
                            recordIDs: [])
                    }))
            return true
        }
        var didWork = false
        let middle = records.count / 2
        for half in [Array(records[..<middle]), Array(records[middle...])] {
            if try await run(half, parents: &parents) { didWork = true }
            guard health.wait(now: environment.monotonicClock()) == .zero else { break }
        }
        return didWork
    }

    struct Progress {
        var didRecord = false
        var didSend = false
    }

    /// `plan` without the deletes that must wait for a person, to be saved as configured.
    func held(_ plan: ObjectPlan) throws(DeliveryError) -> ObjectPlan {
        var plan = plan
        plan.saving = settings.saving(of: plan.description.name)
        let linked = try projecting { () throws(ProjectionError) in
            try projector.state.linkCount()
        }
        let hasDeletes = plan.plan.operations.contains { $0.kind == .delete }
        plan.hold(
            settings, linkedCount: linked, waitingCount: hasDeletes ? try waitingDeleteCount() : 0)
        return plan
    }

    /// Sends a plan, held before, in as few calls as carry it.
    func apply(_ plan: ObjectPlan) async throws(DeliveryError) -> Progress {
        var progress = Progress()
        let composer = BatchComposer(limits: settings.limits)
        let composition = composer.compose(plan)
        var observation = plan.observationOutcome
        observation.blocked += composition.refused
        report.unchanged += observation.settled.count
        report.failed += observation.blocked.count
        sayDefects(observation.blocked)
        if !observation.settled.isEmpty || !observation.blocked.isEmpty
            || observation.relinked != nil
        {
            try await appendObservation(observation)
            progress.didRecord = true
        }
        let packing = CallPacking(limits: settings.limits)
        var queue = composition.batches
        var blame = Blame()
        sending: while !queue.isEmpty, !Task.isCancelled {
            let sent = try await send(packing.calls(queue), plan: plan)
            guard !sent.isEmpty else {
                // Said at once: nothing else would wake delivery when the allocation has aged.
                _ = try await isBudgetSpent(now: environment.monotonicClock())
                break sending
            }
            queue.removeFirst(sent.count)
            progress.didSend = true
            for part in sent where part.consequence == .split {
                queue += composer.halves(of: part.batch, plan: plan)
            }
            let hash = configurationHash
            let next = try await judge(
                sent, object: plan.description.name, isDescribedAnew: blame.isUnderWay)
            switch next {
            case .halt: break sending
            case .goOn: _ = blame.take(sent, composer, plan)
            case .refused(let reason):
                queue = blame.take(sent, composer, plan) + queue
                guard blame.goesOn else {
                    try await stop(plan.description.name, reason)
                    return progress
                }
            }
            guard configurationHash == hash else { break }
        }
        try await act(on: blame, plan)
        return progress
    }

    /// Parks the keys that were refused though their object is not to blame, or stops the object.
    private func act(on blame: Blame, _ plan: ObjectPlan) async throws(DeliveryError) {
        guard let reason = blame.suspects.min(by: { $0.key < $1.key })?.value else { return }
        guard blame.isProven else { return try await stop(plan.description.name, reason) }
        let suspects = blame.suspects.sorted { $0.key < $1.key }
        report.failed += suspects.count
        try await append(
            OutcomeEntry(
                blocked: suspects.flatMap { key, reason in
                    plan.versions([key]).map {
                        BlockedEntry(
                            key: $0, reason: .rejected, status: 400, message: reason,
                            recordIDs: [])
                    }
                }))
    }

    /// A defect of ours must not lie among the parked keys alone.
    private func sayDefects(_ blocked: [BlockedEntry]) {
        for entry in blocked where entry.reason == .defect {
            logger.error(
                "a plan broke its rules; the key is parked",
                metadata: ["object": "\(entry.key.key.object)", "reason": "\(entry.message)"])
        }
    }

    private func waitingDeleteCount() throws(DeliveryError) -> Int {
        try projecting { () throws(ProjectionError) in
            try projector.state.waitingDeleteCount(pageCountMax: settings.limits.roundKeyCountMax)
        }
    }
}
