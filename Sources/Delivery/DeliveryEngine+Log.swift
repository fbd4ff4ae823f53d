import EventLog
import Projection

// What the engine writes into the log, and what it makes of intents that nobody answers.

extension DeliveryEngine {
    func append(_ outcome: OutcomeEntry) async throws(DeliveryError) {
        let body = try encoded(outcome)
        do {
            _ = try await log.append(kind: .outcome, body: body)
        } catch {
            throw .log(error)
        }
    }

    /// The entry's body, with the allocation as it is known now.
    private func encoded(_ outcome: OutcomeEntry) throws(DeliveryError) -> [UInt8] {
        var outcome = outcome
        outcome.api = currentUse
        if outcome.results.contains(where: { $0.status == .inDoubt }) {
            outcome.allSentBy = environment.bootMoment
        }
        return try projecting { () throws(ProjectionError) in try LogJSON.encode(outcome) }
    }

    /// Appends what is about to be sent.
    ///
    /// - Throws: `inUse` when a writer has taken the folder over since: it has a later epoch, and
    ///   nothing of ours may leave any more.
    func appendIntents(_ intents: [IntentEntry]) async throws(DeliveryError) -> [Position] {
        var entries: [(EntryKind, [UInt8])] = []
        for intent in intents {
            let body = try projecting { () throws(ProjectionError) in try LogJSON.encode(intent) }
            entries.append((.intent, body))
        }
        let positions = try await appendAll(entries)
        do throws(LogError) {
            guard try reader.epoch() == log.epoch else {
                throw .inUse(folder: log.folder, processID: nil)
            }
        } catch {
            throw .log(error)
        }
        return positions
    }

    /// Appends entries in order, in as few commits as the log allows.
    func appendAll(
        _ entries: [(EntryKind, [UInt8])]
    ) async throws(DeliveryError) -> [Position] {
        var positions: [Position] = []
        var part: [(EntryKind, [UInt8])] = []
        var bytes = 0
        do throws(LogError) {
            for entry in entries {
                let isFull =
                    part.count == log.limits.batchEventCountMax
                    || bytes + entry.1.count > log.limits.batchBytesMax
                if isFull {
                    positions += try await log.appendAll(part)
                    part = []
                    bytes = 0
                }
                part.append(entry)
                bytes += entry.1.count
            }
            return positions + (try await log.appendAll(part))
        } catch {
            throw .log(error)
        }
    }

    /// Appends what looking decided, in entries of a size that the log takes.
    func appendObservation(_ outcome: OutcomeEntry) async throws(DeliveryError) {
        var settled = outcome.settled[...]
        var blocked = outcome.blocked[...]
        let countMax = settings.limits.observationCountMax
        while !settled.isEmpty || !blocked.isEmpty {
            let part = OutcomeEntry(
                settled: Array(settled.prefix(countMax)), blocked: Array(blocked.prefix(countMax)))
            settled = settled.dropFirst(countMax)
            blocked = blocked.dropFirst(countMax)
            try await append(part)
        }
        if outcome.relinked != nil { try await append(OutcomeEntry(relinked: outcome.relinked)) }
    }

    /// Appends what Salesforce answered to one call, in one commit. Answers that cannot be recorded
    /// now are kept for the next step: forgotten, they would put in doubt what is known.
    func appendAnswers(_ outcomes: [OutcomeEntry]) async throws(DeliveryError) {
        do {
            var entries: [(EntryKind, [UInt8])] = []
            for outcome in outcomes { entries.append((.outcome, try encoded(outcome))) }
            _ = try await appendAll(entries)
        } catch {
            unrecorded += outcomes
            throw error
        }
    }

    /// Records the answers that an earlier step could not.
    func recordLeftovers() async throws(DeliveryError) {
        while let outcome = unrecorded.first {
            try await append(outcome)
            unrecorded.removeFirst()
        }
    }

    /// Puts in doubt every intent without an outcome. Between steps nothing is under way, so
    /// whoever sent it ended, or gave up on its answer.
    func doubtOrphans() async throws(DeliveryError) {
        let open = try projecting { () throws(ProjectionError) in
            try projector.state.openOperations()
        }
        let unanswered = Dictionary(grouping: open.filter { !$0.isInDoubt }, by: \.intent)
        guard !unanswered.isEmpty else { return }
        for (intent, operations) in unanswered.sorted(by: { $0.key < $1.key }) {
            try await append(
                OutcomeEntry(
                    intent: intent,
                    results: operations.map {
                        OperationResult(
                            index: $0.index, status: .inDoubt, code: "STOPPED",
                            message: "the process ended before the answer was recorded")
                    }))
        }
        try await project()
    }

    /// Says of what earlier processes left in doubt that it has left by now, where the log does not
    /// tell by this boot's clock: the next process need not begin the fence again.
    func noteAllSent() async throws(DeliveryError) {
        guard let now = environment.bootMoment else { return }
        let open = try projecting { () throws(ProjectionError) in
            try projector.state.openOperations()
        }
        guard open.contains(where: { $0.isInDoubt && $0.sentBy?.isKnownBefore(now) != true })
        else { return }
        try await append(OutcomeEntry(allSentBy: now))
        try await project()
    }

    /// Lets the keys of operations go whose fence has passed.
    ///
    /// - Returns: whether there were any.
    func passFences(now: Duration) async throws(DeliveryError) -> Bool {
        let open = try projecting { () throws(ProjectionError) in
            try projector.state.openOperations()
        }
        // One entry has a size that the log takes, whatever an outage left behind.
        let passed = fences.passed(open, now: now).prefix(settings.limits.resolvedCountMax)
        guard !passed.isEmpty else { return false }
        try await append(
            OutcomeEntry(
                resolved: passed.map { ResolvedOperation(intent: $0.intent, index: $0.index) }))
        for operation in passed {
            fences.answered(intent: operation.intent, indexes: [operation.index])
        }
        try await project()
        return true
    }

    /// What is in doubt and binds other keys: see ``Doubts``.
    func doubts() throws(DeliveryError) -> Doubts {
        try projecting { () throws(ProjectionError) in try Doubts(state: projector.state) }
    }
}
