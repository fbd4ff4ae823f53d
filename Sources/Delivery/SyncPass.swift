import Projection
import Records

/// One pass to the end: `sync`, `apply`.
package struct SyncPass: Sendable {
    let engine: DeliveryEngine
    let environment: DeliveryEnvironment

    package init(engine: DeliveryEngine, environment: DeliveryEnvironment) {
        self.engine = engine
        self.environment = environment
    }

    /// What the pass left.
    package struct Result: Sendable, Hashable {
        package let report: DeliveryReport
        package let last: StepResult
        /// Dirty keys that are to come again later than a pass waits for, the first ones first.
        package let waiting: [WaitingKey]

        /// Nothing is left to do but parked keys.
        package var isComplete: Bool {
            last.isDescribed && last.pause == nil && last.dirtyCount == 0
                && last.inDoubtCount == 0 && last.jobCount == 0
        }
    }

    /// Steps until every key is settled, parked, in doubt behind its fence, or to come again later
    /// than by our own back-off. Back-off and jobs are waited out; fences, pauses, stopped objects
    /// and waits that Salesforce asks for are not.
    ///
    /// - Parameter progress: told after each step how many keys still need work.
    package func run(
        progress: @Sendable (StepResult) -> Void = { _ in }
    ) async throws(DeliveryError) -> Result {
        var last = try await engine.step()
        while true {
            progress(last)
            if last.pause != nil { break }
            if !last.didWork {
                guard last.dirtyCount > 0 || !last.isDescribed || last.jobCount > 0,
                    let wait = await engine.retryWait()
                else { break }
                do {
                    try await environment.sleep(wait)
                } catch {
                    // Cancelled: what is left is in the log, and the next pass takes it up.
                    break
                }
            }
            last = try await engine.step()
        }
        return Result(
            report: await engine.currentReport(), last: last,
            waiting: try await engine.waitingKeys())
    }
}

/// A key that Salesforce asked to come again later for, or whose error is known to last.
package struct WaitingKey: Sendable, Hashable {
    package let key: MatcherKey
    /// Milliseconds since 1970.
    package let until: Int64

    package init(key: MatcherKey, until: Int64) {
        self.key = key
        self.until = until
    }
}

extension DeliveryEngine {
    /// How long until a key, call or job may come again that no pass is too short for; `nil` when
    /// nothing of the kind waits.
    func retryWait() -> Duration? {
        let now = environment.monotonicClock()
        if health.pause != nil { return nil }
        return [health.remaining(now: now), schedule.wait(now: now), jobWait(now: now)]
            .compactMap(\.self).min().flatMap { settings.retry.isBeyondBackOff($0) ? nil : $0 }
    }

    /// The dirty keys that wait longer than any back-off of ours.
    func waitingKeys() throws(DeliveryError) -> [WaitingKey] {
        let now = environment.monotonicClock()
        let wallClock = environment.wallClock()
        let waits = schedule.waiting(longerThan: settings.retry.delayMax, now: now)
        let records = try projecting { () throws(ProjectionError) in
            try projector.state.records(waits.map(\.key))
        }
        let byID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        return waits.compactMap { wait in
            guard let record = byID[wait.key], record.delivery.status == .dirty else { return nil }
            return WaitingKey(
                key: record.reference,
                until: wallClock + Int64((wait.until - now) / .milliseconds(1)))
        }
    }
}
