import EventLog
import Projection
import Salesforce

// Sending: the intent first, then the calls, then their answers.

extension DeliveryEngine {
    /// A batch, and what its answer asks for.
    struct SentBatch: Sendable {
        let batch: Batch
        let consequence: OutcomeClassification.Consequence
        /// The request was refused as a whole, not record by record.
        var isRefusedWhole = false
        /// The fields that such a refusal names.
        var namedFields: [String] = []
    }

    /// Records the intents of a wave, sends its calls at once, and records their answers, batch by
    /// batch.
    func send(
        _ wave: [PackedCall], plan: ObjectPlan
    ) async throws(DeliveryError) -> [SentBatch] {
        let batches = wave.flatMap(\.batches)
        let positions = try await recordIntents(wave)
        let now = environment.monotonicClock()
        for (batch, position) in zip(batches, positions) {
            fences.sent(intent: position.number, indexes: batch.operations.indices, at: now)
        }
        let answers = await answers(to: wave)
        var sent: [SentBatch] = []
        var failure: DeliveryError?
        for ((batch, answer), position) in zip(zip(batches, answers), positions) {
            do throws(DeliveryError) {
                let consequence = try await record(
                    answer, of: batch, intent: position.number, plan: plan)
                var part = SentBatch(batch: batch, consequence: consequence)
                if case .failure(let error) = answer {
                    part.isRefusedWhole = true
                    part.namedFields = error.namedFields
                }
                sent.append(part)
            } catch {
                // The others' answers are kept too: see ``appendAnswer(_:)``.
                failure = error
            }
        }
        if let failure { throw failure }
        return sent
    }

    private typealias BatchAnswer = Result<[CollectionsResult], SalesforceError>

    /// What the batches of the calls were answered, in their order.
    private func answers(to wave: [PackedCall]) async -> [BatchAnswer] {
        let client = self.client
        // A task of its own: cancelling the step must not cut the calls short. Their answers are on
        // the way, and without them every create is in doubt.
        let clock = environment.monotonicClock
        let (byCall, durations) = await Task {
            await withTaskGroup(of: (Int, [BatchAnswer], Duration).self) { group in
                for (index, call) in wave.enumerated() {
                    group.addTask {
                        let start = clock()
                        let answers = await client.send(call.batches.map(\.request))
                        return (index, answers, clock() - start)
                    }
                }
                var answers: [Int: [BatchAnswer]] = [:]
                var durations: [Duration] = []
                for await (index, answer, duration) in group {
                    answers[index] = answer
                    durations.append(duration)
                }
                return (answers, durations)
            }
        }.value
        concurrency.answered(durations)
        return wave.indices.flatMap { byCall[$0] ?? [] }
    }

    private func recordIntents(_ wave: [PackedCall]) async throws(DeliveryError) -> [Position] {
        let epoch = log.epoch
        var entries: [(EntryKind, [UInt8])] = []
        for call in wave {
            for batch in call.batches {
                let intent = batch.intent(
                    epoch: epoch, configuration: configurationHash, lane: call.lane)
                let body = try projecting { () throws(ProjectionError) in
                    try LogJSON.encode(intent)
                }
                entries.append((.intent, body))
            }
        }
        let positions = try await appendAll(entries)
        // A writer that took the folder over since has a later epoch; then nothing of ours may
        // leave.
        do throws(LogError) {
            guard try reader.epoch() == epoch else {
                throw .inUse(folder: log.folder, processID: nil)
            }
        } catch {
            throw .log(error)
        }
        return positions
    }

    private func record(
        _ answer: BatchAnswer, of batch: Batch, intent: UInt64, plan: ObjectPlan
    ) async throws(DeliveryError) -> OutcomeClassification.Consequence {
        var past = OutcomeClassification.Past(
            attempts: plan.records.mapValues(\.delivery.attempts),
            doubts: plan.records.mapValues(\.delivery.doubts))
        let classified: OutcomeClassification
        switch answer {
        case .success(let results):
            past.ownRecords = await ownRecords(
                among: past.duplicates(in: results, of: batch), object: plan.description.name)
            classified = .answered(
                results, of: batch, past: past, policy: settings.retry,
                random: environment.random)
        case .failure(let error):
            classified = .failed(
                error, of: batch, past: past, policy: settings.retry,
                random: environment.random)
        }
        let now = environment.monotonicClock()
        let doubtful = classified.results.filter { $0.status == .inDoubt }.map(\.index)
        fences.answered(intent: intent, indexes: batch.operations.indices)
        // From the end of the call, not from its beginning: a renewed token or a slow connection
        // may have let the request leave minutes after.
        fences.sent(intent: intent, indexes: doubtful, at: now)
        for (key, delay) in classified.postponed { schedule.postpone(key, until: now + delay) }
        var results = classified.results
        for index in results.indices
        where batch.keys[results[index].index].contains(where: { plan.withheld[$0] != nil }) {
            results[index].isPartial = true
        }
        await nameDuplicates(in: &results, of: batch, object: plan.description.name)
        report.count(results, of: batch.operations)
        try await appendAnswer(OutcomeEntry(intent: intent, results: results))
        return classified.consequence
    }
}
