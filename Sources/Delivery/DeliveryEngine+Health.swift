import EventLog
import Events
import Projection
import Salesforce

// What concerns the whole org: health, budget, fences.

extension DeliveryEngine {
    /// What the answers of a wave ask for, put together.
    private struct Verdict {
        var isAnswered = false
        var contradiction: String?
        var isStopped = false
        var isTooMuch = false
        var failure: (reason: String, after: Duration?)?
        var pause: String?

        init(_ sent: [DeliveryEngine.SentBatch]) {
            for part in sent {
                switch part.consequence {
                case .none, .split: isAnswered = true
                case .describeAgain(let reason):
                    isAnswered = true
                    contradiction = contradiction ?? reason
                case .stopObject(let reason):
                    isAnswered = true
                    isStopped = true
                    contradiction = reason
                case .slowDown(let reason, let after):
                    isTooMuch = true
                    fail(reason, after)
                case .callFailed(let reason, let after): fail(reason, after)
                case .pause(let reason): pause = reason
                }
            }
        }

        private mutating func fail(_ reason: String, _ after: Duration?) {
            failure = (reason, [failure?.after, after].compactMap(\.self).max())
        }
    }

    /// What to do after a wave.
    enum Next {
        case goOn, halt
        /// Records were refused for what may lie in their whole object, and it is described as it
        /// was.
        case refused(String)
    }

    /// Acts on what the answers of a wave ask for besides their results.
    ///
    /// One answer of the API among them shows that Salesforce is there: then a batch without one is
    /// that batch's trouble, not the org's. Several without one are one failure: they went
    /// together.
    ///
    /// - Parameter isDescribedAnew: the object was described again a moment ago.
    func judge(
        _ sent: [SentBatch], object: String, isDescribedAnew: Bool
    ) async throws(DeliveryError) -> Next {
        let verdict = Verdict(sent)
        if verdict.isTooMuch { concurrency.decrease() }
        if let reason = verdict.pause {
            try await pause(reason)
            return .halt
        }
        if verdict.isAnswered {
            try await note(health.callSucceeded())
        } else if let failure = verdict.failure {
            try await fail(failure.reason, after: failure.after)
            return .halt
        }
        guard let contradiction = verdict.contradiction else {
            if verdict.isAnswered { try await resume(object) }
            return verdict.isAnswered ? .goOn : .halt
        }
        if !isDescribedAnew, try await describeAgain(isContradicted: true) { return .halt }
        return verdict.isStopped ? .refused(contradiction) : .goOn
    }

    /// Lets the keys of `object` wait until it is described or mapped otherwise.
    func stop(_ object: String, _ reason: String) async throws(DeliveryError) {
        let stopping = stopped.stop(
            object, reason: reason, now: environment.monotonicClock(),
            wallClock: environment.wallClock())
        guard let stopping else { return }
        logger.error(
            "an object is stopped", metadata: ["object": "\(object)", "reason": "\(reason)"])
        try await append(OutcomeEntry(objects: [stopping]))
    }

    /// A trial of a stopped object came through.
    func resume(_ object: String) async throws(DeliveryError) {
        guard stopped.resume(object) else { return }
        logger.info("an object goes on", metadata: ["object": "\(object)"])
        let now = environment.wallClock()
        try await append(
            OutcomeEntry(objects: [
                ObjectStopEntry(object: object, reason: "", since: now, isOver: true)
            ]))
    }

    private func fail(_ reason: String, after: Duration?) async throws(DeliveryError) {
        let wallClock = environment.wallClock()
        var reason = reason
        if let after, settings.retry.isBeyondBackOff(after) {
            let time = Timestamp.format(wallClock + Int64(after / .milliseconds(1)))
            reason += "; Salesforce asked to come again at \(time), not before"
        }
        try await note(
            health.callFailed(
                reason: reason, minimum: after, policy: settings.retry,
                random: environment.random(), now: environment.monotonicClock(),
                wallClock: wallClock))
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
        case .slowDown(let after):
            concurrency.decrease()
            try await fail("\(error)", after: after)
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
    /// allocation anew, because it is a rolling one; so does the first round, when no answer has
    /// told it yet.
    func isBudgetSpent(now: Duration) async throws(DeliveryError) -> Bool {
        let budget = CallBudget(share: settings.budgetShare)
        guard currentUse == nil || budget.isSpent(currentUse) else { return false }
        if health.pause != nil || (currentUse == nil && !hasAskedForAllocation) {
            hasAskedForAllocation = true
            do {
                _ = try await client.limits()
            } catch {
                try await callFailed(error)
                return true
            }
        }
        guard budget.isSpent(currentUse) else { return false }
        try await pause("\(SalesforceError.allocationShareUsed(limit: currentUse?.limit ?? 0))")
        return true
    }

    var currentUse: APIUse? {
        let usage = client.usage
        guard let used = usage.used, let limit = usage.limit else { return nil }
        return APIUse(used: used, limit: limit)
    }
}
