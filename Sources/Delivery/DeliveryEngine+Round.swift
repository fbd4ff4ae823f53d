import EventLog
import Projection
import Reconciliation
import Records
import Salesforce

// One round: plan, record what looking decided, then send batch by batch.

extension DeliveryEngine {
    /// - Returns: whether anything was recorded or sent.
    func run(_ records: [DesiredRecord]) async throws(DeliveryError) -> Bool {
        guard let configuration else { return false }
        let planner = Planner(configuration: configuration, log: reader, client: client)
        let plans: [ObjectPlan]
        do throws(Planner.Failure) {
            plans = try await planner.plan(records)
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .salesforce(let error):
                try await callFailed(error)
                return false
            }
        }
        try await note(health.callSucceeded())
        for plan in plans {
            try await apply(plan)
        }
        return true
    }

    private func apply(_ plan: ObjectPlan) async throws(DeliveryError) {
        var plan = plan
        let linked = try projecting { () throws(ProjectionError) in
            try projector.state.linkCount()
        }
        plan.hold(settings, linkedCount: linked)
        let observation = plan.observationOutcome
        report.unchanged += observation.settled.count
        report.failed += observation.blocked.count
        if !observation.settled.isEmpty || !observation.blocked.isEmpty {
            try await append(observation)
        }
        let composer = BatchComposer(recordCountMax: settings.limits.callRecordCountMax)
        var queue: [Batch]
        do {
            queue = try composer.batches(of: plan)
        } catch {
            // The plan was judged, so this is a request that only this version of the client
            // refuses.
            try await refuse(plan, error)
            return
        }
        while !queue.isEmpty {
            let wave = Array(queue.prefix(settings.limits.concurrentCallCountMax))
            queue.removeFirst(wave.count)
            let outcomes = try await send(wave, plan: plan)
            for (batch, consequence) in outcomes where consequence == .split {
                queue += try halves(of: batch, plan: plan, composer)
            }
            let now = environment.monotonicClock()
            if health.isFailing || stopped.contains(plan.description.name, now: now) { return }
        }
    }

    private func halves(
        of batch: Batch, plan: ObjectPlan, _ composer: BatchComposer
    ) throws(DeliveryError) -> [Batch] {
        let wanted = Set(batch.keys.flatMap(\.self))
        let operations = plan.plan.operations.filter { !wanted.isDisjoint(with: $0.keys) }
        do {
            return try composer.halves(of: operations, plan: plan)
        } catch {
            // The same operations made a request a moment ago; half of them make one too.
            preconditionFailure("half of a sound request is unsound: \(error)")
        }
    }

    /// Parks the keys of operations that no request can carry.
    private func refuse(_ plan: ObjectPlan, _ error: SalesforceError) async throws(DeliveryError) {
        let blocked = plan.plan.operations.flatMap { operation in
            plan.versions(operation.keys).map {
                BlockedEntry(
                    key: $0, reason: .rejected, status: 400, message: "\(error)",
                    recordIDs: operation.recordID.map { [$0] } ?? [])
            }
        }
        report.failed += blocked.count
        try await append(OutcomeEntry(blocked: blocked))
    }

    // MARK: Sending

    /// Records the intents of a wave, in one commit, sends its batches at once, and records each
    /// answer as it comes.
    private func send(
        _ wave: [Batch], plan: ObjectPlan
    ) async throws(DeliveryError) -> [(Batch, OutcomeClassification.Consequence)] {
        let positions = try await recordIntents(wave)
        let now = environment.monotonicClock()
        for (batch, position) in zip(wave, positions) {
            fences.sent(
                intent: position.number, count: batch.operations.count, at: now)
        }
        let client = self.client
        let answers = await withTaskGroup(of: (Int, BatchAnswer).self) { group in
            for (index, batch) in wave.enumerated() {
                group.addTask { (index, await BatchAnswer.of(batch, client)) }
            }
            var answers: [Int: BatchAnswer] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return answers
        }
        var outcomes: [(Batch, OutcomeClassification.Consequence)] = []
        for (index, batch) in wave.enumerated() {
            guard let answer = answers[index] else { continue }
            let consequence = try await record(
                answer, of: batch, intent: positions[index].number, plan: plan)
            outcomes.append((batch, consequence))
        }
        return outcomes
    }

    private func recordIntents(_ wave: [Batch]) async throws(DeliveryError) -> [Position] {
        let epoch = log.epoch
        var entries: [(EntryKind, [UInt8])] = []
        for batch in wave {
            let intent = batch.intent(epoch: epoch, configuration: configurationHash)
            entries.append(
                (
                    .intent,
                    try projecting { () throws(ProjectionError) in try LogJSON.encode(intent) }
                ))
        }
        do {
            let positions = try await log.appendAll(entries)
            // A writer that took the folder over since has a later epoch; then nothing of ours may
            // leave.
            guard try reader.epoch() == epoch else {
                throw LogError.inUse(folder: log.folder, processID: nil)
            }
            return positions
        } catch let error as LogError {
            throw .log(error)
        } catch {
            preconditionFailure("the log throws its own errors only: \(error)")
        }
    }

    private func record(
        _ answer: BatchAnswer, of batch: Batch, intent: UInt64, plan: ObjectPlan
    ) async throws(DeliveryError) -> OutcomeClassification.Consequence {
        let classified: OutcomeClassification
        switch answer {
        case .answered(let results):
            let attempts = plan.records.mapValues(\.delivery.attempts)
            classified = .answered(
                results, of: batch, attempts: attempts, policy: settings.retry,
                random: environment.random)
        case .failed(let error): classified = .failed(error, of: batch)
        }
        try await append(OutcomeEntry(intent: intent, results: classified.results))
        report.count(classified.results, of: batch.operations)
        let answered = classified.results.filter { $0.status != .inDoubt }.map(\.index)
        fences.answered(intent: intent, indexes: answered)
        let now = environment.monotonicClock()
        for (key, delay) in classified.postponed { schedule.postpone(key, until: now + delay) }
        try await follow(classified.consequence, object: plan.description.name)
        return classified.consequence
    }
}

/// How a batch was answered.
private enum BatchAnswer: Sendable {
    case answered([CollectionsResult])
    case failed(SalesforceError)

    static func of(_ batch: Batch, _ client: SalesforceClient) async -> BatchAnswer {
        do {
            return .answered(try await client.send(batch.request))
        } catch {
            return .failed(error)
        }
    }
}
