import EventLog
import Projection
import Salesforce

// What concerns the whole org: health, budget, fences.

extension DeliveryEngine {
    /// Acts on what an answer asks for besides its results.
    func follow(
        _ consequence: OutcomeClassification.Consequence, object: String
    ) async throws(DeliveryError) {
        let now = environment.monotonicClock()
        switch consequence {
        case .none, .split: try await note(health.callSucceeded())
        case .stopObject(let reason):
            stopped.stop(object, now: now)
            logger.error(
                "Salesforce refuses every record of an object",
                metadata: ["object": "\(object)", "reason": "\(reason)"])
        case .callFailed(let reason, let after):
            try await note(
                health.callFailed(
                    reason: reason, minimum: after, policy: settings.retry,
                    random: environment.random(), now: now, wallClock: environment.wallClock()))
        case .pause(let reason):
            try await note(
                health.stop(reason: reason, now: now, wallClock: environment.wallClock()))
        }
    }

    /// A read failed: nothing was sent that could be in doubt.
    func callFailed(_ error: SalesforceError) async throws(DeliveryError) {
        switch error.disposition {
        case .retry(let after):
            try await follow(.callFailed(reason: "\(error)", after: after), object: "")
        case .inDoubt, .observeAgain, .split:
            try await follow(.callFailed(reason: "\(error)", after: nil), object: "")
        case .reauthorise, .pause, .stopObject, .park:
            try await follow(.pause("\(error)"), object: "")
        }
    }

    /// Writes a change of health into the log, where `status` finds it.
    func note(_ change: Health.Change) async throws(DeliveryError) {
        switch change {
        case .none: return
        case .paused(let pause):
            logger.warning("delivery is paused", metadata: ["reason": "\(pause.reason)"])
            try await append(
                OutcomeEntry(pause: PauseEntry(reason: pause.reason, since: pause.since)))
        case .resumed:
            logger.info("delivery goes on")
            try await append(OutcomeEntry(isResumed: true))
        }
    }

    /// Whether the org's allocation is used up to the configured share. A probe asks for the
    /// allocation anew, because it is a rolling one.
    func isBudgetSpent(now: Duration) async throws(DeliveryError) -> Bool {
        let budget = CallBudget(share: settings.budgetShare)
        guard budget.isSpent(currentUse) else { return false }
        if health.pause != nil {
            do {
                _ = try await client.limits()
            } catch {
                try await callFailed(error)
                return true
            }
            guard budget.isSpent(currentUse) else { return false }
        }
        let used = currentUse.map { "\($0.used) of \($0.limit)" } ?? "all"
        try await note(
            health.stop(
                reason:
                    "\(used) API requests of the last 24 hours are used, which is the share that "
                    + "salesforce.budget.share allows; delivery goes on when they have aged",
                now: now, wallClock: environment.wallClock()))
        return true
    }

    private var currentUse: APIUse? {
        let usage = client.usage
        guard let used = usage.used, let limit = usage.limit else { return nil }
        return APIUse(used: used, limit: limit)
    }

    /// Lets the keys of operations go whose fence has passed.
    ///
    /// - Returns: whether there were any.
    func passFences(now: Duration) async throws(DeliveryError) -> Bool {
        let open = try projecting { () throws(ProjectionError) in
            try projector.state.openOperations()
        }
        let passed = fences.passed(open, now: now)
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
}
