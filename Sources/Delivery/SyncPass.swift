import Projection

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

        /// Nothing is left to do but parked keys.
        package var isComplete: Bool {
            last.isDescribed && last.pause == nil && last.dirtyCount == 0
                && last.inDoubtCount == 0 && last.jobCount == 0
        }
    }

    /// Steps until every key is settled, parked, or in doubt behind its fence. Back-off and jobs
    /// are waited out; fences, pauses and stopped objects are not.
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
        return Result(report: await engine.currentReport(), last: last)
    }
}

extension DeliveryEngine {
    /// How long until a key or call that asked to come again may; `nil` when nothing of the kind
    /// waits.
    func retryWait() -> Duration? {
        let now = environment.monotonicClock()
        if health.pause != nil { return nil }
        return [health.remaining(now: now), schedule.wait(now: now), jobWait(now: now)]
            .compactMap(\.self).min()
    }
}
