import Testing

@testable import Ingest

@Suite struct EventRateTests {
    @Test func steadySenderAtTheRateIsNeverStopped() {
        var bucket = TokenBucket(perSecond: 10, at: 0)
        for step in 0..<1_000 { #expect(bucket.take(1, at: Int64(step) * 100) == nil) }
    }

    @Test func burstMayUseASecondsWorthAndThenWaits() {
        var bucket = TokenBucket(perSecond: 10, at: 0)
        for _ in 0..<10 { #expect(bucket.take(1, at: 0) == nil) }
        #expect(bucket.take(1, at: 0) == 1)
        #expect(bucket.take(1, at: 1) == nil)
        // One was taken against a hundredth: the rest must come first.
        #expect(bucket.take(1, at: 1) == 100)
        #expect(bucket.take(1, at: 100) == 1)
        #expect(bucket.take(1, at: 101) == nil)
    }

    @Test func batchLargerThanTheRateGetsThroughAndIsPaidForAfterwards() {
        var bucket = TokenBucket(perSecond: 10, at: 0)
        #expect(bucket.take(100, at: 0) == nil)
        #expect(bucket.take(1, at: 0) == 9_001)
        #expect(bucket.take(1, at: 9_000) == 1)
        #expect(bucket.take(1, at: 9_001) == nil)
    }

    @Test func clockThatGoesBackOrFarAheadChangesNothingElse() {
        var bucket = TokenBucket(perSecond: 10, at: 1_000_000)
        for _ in 0..<10 { #expect(bucket.take(1, at: 0) == nil) }
        #expect(bucket.take(1, at: 0) == 1)
        #expect(bucket.take(1, at: .max) == nil)
    }

    @Test func sourcesAreCountedApart() throws {
        let rate = EventRate(perSecond: 1)
        try rate.take(1, of: "website", at: 0)
        #expect(throws: Refusal.self) { try rate.take(1, of: "website", at: 0) }
        try rate.take(1, of: "backend", at: 0)
        let unlimited = EventRate(perSecond: nil)
        for _ in 0..<100 { try unlimited.take(1_000, of: "website", at: 0) }
    }

    @Test func sourceThatSendsTooMuchIsToldWhenToTryAgain() async throws {
        var limits = IngestLimits()
        limits.eventsPerSecondMax = 1
        try await RunningServer.run(limits: limits) { server in
            // The server's clock stands still, so nothing is filled up meanwhile.
            let events = (0..<3).map { _ in #"{"type":"page","userId":"u"}"# }
            let batch = #"{"batch":[\#(events.joined(separator: ","))]}"#
            #expect(try await server.post("/v1/batch", batch).status == 200)
            let answer = try await server.post("/v1/batch", batch)
            #expect(answer.status == 429)
            #expect(answer.headers["retry-after"] == "3")
            #expect(try answer.value("code") == .string("too-many-events-a-second"))
            let other = [("Authorization", "Bearer backend-key")]
            #expect(try await server.post("/v1/batch", batch, headers: other).status == 200)
        }
    }
}
