import Projection
import Records
import SalesforceEmulator
import Testing

@testable import Delivery

/// What Salesforce asks to come again for much later: a pass says so and ends, and does not stand
/// still for an hour.
@Suite struct LaterTests {
    private static let locked = FaultEffect.itemErrors([
        ItemError(index: 0, code: "ENTITY_IS_LOCKED", message: "the record is being approved")
    ])

    @Test func aPassEndsBesideARecordThatIsLockedForAnHour() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, Self.locked))
            try await bench.send(TestPerson(1), TestPerson(2))
            let before = bench.clock.now
            let result = try await bench.settle()
            #expect(bench.clock.now - before < .seconds(60))
            #expect(!result.isComplete)
            #expect(result.last.pause == nil)
            #expect(result.waiting.map(\.key.fields) == [["Email": "p1@example.com"]])
            let until = try #require(result.waiting.first).until
            #expect(until > bench.clock.wall + 3_500_000 && until <= bench.clock.wall + 3_600_000)
            #expect(bench.contacts() == ["p2@example.com Ann Lee2"], "the other key went on")
            // When the time has come it goes by itself.
            #expect(try #require(result.last.wait) <= .seconds(3_600))
            bench.clock.advance(by: .seconds(3_601))
            let later = try await bench.settle()
            #expect(later.isComplete && later.waiting.isEmpty)
            #expect(bench.contacts().count == 2)
        }
    }

    /// Our own back-off is waited out, as far as it goes.
    @Test func aPassWaitsForWhatComesAgainWithinAMinute() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, times: 7, .lockRow(items: [0])))
            try await bench.send(TestPerson(1))
            let result = try await bench.settle()
            #expect(result.isComplete && result.waiting.isEmpty)
            #expect(bench.contacts().count == 1)
        }
    }

    /// A read that is refused until then pauses at once, and says until when.
    @Test func aLongRetryAfterIsAPauseFromTheFirst() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .query, .unavailable(retryAfterSeconds: 3_600)))
            try await bench.send(TestPerson(1))
            let before = bench.clock.now
            let result = try await bench.settle()
            #expect(bench.clock.now - before < .seconds(60))
            let pause = try #require(result.last.pause)
            #expect(pause.reason.contains("Salesforce asked to come again at 2025-10-09T"))
            #expect(try bench.projector.state.pause()?.reason == pause.reason)
            #expect(!result.isComplete)
            #expect(bench.contacts().isEmpty)
            bench.clock.advance(by: .seconds(3_601))
            #expect(try await bench.settle().isComplete)
            #expect(try bench.projector.state.pause() == nil)
            #expect(bench.contacts().count == 1)
        }
    }

    @Test func aShortRetryAfterIsWaitedOut() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .query, .unavailable(retryAfterSeconds: 60)))
            try await bench.send(TestPerson(1))
            let before = bench.clock.now
            #expect(try await bench.settle().isComplete)
            #expect(bench.clock.now - before >= .seconds(60))
            #expect(try bench.outcomes().allSatisfy { $0.pause == nil })
        }
    }
}
