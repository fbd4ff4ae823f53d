import Projection
import Records
import Testing

@testable import Delivery

/// The pure parts that say when something may go on.
@Suite struct WaitingTests {
    // MARK: Retries

    @Test(arguments: [
        (1, 0.0, Duration.milliseconds(50)), (1, 1.0, .milliseconds(500)),
        (2, 1.0, .seconds(1)), (4, 1.0, .seconds(4)), (8, 1.0, .seconds(60)),
        (1_000, 1.0, .seconds(60)),
    ])
    func aDelayDoublesUpToItsCeiling(attempt: Int, random: Double, expected: Duration) {
        let delay = RetryPolicy().delay(attempt: attempt, minimum: nil, random: random)
        #expect(abs((delay - expected) / .milliseconds(1)) < 1)
    }

    @Test func aDelayIsNeverShorterThanSalesforceAsked() {
        let delay = RetryPolicy().delay(attempt: 1, minimum: .seconds(3_600), random: 0)
        #expect(delay == .seconds(3_600))
    }

    @Test func theLastAttemptIsTheLast() {
        let policy = RetryPolicy()
        let last = policy.keyAttemptsMax
        #expect(policy.verdict(attempt: last, minimum: nil, random: 0) == .exhausted)
        #expect(policy.verdict(attempt: last - 1, minimum: nil, random: 0) != .exhausted)
    }

    // MARK: The schedule of keys

    @Test func aPostponedKeyComesAgainAtItsTime() {
        var schedule = RetrySchedule()
        schedule.postpone(1, until: .seconds(10))
        schedule.postpone(2, until: .seconds(20))
        #expect(schedule.ready([1, 2, 3], now: .seconds(5)) == [3])
        #expect(schedule.wait(now: .seconds(5)) == .seconds(5))
        #expect(schedule.ready([1, 2, 3], now: .seconds(10)) == [1, 3])
        #expect(schedule.count == 1)
    }

    @Test func keysThatWaitLongAreToldInTheOrderOfTheirTimes() {
        var schedule = RetrySchedule()
        schedule.postpone(1, until: .seconds(3_600))
        schedule.postpone(2, until: .seconds(60))
        schedule.postpone(3, until: .seconds(61))
        let waiting = schedule.waiting(longerThan: .seconds(60), now: .zero)
        #expect(waiting.map(\.key) == [3, 1])
        #expect(waiting.map(\.until) == [.seconds(61), .seconds(3_600)])
    }

    /// A wait of nothing would make its caller spin.
    @Test func aWaitThatIsOverIsNoWait() {
        var schedule = RetrySchedule()
        schedule.postpone(1, until: .seconds(10))
        #expect(schedule.wait(now: .seconds(10)) == nil)
        var stopped = StoppedObjects()
        _ = stopped.stop("Contact", reason: "why", now: .zero, wallClock: 0)
        #expect(stopped.wait(now: StoppedObjects.trialInterval) == nil)
        #expect(Health().remaining(now: .zero) == nil)
    }

    // MARK: Fences

    private func doubtful(
        _ intent: UInt64, _ index: Int = 0, sentBy: BootMoment? = nil
    ) -> OpenOperation {
        OpenOperation(
            intent: intent, index: index, kind: .create, isIdempotent: false, sentAt: 0,
            isInDoubt: true, sentBy: sentBy, keys: [])
    }

    @Test func aFenceBeginsAtTheLaterOfSendingAndOurStart() {
        var fences = Fences(length: .seconds(900), startedAt: .seconds(100), boot: "boot")
        fences.sent(intent: 1, indexes: [0], at: .seconds(50))
        fences.sent(intent: 2, indexes: [0], at: .seconds(300))
        let now = Duration.seconds(400)
        #expect(fences.deadline(of: doubtful(1), now: now) == .seconds(1_000))
        #expect(fences.deadline(of: doubtful(2), now: now) == .seconds(1_200))
        // Sent by the process before.
        #expect(fences.deadline(of: doubtful(3), now: now) == .seconds(1_000))
    }

    /// What another process sent, for one that started at 5,000 s and looks at 5,010 s.
    struct EarlierSending: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let moment: BootMoment?
        let boot: String?
        let deadline: Duration

        init(_ name: String, _ moment: BootMoment?, boot: String? = "boot", _ deadline: Duration) {
            testDescription = name
            self.moment = moment
            self.boot = boot
            self.deadline = deadline
        }
    }

    private static func moment(_ second: Int64, _ boot: String = "boot") -> BootMoment {
        BootMoment(boot: boot, milliseconds: second * 1_000)
    }

    static let earlierSendings = [
        EarlierSending("the log does not tell", nil, .seconds(5_900)),
        EarlierSending("earlier in this boot", moment(1_000), .seconds(1_900)),
        EarlierSending("just before our start", moment(4_999), .seconds(5_899)),
        EarlierSending("said by ourselves at our start", moment(5_001), .seconds(5_901)),
        EarlierSending("in another boot", moment(1_000, "before"), .seconds(5_900)),
        EarlierSending("a boot that has no name", moment(1_000), boot: nil, .seconds(5_900)),
        EarlierSending("still to come", moment(6_000), .seconds(5_900)),
    ]

    @Test(arguments: earlierSendings)
    func aFenceGoesOnWhereTheLogTellsByThisBootsClock(_ sending: EarlierSending) {
        let fences = Fences(
            length: .seconds(900), startedAt: .seconds(5_000), boot: sending.boot)
        let operation = doubtful(1, sentBy: sending.moment)
        #expect(fences.deadline(of: operation, now: .seconds(5_010)) == sending.deadline)
    }

    @Test func whatWeSentOurselvesCountsFromOurOwnSending() {
        var fences = Fences(length: .seconds(900), startedAt: .seconds(100), boot: "boot")
        fences.sent(intent: 1, indexes: [0], at: .seconds(300))
        let operation = doubtful(1, sentBy: Self.moment(200))
        #expect(fences.deadline(of: operation, now: .seconds(400)) == .seconds(1_200))
    }

    @Test func onlyOperationsInDoubtPassAFence() {
        let fences = Fences(length: .seconds(900), startedAt: .zero, boot: nil)
        var awaited = doubtful(1)
        awaited.isInDoubt = false
        let open = [awaited, doubtful(2)]
        #expect(fences.passed(open, now: .seconds(899)).isEmpty)
        #expect(fences.passed(open, now: .seconds(900)).map(\.intent) == [2])
        #expect(fences.wait(open, now: .seconds(800)) == .seconds(100))
        #expect(fences.wait([awaited], now: .seconds(800)) == nil)
    }

    // MARK: Budget

    struct Spending: Sendable {
        let used: Int
        let limit: Int
        let remaining: Int?
    }

    @Test(arguments: [
        // One call is kept for probes.
        Spending(used: 0, limit: 100, remaining: 79),
        Spending(used: 78, limit: 100, remaining: 1),
        Spending(used: 79, limit: 100, remaining: 0),
        Spending(used: 500, limit: 100, remaining: 0),
        Spending(used: 5, limit: 0, remaining: nil),
    ])
    func theBudgetIsTheShareOfTheAllocation(_ spending: Spending) {
        let budget = CallBudget(share: 0.8)
        let use = APIUse(used: spending.used, limit: spending.limit)
        #expect(budget.remaining(use) == spending.remaining)
        #expect(budget.isSpent(use) == (spending.remaining == 0))
        #expect(budget.remaining(nil) == nil)
    }

    @Test func aRoundTakesNoMoreKeysThanTheCallsLeftCanServe() {
        let budget = CallBudget(share: 1)
        #expect(budget.keyCountMax(nil) == .max)
        #expect(budget.keyCountMax(APIUse(used: 89, limit: 100)) == 250)
        #expect(budget.keyCountMax(APIUse(used: 98, limit: 100)) == 50)
    }
}
