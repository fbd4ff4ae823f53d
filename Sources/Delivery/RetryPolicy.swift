/// When something that asked to come again is tried again: exponential with full jitter, capped.
///
/// The ceiling doubles from ``baseDelay``: 0.5 s, 1 s, 2 s, 4 s … up to ``delayMax``. The wait is a
/// random part of it, at least a tenth, so that records which collided once do not collide again.
package struct RetryPolicy: Sendable, Hashable {
    package var baseDelay: Duration = .milliseconds(500)
    package var delayMax: Duration = .seconds(60)
    /// Whether a wait is longer than any back-off of ours, because Salesforce named its length, or
    /// is known to need it: then it is told to whoever watches, and no pass stands still for it.
    package func isBeyondBackOff(_ wait: Duration) -> Bool { wait > delayMax }

    /// Answers in a row for one key that asked to come again; the next one parks it.
    package var keyAttemptsMax = 8
    /// Doublings beyond this would overflow nothing but add nothing either.
    private static let doublingsMax = 20

    package init() {}

    package enum Verdict: Sendable, Hashable {
        case again(after: Duration)
        case exhausted
    }

    /// - Parameters:
    ///   - attempt: which attempt failed, from 1.
    ///   - minimum: not before this, when Salesforce named a time.
    ///   - random: uniform in 0..<1.
    package func verdict(attempt: Int, minimum: Duration?, random: Double) -> Verdict {
        guard attempt < keyAttemptsMax else { return .exhausted }
        return .again(after: delay(attempt: attempt, minimum: minimum, random: random))
    }

    /// The wait after the failed attempt `attempt`, without an end to attempts: for calls that
    /// concern the whole org.
    package func delay(attempt: Int, minimum: Duration?, random: Double) -> Duration {
        let doublings = min(max(0, attempt - 1), Self.doublingsMax)
        let ceiling = min(baseDelay * (1 << doublings), delayMax)
        let jittered = ceiling * (0.1 + 0.9 * random)
        return max(jittered, minimum ?? .zero)
    }
}
