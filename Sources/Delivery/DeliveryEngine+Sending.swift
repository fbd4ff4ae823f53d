import EventLog
import Projection
import Salesforce
import Synchronization

// The calls of a plan: for each the intents first, then the call, then its answers. Several are
// under way at once; while they are, the next are prepared.

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

    /// Sends calls, as many at once as may be, until all are answered. No more go out after an
    /// answer that concerns more than its own records, when the step is cancelled, or when the
    /// allocation is used: the calls that went are always the first of `calls`.
    ///
    /// - Returns: the batches that were sent, in their order; none when no call may go out.
    func send(
        _ calls: [PackedCall], plan: ObjectPlan
    ) async throws(DeliveryError) -> [SentBatch] {
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            // A task of its own: cancelling the step must not cut the calls short. Their answers
            // are on the way, and without them every create is in doubt.
            await Task { await exchange(calls, plan: plan, until: cancellation) }.value
        } onCancel: {
            cancellation.request()
        }
        return try result.get()
    }

    /// Told from outside the task that the calls run in.
    private final class Cancellation: Sendable {
        private let state = Mutex(false)

        var isRequested: Bool { state.withLock { $0 } }

        func request() { state.withLock { $0 = true } }
    }

    private typealias BatchAnswer = Result<[CollectionsResult], SalesforceError>

    /// A call on its way, by its number.
    private struct Answered: Sendable {
        let number: Int
        let answers: [BatchAnswer]
        let duration: Duration
    }

    private func exchange(
        _ calls: [PackedCall], plan: ObjectPlan, until cancellation: Cancellation
    ) async -> Result<[SentBatch], DeliveryError> {
        await withTaskGroup(of: Answered.self) { group in
            var positions: [[Position]] = []
            var sent: [Int: [SentBatch]] = [:]
            var underWay = 0
            var mayGoOn = true
            var failure: DeliveryError?
            while true {
                while mayGoOn, !cancellation.isRequested, positions.count < calls.count,
                    underWay < callCountMax
                {
                    do throws(DeliveryError) {
                        let call = calls[positions.count]
                        positions.append(try await recordIntents(of: call))
                        start(call, number: positions.count - 1, in: &group)
                        underWay += 1
                    } catch {
                        (failure, mayGoOn) = (error, false)
                    }
                }
                guard underWay > 0, let answered = await group.next() else { break }
                underWay -= 1
                concurrency.answered([answered.duration])
                do throws(DeliveryError) {
                    let batches = try await record(
                        answered.answers, of: calls[answered.number],
                        intents: positions[answered.number], plan: plan)
                    sent[answered.number] = batches
                    if batches.contains(where: \.consequence.concernsOthers) { mayGoOn = false }
                } catch {
                    // The others' answers are kept too: see ``appendAnswers(_:)``.
                    (failure, mayGoOn) = (error, false)
                }
            }
            if let failure { return .failure(failure) }
            return .success(positions.indices.flatMap { sent[$0] ?? [] })
        }
    }

    /// Calls that may be under way together, as things stand. Those that are under way are not in
    /// the count that Salesforce told last.
    private var callCountMax: Int {
        let remaining = CallBudget(share: settings.budgetShare).remaining(currentUse)
        return min(concurrency.current, remaining ?? .max)
    }

    private func start(
        _ call: PackedCall, number: Int, in group: inout TaskGroup<Answered>
    ) {
        let client = self.client
        let clock = environment.monotonicClock
        group.addTask {
            let start = clock()
            let answers = await client.send(call.batches.map(\.request))
            return Answered(number: number, answers: answers, duration: clock() - start)
        }
    }

    // MARK: Intents

    private func recordIntents(of call: PackedCall) async throws(DeliveryError) -> [Position] {
        let epoch = log.epoch
        let positions = try await appendIntents(
            call.batches.map {
                $0.intent(epoch: epoch, configuration: configurationHash, lane: call.lane)
            })
        let now = environment.monotonicClock()
        for (batch, position) in zip(call.batches, positions) {
            fences.sent(intent: position.number, indexes: batch.operations.indices, at: now)
        }
        return positions
    }

    // MARK: Answers

    /// Records what the batches of a call were answered.
    private func record(
        _ answers: [BatchAnswer], of call: PackedCall, intents: [Position], plan: ObjectPlan
    ) async throws(DeliveryError) -> [SentBatch] {
        var outcomes: [OutcomeEntry] = []
        var sent: [SentBatch] = []
        for ((batch, answer), intent) in zip(zip(call.batches, answers), intents) {
            let classified = await classify(answer, of: batch, plan: plan)
            let results = await take(classified, of: batch, intent: intent.number, plan: plan)
            outcomes.append(OutcomeEntry(intent: intent.number, results: results))
            var part = SentBatch(batch: batch, consequence: classified.consequence)
            if case .failure(let error) = answer {
                part.isRefusedWhole = true
                part.namedFields = error.namedFields
            }
            sent.append(part)
        }
        try await appendAnswers(outcomes)
        return sent
    }

    private func classify(
        _ answer: BatchAnswer, of batch: Batch, plan: ObjectPlan
    ) async -> OutcomeClassification {
        let deliveries = plan.deliveries(of: batch.keys.joined())
        var past = OutcomeClassification.Past(
            attempts: deliveries.mapValues(\.attempts), doubts: deliveries.mapValues(\.doubts))
        switch answer {
        case .success(let results):
            past.ownRecords = await ownRecords(
                among: past.duplicates(in: results, of: batch), object: plan.description.name)
            return .answered(
                results, of: batch, past: past, policy: settings.retry,
                random: environment.random)
        case .failure(let error):
            return .failed(
                error, of: batch, past: past, policy: settings.retry,
                random: environment.random)
        }
    }

    /// Acts on an answer as far as memory goes.
    ///
    /// - Returns: its results, as the log will have them.
    private func take(
        _ classified: OutcomeClassification, of batch: Batch, intent: UInt64, plan: ObjectPlan
    ) async -> [OperationResult] {
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
        return results
    }
}

extension OutcomeClassification.Consequence {
    /// Whether calls that have not gone out yet would fare alike, or should not go at all.
    fileprivate var concernsOthers: Bool {
        switch self {
        case .none, .split: false
        case .describeAgain, .stopObject, .slowDown, .callFailed, .pause: true
        }
    }
}

extension ObjectPlan {
    fileprivate func deliveries(of keys: some Sequence<UInt64>) -> [UInt64: DeliveryState] {
        var deliveries: [UInt64: DeliveryState] = [:]
        for key in keys { deliveries[key] = records[key]?.delivery }
        return deliveries
    }
}
