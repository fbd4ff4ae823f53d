import Salesforce

/// Whether calls to Salesforce go out at present: running, or paused with a reason and the moment
/// of the next probe. Pure: it is told what happened and when.
package struct Health: Sendable, Hashable {
    /// Calls in a row that found nobody before it is called a pause: one failure is weather.
    static let failuresBeforePause = 2
    /// Between probes while the allocation is used up or credentials are refused: asking more often
    /// only costs calls, and repeated refusals may lock the user out.
    static let probeInterval: Duration = .seconds(15 * 60)

    package struct Pause: Sendable, Hashable {
        package let reason: String
        /// Milliseconds since 1970.
        package let since: Int64
    }

    /// What the caller has to write into the log.
    package enum Change: Sendable, Hashable {
        case none
        case paused(Pause)
        case resumed
    }

    package private(set) var pause: Pause?
    private var failures = 0
    private var firstFailureAt: Int64?
    private var nextAttemptAt: Duration?

    package init(pause: Pause? = nil) { self.pause = pause }

    /// How long to wait before the next call; zero when one may go out now.
    package func wait(now: Duration) -> Duration {
        max(.zero, (nextAttemptAt ?? now) - now)
    }

    /// ``wait(now:)`` while there is something to wait for; `nil` when calls may go out.
    package func remaining(now: Duration) -> Duration? {
        let wait = wait(now: now)
        return wait > .zero ? wait : nil
    }

    /// The next call may go out now.
    package mutating func hurry() { nextAttemptAt = nil }

    package mutating func callSucceeded() -> Change {
        failures = 0
        firstFailureAt = nil
        nextAttemptAt = nil
        guard pause != nil else { return .none }
        pause = nil
        return .resumed
    }

    /// A call that concerns the whole org did not come through, and may be made again. A second one
    /// in a row is a pause; so is the first when it brings a wait beyond any back-off.
    package mutating func callFailed(
        reason: String, minimum: Duration?, policy: RetryPolicy, random: Double, now: Duration,
        wallClock: Int64
    ) -> Change {
        failures += 1
        firstFailureAt = firstFailureAt ?? wallClock
        let wait = policy.delay(attempt: failures, minimum: minimum, random: random)
        nextAttemptAt = now + wait
        let isLong = policy.isBeyondBackOff(wait)
        guard failures >= Self.failuresBeforePause || isLong else { return .none }
        guard let pause else {
            return begin(Pause(reason: reason, since: firstFailureAt ?? wallClock))
        }
        // What was wrong before is no longer what is. Said once in a row of failures, or once for
        // a long wait: the reasons of each would fill the log.
        guard failures == Self.failuresBeforePause || isLong, pause.reason != reason else {
            return .none
        }
        return begin(Pause(reason: reason, since: pause.since))
    }

    /// Something that only time or a person mends.
    package mutating func stop(reason: String, now: Duration, wallClock: Int64) -> Change {
        failures = 0
        nextAttemptAt = now + Self.probeInterval
        guard pause?.reason != reason else { return .none }
        // For another reason, but nothing has been sent since the first.
        return begin(Pause(reason: reason, since: pause?.since ?? firstFailureAt ?? wallClock))
    }

    private mutating func begin(_ pause: Pause) -> Change {
        self.pause = pause
        return .paused(pause)
    }
}
