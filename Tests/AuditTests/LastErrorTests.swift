import Audit
import EventLog
import Events
import Projection
import Records
import Testing

/// What went wrong last is told without a walk over the log, and without anybody's values.
@Suite struct LastErrorTests {
    private func failed(_ code: String) -> OperationResult {
        OperationResult(
            index: 0, status: .failed, code: code, message: "invalid: ann@example.com")
    }

    @Test func withoutAnAnswerOrWithGoodOnesThereIsNone() async throws {
        try await withAuditBench { bench in
            #expect(try LastError.read(log: bench.log.reader()) == nil)
            let intent = try await bench.send(.init(email: "ann@example.com"))
            try await bench.answer(intent, OperationResult(index: 0, status: .succeeded))
            #expect(try LastError.read(log: bench.log.reader()) == nil)
        }
    }

    @Test func theNewestIsToldWithItsObjectAndCodeAndNoValues() async throws {
        try await withAuditBench { bench in
            let first = try await bench.send(.init(email: "ann@example.com"))
            try await bench.answer(first, failed("INVALID_EMAIL_ADDRESS"))
            let second = try await bench.send(.init(email: "bob@example.com"))
            try await bench.answer(second, OperationResult(index: 0, status: .succeeded))
            let found = try #require(try LastError.read(log: bench.log.reader()))
            #expect(found.object == "Contact" && found.code == "INVALID_EMAIL_ADDRESS")
            #expect(found.position == first + 1)
            #expect(found.at == "2025-06-15T15:06:40.000Z")
            #expect(!"\(found)".contains("ann@example.com"))

            try await bench.append(
                OutcomeEntry(pause: PauseEntry(reason: "Salesforce is away.", since: 0)))
            let pause = try #require(try LastError.read(log: bench.log.reader()))
            #expect(pause.code == "paused" && pause.message == "Salesforce is away.")
            #expect(pause.object == nil)
        }
    }

    @Test func aKeyThatIsBlockedCountsUnlessItOnlyWaits() async throws {
        try await withAuditBench { bench in
            func block(_ reason: ParkReason) async throws {
                let key = KeyVersion(key: .email("ann@example.com"), version: 2)
                let blocked = BlockedEntry(
                    key: key, reason: reason, status: 300, message: "two", recordIDs: [])
                try await bench.append(OutcomeEntry(blocked: [blocked]))
            }
            try await block(.ambiguous)
            try await block(.waitingForParent)
            try await block(.held)
            let found = try #require(try LastError.read(log: bench.log.reader()))
            #expect(found.code == "ambiguous" && found.position == 2)
        }
    }

    @Test func onlyTheLatestAnswersAreLookedAtHoweverManyEventsLieBetween() async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(.init(email: "ann@example.com"))
            try await bench.answer(intent, failed("OLD"))
            for number in 0..<10 {
                try await bench.append(OutcomeEntry(api: APIUse(used: number, limit: 100)))
            }
            let events = (0..<5_000).map { number in
                Event(
                    source: "web", messageID: "m-\(number)", receivedAt: AuditBench.receivedAt,
                    bytes: Array(#"{"type":"identify"}"#.utf8))
            }
            _ = try await bench.log.append(events)
            let log = bench.log.reader()
            #expect(try LastError.read(log: log, outcomeCountMax: 10) == nil)
            #expect(try LastError.read(log: log, outcomeCountMax: 11)?.code == "OLD")
        }
    }
}
