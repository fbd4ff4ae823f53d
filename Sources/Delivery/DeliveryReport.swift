import Projection

/// What delivery has done since it began: the result of `sync` and `apply`.
package struct DeliveryReport: Sendable, Hashable {
    package var created = 0
    package var updated = 0
    package var deleted = 0
    /// Keys that were looked at and already agreed.
    package var unchanged = 0
    /// Keys that became parked by an answer or by looking.
    package var failed = 0
    package var apiCalls = 0

    package init() {}

    mutating func count(_ results: [OperationResult], of operations: [IntentOperation]) {
        for result in results {
            switch result.status {
            case .succeeded: count(operations[result.index].kind, wasCreated: result.wasCreated)
            case .failed: failed += 1
            case .again, .inDoubt: break
            }
        }
    }

    mutating func count(_ results: [OperationResult], of kind: OperationKind) {
        for result in results {
            switch result.status {
            case .succeeded: count(kind, wasCreated: result.wasCreated)
            case .failed: failed += 1
            case .again, .inDoubt: break
            }
        }
    }

    /// An upsert that found its record after all has updated it.
    private mutating func count(_ kind: OperationKind, wasCreated: Bool?) {
        switch kind {
        case .create: if wasCreated == false { updated += 1 } else { created += 1 }
        case .update: updated += 1
        case .delete: deleted += 1
        }
    }
}

/// What a step left to do, and when it can go on.
package struct StepResult: Sendable, Hashable {
    /// Something was done: another step may find more at once.
    package let didWork: Bool
    /// Until the earliest back-off, fence or probe ends; `nil` when only new entries bring work.
    package let wait: Duration?
    /// Why nothing is sent, if so.
    package let pause: Health.Pause?
    /// Keys that need work and may not be worked on yet, or cannot be while paused.
    package let dirtyCount: Int
    /// Operations behind their fence that hold their keys back.
    package let inDoubtCount: Int
    /// The objects of the configuration are described; until then events wait in the log.
    package let isDescribed: Bool
    /// Jobs of Bulk API 2.0 that are under way.
    package var jobCount = 0
}

extension DeliveryReport {
    /// What has been done since `earlier`.
    package func since(_ earlier: DeliveryReport) -> DeliveryReport {
        var difference = self
        difference.created -= earlier.created
        difference.updated -= earlier.updated
        difference.deleted -= earlier.deleted
        difference.unchanged -= earlier.unchanged
        difference.failed -= earlier.failed
        difference.apiCalls -= earlier.apiCalls
        return difference
    }
}
