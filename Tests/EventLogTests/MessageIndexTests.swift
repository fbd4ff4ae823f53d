import Events
import TestSupport
import Testing

@testable import EventLog

@Suite struct MessageIndexTests {
    @Test func aRepeatedMessageIsADuplicateAndAChangedOneAConflict() async throws {
        try await withTemporaryFolder { folder async throws in
            try await withLog(in: folder) { log, _ async throws in
                #expect(try await log.append([event(1)]) == [.accepted(Position(1))])
                #expect(try await log.append([event(1)]) == [.duplicate(Position(1))])
                let changed = event(1, body: #"{"type":"identify","userId":"other"}"#)
                #expect(try await log.append([changed]) == [.conflict(Position(1))])
                #expect(log.lastPosition == Position(1))
            }
            // There is no window: another run knows the id as well.
            try await withLog(in: folder) { log, _ async throws in
                #expect(try await log.append([event(1)]) == [.duplicate(Position(1))])
                let stored = try log.reader().entry(at: Position(1)).map(EventBody.decode)
                #expect(stored == event(1))
            }
        }
    }

    @Test func anIdIsTakenOncePerSource() async throws {
        try await withLog { log, _ async throws in
            let events = [event(1, source: "a"), event(1, source: "b"), event(1, source: "a")]
            let expected: [AppendResult] = [
                .accepted(Position(1)), .accepted(Position(2)), .duplicate(Position(1)),
            ]
            #expect(try await log.append(events) == expected)
            let reader = log.reader()
            #expect(try reader.position(source: "b", messageID: "m1") == Position(2))
            #expect(try reader.position(source: "c", messageID: "m1") == nil)
        }
    }

    /// The name and the id are kept apart by a byte that no name holds.
    @Test func sourceAndIdDoNotRunIntoEachOther() async throws {
        try await withLog { log, _ async throws in
            let events = [("ab", "c"), ("a", "bc")].map { source, id in
                Event(source: source, messageID: id, receivedAt: 0, bytes: [123, 125])
            }
            let results = try await log.append(events)
            #expect(results == [.accepted(Position(1)), .accepted(Position(2))])
        }
    }

    @Test func equalIdsInsideOneCallBehaveAsInSeveral() async throws {
        try await withLog { log, _ async throws in
            let other = event(1, body: #"{"type":"track"}"#)
            let results = try await log.append([event(1), event(1), other, event(2), event(1)])
            let expected: [AppendResult] = [
                .accepted(Position(1)), .duplicate(Position(1)), .conflict(Position(1)),
                .accepted(Position(2)), .duplicate(Position(1)),
            ]
            #expect(results == expected)
            #expect(log.lastPosition == Position(2))
        }
    }

    @Test func ofManyProducersWithOneIdOneIsAccepted() async throws {
        try await withLog { log, _ async throws in
            let results = try await withThrowingTaskGroup(of: AppendResult.self) { group in
                for _ in 0..<50 { group.addTask { try await log.append([event(1)])[0] } }
                return try await group.reduce(into: [AppendResult]()) { $0.append($1) }
            }
            #expect(results.count { $0 == .accepted(Position(1)) } == 1)
            #expect(results.count { $0 == .duplicate(Position(1)) } == 49)
        }
    }

    @Test func aRetryMayBeStampedAnew() async throws {
        func sent(_ time: String, shared: String = "") -> Event {
            Event(
                source: "s", messageID: "m", receivedAt: 5,
                bytes: Array(#"{"type":"track","sentAt":"\#(time)"}"#.utf8),
                shared: Array(shared.utf8))
        }
        try await withLog { log, _ async throws in
            _ = try await log.append([sent("2026-01-01T00:00:00Z")])
            let again = sent("2026-01-01T00:00:09Z", shared: #"{"sentAt":"2026-01-01T00:00:09Z"}"#)
            #expect(try await log.append([again]) == [.duplicate(Position(1))])
            let other = sent("2026-01-01T00:00:00Z", shared: #"{"context":{"ip":"192.0.2.1"}}"#)
            #expect(try await log.append([other]) == [.conflict(Position(1))])
        }
    }
}
