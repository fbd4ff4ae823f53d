import EventLog
import Synchronization

/// Whether the log took what it was last given: what `/readyz` answers.
final class StorageHealth: Sendable {
    private struct Failure {
        let error: LogError
        let at: Int64
    }

    private let last = Mutex<Failure?>(nil)
    /// Read on every success, so that the lock is taken only when there is something to clear.
    private let hasFailure = Atomic<Bool>(false)

    /// A failure counts for this long. Whoever obeys `/readyz` sends nothing meanwhile, so that
    /// only time can show whether there is room again.
    private static let memory: Int64 = 10_000

    func noteSuccess() {
        guard hasFailure.load(ordering: .relaxed) else { return }
        last.withLock { $0 = nil }
        hasFailure.store(false, ordering: .relaxed)
    }

    /// A busy log is healthy; a full one is not until something is stored again.
    ///
    /// - Parameter time: milliseconds since 1970-01-01T00:00:00Z.
    func note(_ error: LogError, at time: Int64) {
        switch error {
        case .overloaded, .entryTooLarge, .batchTooLarge: return
        default:
            last.withLock { $0 = Failure(error: error, at: time) }
            hasFailure.store(true, ordering: .relaxed)
        }
    }

    /// What keeps the log from taking events at `time`; `nil` when nothing is known to.
    func problem(of log: LogWriter, at time: Int64) -> LogError? {
        if log.isBroken { return .broken(reason: "a commit failed") }
        guard let failure = last.withLock({ $0 }), time - failure.at < Self.memory else {
            return nil
        }
        return failure.error
    }
}
