import Events
import TestSupport
import Testing

@testable import Projection

@Suite struct SourceTotalsTests {
    private func event(_ number: Int, from source: String, at time: Int64) -> Event {
        Event(
            source: source, messageID: "m-\(number)", receivedAt: time,
            bytes: Array(#"{"type":"track","event":"E"}"#.utf8))
    }

    @Test func everySourceIsCountedWithWhenItWasLastHeard() async throws {
        try await withProjection(TestActions.upsert) { bench in
            let long = String(repeating: "s", count: 600)
            _ = try await bench.log.append([
                event(1, from: "website", at: 10), event(2, from: "app", at: 30),
                event(3, from: "website", at: 20), event(4, from: long, at: 5),
            ])
            try bench.project()
            var (through, totals) = try bench.state.sources()
            #expect(through == 5)
            #expect(totals.mapValues(\.eventCount) == ["website": 2, "app": 1, long: 1])
            #expect(totals["website"]?.lastReceivedAt == 20)
            // Another configuration folds the log anew, and counts nothing twice.
            try await bench.configure(TestActions.upsert + "," + TestActions.update)
            _ = try await bench.log.append([event(5, from: "app", at: 40)])
            try bench.project()
            (through, totals) = try bench.state.sources()
            #expect(totals.mapValues(\.eventCount) == ["website": 2, "app": 2, long: 1])
            #expect(totals["app"]?.lastReceivedAt == 40)
        }
    }
}
