import EventLog
import Projection
import Salesforce

// What concerns the whole org: health, budget, fences.

extension DeliveryEngine {
    /// Acts on what the answers of a wave ask for besides their results.
    ///
    /// One answer of the API among them shows that Salesforce is there: then a batch without one is
    /// that batch's trouble, not the org's. Several without one are one failure: they went
    /// together.
    ///
    /// - Returns: whether more may be sent now.
    func judge(_ sent: [SentBatch], object: String) async throws(DeliveryError) -> Bool {
        let now = environment.monotonicClock()
        var isAnswered = false
        var isStopped = false
        var failure: (reason: String, after: Duration?)?
        for part in sent {
            switch part.consequence {
            case .none, .split: isAnswered = true
            case .stopObject(let reason):
                isAnswered = true
                isStopped = true
                stop(object, reason, now: now)
            case .callFailed(let reason, let after):
                failure = (reason, [failure?.after, after].compactMap(\.self).max())
            case .pause(let reason):
                try await pause(reason)
                return false
            }
        }
        if isAnswered {
            try await note(health.callSucceeded())
        } else if let failure {
            try await fail(failure.reason, after: failure.after)
        }
        if isStopped { _ = try await describeAgain() }
        return isAnswered && !isStopped
    }

    private func stop(_ object: String, _ reason: String, now: Duration) {
        stopped.stop(object, now: now)
        logger.error(
            "Salesforce refuses every record of an object",
            metadata: ["object": "\(object)", "reason": "\(reason)"])
    }

    private func fail(_ reason: String, after: Duration?) async throws(DeliveryError) {
        try await note(
            health.callFailed(
                reason: reason, minimum: after, policy: settings.retry,
                random: environment.random(), now: environment.monotonicClock(),
                wallClock: environment.wallClock()))
    }

    private func pause(_ reason: String) async throws(DeliveryError) {
        try await note(pausing(reason))
    }

    func pausing(_ reason: String) -> Health.Change {
        health.stop(
            reason: reason, now: environment.monotonicClock(), wallClock: environment.wallClock())
    }

    /// A read failed: nothing was sent that could be in doubt.
    func callFailed(_ error: SalesforceError) async throws(DeliveryError) {
        switch error.disposition {
        case .retry(let after): try await fail("\(error)", after: after)
        case .inDoubt, .observeAgain, .split: try await fail("\(error)", after: nil)
        case .reauthorise, .pause, .stopObject, .park: try await pause("\(error)")
        }
    }

    /// Asks whether calls come through again, when there is nothing else to send that would tell.
    func probe() async throws(DeliveryError) {
        do {
            _ = try await client.limits()
        } catch {
            return try await callFailed(error)
        }
        try await note(health.callSucceeded())
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
        // Without the number used, which changes: one pause must read the same at every probe.
        let limit = currentUse?.limit ?? 0
        try await pause(
            "of \(limit) API requests in 24 hours the share that salesforce.budget.share allows is "
                + "used; delivery goes on when they have aged")
        return true
    }

    var currentUse: APIUse? {
        let usage = client.usage
        guard let used = usage.used, let limit = usage.limit else { return nil }
        return APIUse(used: used, limit: limit)
    }
}
