import Testing

@testable import Delivery

@Suite struct HealthTests {
    private func fail(
        _ health: inout Health, at now: Duration = .zero, wall: Int64 = 0
    ) -> Health.Change {
        health.callFailed(
            reason: "nobody", minimum: nil, policy: RetryPolicy(), random: 1, now: now,
            wallClock: wall)
    }

    @Test func oneFailureIsNoPauseAndTwoAreSinceTheFirst() {
        var health = Health()
        #expect(fail(&health, wall: 7) == .none)
        #expect(health.wait(now: .zero) == .milliseconds(500))
        #expect(
            fail(&health, wall: 9) == .paused(Health.Pause(reason: "nobody", since: 7)))
        #expect(health.wait(now: .zero) == .seconds(1))
        #expect(fail(&health, wall: 11) == .none)
        #expect(health.pause?.since == 7)
    }

    private func failLong(
        _ health: inout Health, _ reason: String, minimum: Duration, wall: Int64 = 0
    ) -> Health.Change {
        health.callFailed(
            reason: reason, minimum: minimum, policy: RetryPolicy(), random: 1, now: .zero,
            wallClock: wall)
    }

    /// Nobody should have to find out by waiting.
    @Test func aWaitBeyondAnyBackOffIsAPauseFromTheFirst() {
        var health = Health()
        #expect(failLong(&health, "busy", minimum: RetryPolicy().delayMax) == .none)
        _ = health.callSucceeded()
        #expect(
            failLong(&health, "until noon", minimum: .seconds(3_600), wall: 7)
                == .paused(Health.Pause(reason: "until noon", since: 7)))
        #expect(health.wait(now: .zero) == .seconds(3_600))
        // The next one says its own time, and the same one nothing.
        #expect(
            failLong(&health, "until one", minimum: .seconds(3_600), wall: 9)
                == .paused(Health.Pause(reason: "until one", since: 7)))
        #expect(failLong(&health, "until one", minimum: .seconds(3_600)) == .none)
    }

    @Test func aSuccessEndsThePauseOnce() {
        var health = Health()
        _ = fail(&health)
        _ = fail(&health)
        #expect(health.callSucceeded() == .resumed)
        #expect(health.callSucceeded() == .none)
        #expect(health.wait(now: .zero) == .zero)
        #expect(fail(&health) == .none)
    }

    @Test func whatOnlyTimeMendsIsProbedRarely() {
        var health = Health()
        #expect(
            health.stop(reason: "used up", now: .zero, wallClock: 5)
                == .paused(Health.Pause(reason: "used up", since: 5)))
        #expect(health.wait(now: .zero) == Health.probeInterval)
        #expect(health.remaining(now: Health.probeInterval) == nil)
        #expect(health.stop(reason: "used up", now: .seconds(9), wallClock: 6) == .none)
    }

    /// Another reason, but nothing has gone out since the first.
    @Test func aPauseKeepsItsBeginningWhenItsReasonChanges() {
        var health = Health()
        _ = health.stop(reason: "one", now: .zero, wallClock: 5)
        #expect(
            health.stop(reason: "two", now: .zero, wallClock: 9)
                == .paused(Health.Pause(reason: "two", since: 5)))
    }

    /// What was wrong may change too: refused credentials, then nobody there.
    @Test func aRowOfFailuresSaysOnceWhatIsWrongNow() {
        var health = Health()
        _ = health.stop(reason: "refused", now: .zero, wallClock: 5)
        #expect(fail(&health, wall: 7) == .none)
        #expect(fail(&health, wall: 9) == .paused(Health.Pause(reason: "nobody", since: 5)))
        #expect(fail(&health, wall: 11) == .none)
        _ = health.stop(reason: "refused", now: .zero, wallClock: 13)
        _ = fail(&health, wall: 15)
        #expect(fail(&health, wall: 17) == .paused(Health.Pause(reason: "nobody", since: 5)))
    }

    @Test func aPauseOfTheProcessBeforeIsProbedAtOnce() {
        let health = Health(pause: Health.Pause(reason: "before", since: 1))
        #expect(health.wait(now: .zero) == .zero)
        #expect(health.pause?.reason == "before")
    }
}
