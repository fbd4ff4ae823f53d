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
        let planner = Planner(
            configuration: configuration, state: projector.state, log: reader, client: client)
        let doubts = try doubts()
        let callsBefore = client.usage.calls
        let plans: [ObjectPlan]
        do throws(Planner.Failure) {
            plans = try await planner.plan(records, beside: doubts, parents: &parents)
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .salesforce(let error): return try await lookFailed(error)
            }
        }
        var didWork = false
        var didSend = false
        let hash = configurationHash
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

    /// A query was refused or got no answer.
    ///
    /// - Returns: whether the descriptions were out of date and now are not.
    func lookFailed(_ error: SalesforceError) async throws(DeliveryError) -> Bool {
        if Task.isCancelled { return false }
        if error.disposition == .stopObject, try await describeAgain() { return true }
        try await callFailed(error)
        return false
    }

    /// Asks for the descriptions anew: a field or object that is gone since makes Salesforce refuse
    /// whole requests.
    ///
    /// - Returns: whether they changed.
    func describeAgain() async throws(DeliveryError) -> Bool {
        guard let actions = configuration?.actions else { return false }
        let before = configurationHash
        try await configure(actions)
        return configurationHash != before
    }

    struct Progress {
        var didRecord = false
        var didSend = false
    }

    /// `plan` without the deletes that must wait for a person.
    func held(_ plan: ObjectPlan) throws(DeliveryError) -> ObjectPlan {
        var plan = plan
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
        if !observation.settled.isEmpty || !observation.blocked.isEmpty {
            try await appendObservation(observation)
            progress.didRecord = true
        }
        let packing = CallPacking(limits: settings.limits)
        var queue = composition.batches
        while !queue.isEmpty, !Task.isCancelled {
            let waveMax = min(
                settings.limits.concurrentCallCountMax,
                CallBudget(share: settings.budgetShare).remaining(currentUse) ?? .max)
            guard waveMax > 0 else {
                // Said at once: nothing else would wake delivery when the allocation has aged.
                _ = try await isBudgetSpent(now: environment.monotonicClock())
                break
            }
            let wave = Array(packing.calls(queue).prefix(waveMax))
            queue.removeFirst(wave.reduce(0) { $0 + $1.batches.count })
            progress.didSend = true
            let sent = try await send(wave, plan: plan)
            for part in sent where part.consequence == .split {
                queue += composer.halves(of: part.batch, plan: plan)
            }
            guard try await judge(sent, object: plan.description.name) else { break }
        }
        return progress
    }

    private func waitingDeleteCount() throws(DeliveryError) -> Int {
        try projecting { () throws(ProjectionError) in
            try projector.state.waitingDeleteCount(pageCountMax: settings.limits.roundKeyCountMax)
        }
    }
}
