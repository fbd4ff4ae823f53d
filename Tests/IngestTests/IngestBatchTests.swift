import EventLog
import Events
import Ingest
import Testing

@Suite struct IngestBatchTests {
    private static let mixed = #"""
        {"sentAt":"2026-01-02T03:04:05Z","context":{"ip":"1.2.3.4"},"batch":[
        {"type":"identify","userId":"a","messageId":"1"},
        {"type":"identify","messageId":"2"},
        {"type":"track","userId":"a","event":"e","messageId":"3","properties":{"n":NaN}},
        {"type":"page","userId":"a","messageId":"4"}]}
        """#

    @Test func badEventsAreToldAndTheGoodOnesAreKept() async throws {
        try await RunningServer.run { server in
            let answer = try await server.post("/v1/batch", Self.mixed)
            #expect(answer.status == 200)
            #expect(try answer.value("success") == .boolean(true))
            #expect(try answer.value("accepted") == .number("2"))
            #expect(try answer.value("duplicates") == .number("0"))
            #expect(try answer.value("rejected[0].index") == .number("1"))
            #expect(try answer.value("rejected[0].code") == .string("missing-field"))
            #expect(try answer.value("rejected[0].field") == .string("userId"))
            #expect(try answer.value("rejected[1].index") == .number("2"))
            #expect(try answer.value("rejected[1].code") == .string("not-a-number"))
            #expect(try answer.value("rejected[1].field") == .string("properties.n"))
            // The byte counts from the start of the request.
            let place = try #require(Self.mixed.utf8.firstIndex(of: UInt8(ascii: "N")))
            let offset = Self.mixed.utf8.distance(from: Self.mixed.utf8.startIndex, to: place)
            #expect(try answer.value("rejected[1].byte") == .number(String(offset)))
            #expect(try answer.value("rejected[2]") == nil)

            let events = try server.events()
            #expect(events.map(\.messageID) == ["1", "4"])
            #expect(events.first?.string(at: JSONPath(["context", "ip"])) == "1.2.3.4")
        }
    }

    @Test func strictModeRefusesTheWholeBatch() async throws {
        try await RunningServer.run { server in
            let headers = [("Authorization", "Bearer website-key"), ("X-Strict-Mode", "1")]
            let answer = try await server.post("/v1/batch", Self.mixed, headers: headers)
            #expect(answer.status == 400)
            #expect(try answer.value("success") == .boolean(false))
            #expect(try answer.value("accepted") == .number("0"))
            #expect(try answer.value("rejected[0].index") == .number("1"))
            #expect(try answer.value("rejected[1].index") == .number("2"))
            #expect(server.log.lastPosition == .zero)

            let good = #"{"batch":[{"type":"page","userId":"a","messageId":"9"}]}"#
            #expect(try await server.post("/v1/batch", good, headers: headers).status == 200)
        }
    }

    @Test func retriedBatchIsAllDuplicates() async throws {
        try await RunningServer.run { server in
            _ = try await server.post("/v1/batch", Self.mixed)
            let retry = Self.mixed.replacing("03:04:05Z", with: "03:05:05Z")
            let answer = try await server.post("/v1/batch", retry)
            #expect(answer.status == 200)
            #expect(try answer.value("accepted") == .number("0"))
            #expect(try answer.value("duplicates") == .number("2"))
            #expect(server.log.lastPosition == Position(2))
        }
    }

    @Test func conflictInsideABatchIsToldPerEvent() async throws {
        try await RunningServer.run { server in
            let text = #"""
                {"batch":[{"type":"page","userId":"a","messageId":"1"},{"type":"page","userId":"a",
                "messageId":"1"},{"type":"page","userId":"b","messageId":"1"},{"type":"page"}]}
                """#
            let answer = try await server.post("/v1/batch", text)
            #expect(answer.status == 200)
            #expect(try answer.value("accepted") == .number("1"))
            #expect(try answer.value("duplicates") == .number("1"))
            #expect(try answer.value("rejected[0].index") == .number("2"))
            #expect(try answer.value("rejected[0].code") == .string("message-id-conflict"))
            #expect(try answer.value("rejected[1].index") == .number("3"))
            #expect(server.log.lastPosition == Position(1))
        }
    }

    @Test func batchOfWhichNothingIsKeptIsNoSuccess() async throws {
        try await RunningServer.run { server in
            let answer = try await server.post("/v1/batch", #"{"batch":[{"type":"page"}]}"#)
            #expect(answer.status == 400)
            #expect(try answer.value("code") == .string("all-rejected"))
            #expect(try answer.value("rejected[0].code") == .string("missing-field"))
        }
    }

    @Test func emptyBatchIsASuccess() async throws {
        try await RunningServer.run { server in
            let answer = try await server.post("/v1/batch", #"{"batch":[]}"#)
            #expect(answer.status == 200)
            #expect(try answer.value("accepted") == .number("0"))
        }
    }

    @Test func concurrentBatchesAreEachStoredWholeAndOnce() async throws {
        try await RunningServer.run { server in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for sender in 0..<16 {
                    tasks.addTask {
                        let events = (0..<50).map { number in
                            #"{"type":"page","userId":"u","messageId":"\#(sender)-\#(number)"}"#
                        }
                        let text = #"{"batch":[\#(events.joined(separator: ","))]}"#
                        for round in 0..<2 {
                            let answer = try await server.post("/v1/batch", text)
                            #expect(answer.status == 200)
                            let member = round == 0 ? "accepted" : "duplicates"
                            #expect(try answer.value(member) == .number("50"))
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let events = try server.events()
            #expect(events.count == 800)
            #expect(Set(events.map(\.messageID)).count == 800)
        }
    }
}
