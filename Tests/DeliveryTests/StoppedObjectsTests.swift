import Projection
import Testing

@testable import Delivery

@Suite struct StoppedObjectsTests {
    private let start: Duration = .seconds(100)

    @Test func aStoppedObjectTakesNoKeysUntilItsTrialAndThenOne() {
        var stopped = StoppedObjects()
        #expect(stopped.keyCountMax(of: "Contact", now: start) == .max)
        let entry = stopped.stop("Contact", reason: "why", now: start, wallClock: 5)
        #expect(entry == ObjectStopEntry(object: "Contact", reason: "why", since: 5))
        #expect(stopped.keyCountMax(of: "Contact", now: start) == 0)
        #expect(stopped.keyCountMax(of: "Lead", now: start) == .max)
        #expect(
            stopped.keyCountMax(of: "Contact", now: start + StoppedObjects.trialInterval) == 1)
    }

    @Test func theSameReasonIsSaidOnceAndKeepsItsBeginning() {
        var stopped = StoppedObjects()
        _ = stopped.stop("Contact", reason: "why", now: start, wallClock: 5)
        let later = start + StoppedObjects.trialInterval
        let again = stopped.stop("Contact", reason: "why", now: later, wallClock: 9)
        #expect(again == nil)
        #expect(stopped.keyCountMax(of: "Contact", now: later) == 0)
        let other = stopped.stop("Contact", reason: "another", now: later, wallClock: 9)
        #expect(other?.since == 5)
    }

    @Test func theDescriptionIsLookedAtAtIntervals() {
        var stopped = StoppedObjects()
        let isDueBefore = stopped.isLookDue(now: start)
        #expect(!isDueBefore)
        _ = stopped.stop("Contact", reason: "why", now: start, wallClock: 5)
        #expect(stopped.wait(now: start) == StoppedObjects.lookInterval)
        let due = start + StoppedObjects.lookInterval
        let areDue = [start, due, due].map { stopped.isLookDue(now: $0) }
        #expect(areDue == [false, true, false])
    }

    @Test func whatGoesOnIsForgotten() {
        var stopped = StoppedObjects(
            [
                ObjectStopEntry(object: "Contact", reason: "why", since: 5),
                ObjectStopEntry(object: "Lead", reason: "why", since: 6),
            ], now: start)
        // After a start both are tried at once.
        #expect(stopped.keyCountMax(of: "Lead", now: start) == 1)
        stopped.keepOnly(["Contact"])
        #expect(stopped.keyCountMax(of: "Lead", now: start) == .max)
        let resumed = [stopped.resume("Contact"), stopped.resume("Contact")]
        #expect(resumed == [true, false])
        #expect(stopped.isEmpty)
        #expect(stopped.wait(now: start) == nil)
    }
}
