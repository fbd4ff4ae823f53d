import EventLog
import Projection
import Salesforce

// Sending: the intent first, then the calls, then their answers.

extension DeliveryEngine {
    /// A batch, and what its answer asks for.
    struct SentBatch: Sendable {
        let batch: Batch
        let consequence: OutcomeClassification.Consequence
    }

    /// Records the intents of a wave, in one commit, sends its batches at once, and records their
    /// answers.
    func send(
        _ wave: [Batch], plan: ObjectPlan
    ) async throws(DeliveryError) -> [SentBatch] {
        let positions = try await recordIntents(wave)
        let now = environment.monotonicClock()
        for (batch, position) in zip(wave, positions) {
            fences.sent(intent: position.number, indexes: batch.operations.indices, at: now)
        }
        let client = self.client
        // A task of its own: cancelling the step must not cut the calls short. Their answers are on
        // the way, and without them every create is in doubt.
        let answers = await Task {
            await withTaskGroup(of: (Int, BatchAnswer).self) { group in
                for (index, batch) in wave.enumerated() {
                    group.addTask { (index, await BatchAnswer.of(batch, client)) }
                }
                var answers: [Int: BatchAnswer] = [:]
                for await (index, answer) in group { answers[index] = answer }
                return answers
            }
        }.value
        var sent: [SentBatch] = []
        var failure: DeliveryError?
        for (index, batch) in wave.enumerated() {
            guard let answer = answers[index] else { continue }
            do throws(DeliveryError) {
                let consequence = try await record(
                    answer, of: batch, intent: positions[index].number, plan: plan)
                sent.append(SentBatch(batch: batch, consequence: consequence))
            } catch {
                // The others' answers are kept too: see ``appendAnswer(_:)``.
                failure = error
            }
        }
        if let failure { throw failure }
        return sent
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
        let deliveries = plan.records.mapValues(\.delivery)
        let classified: OutcomeClassification
        switch answer {
        case .answered(let results):
            classified = .answered(
                results, of: batch, attempts: deliveries.mapValues(\.attempts),
                policy: settings.retry, random: environment.random)
        case .failed(let error):
            classified = .failed(
                error, of: batch, doubts: deliveries.mapValues(\.doubts),
                policy: settings.retry, random: environment.random)
        }
        let now = environment.monotonicClock()
        let doubtful = classified.results.filter { $0.status == .inDoubt }.map(\.index)
        fences.answered(intent: intent, indexes: batch.operations.indices)
        // From the end of the call, not from its beginning: a renewed token or a slow connection
        // may have let the request leave minutes after.
        fences.sent(intent: intent, indexes: doubtful, at: now)
        for (key, delay) in classified.postponed { schedule.postpone(key, until: now + delay) }
        report.count(classified.results, of: batch.operations)
        try await appendAnswer(OutcomeEntry(intent: intent, results: classified.results))
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
