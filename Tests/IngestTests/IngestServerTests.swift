import EventLog
import Events
import Ingest
import Testing

@Suite struct IngestServerTests {
    @Test(arguments: EventKind.allCases)
    func everyKindHasItsPath(kind: EventKind) async throws {
        let text =
            #"{"userId":"u","event":"e","groupId":"g","previousId":"p","messageId":"m"}"#
        try await RunningServer.run { server in
            let answer = try await server.post("/v1/\(kind.rawValue)", text)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"success":true}"#)
            #expect(answer.headers["content-type"] == "application/json")
            let events = try server.events()
            #expect(events.count == 1)
            #expect(events.first?.kind == kind)
            #expect(events.first?.bytes == Array(text.utf8))
            #expect(events.first?.source == "website")
            #expect(events.first?.messageID == "m")
            #expect(events.first?.receivedAt == RunningServer.now)
        }
    }

    @Test func acknowledgedEventIsInTheLogAndASecondOneIsADuplicate() async throws {
        let text = #"{"type":"identify","userId":"u","messageId":"m","sentAt":"2026-01-01"}"#
        try await RunningServer.run { server in
            #expect(try await server.post("/v1/identify", text).text == #"{"success":true}"#)
            #expect(server.log.lastPosition == Position(1))
            let again = text.replacing("2026-01-01", with: "2026-01-02")
            let answer = try await server.post("/v1/identify", again)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"success":true,"duplicate":true}"#)
            #expect(server.log.lastPosition == Position(1))
        }
    }

    @Test func sameMessageIDWithAnotherBodyIsRefusedAndTheFirstStays() async throws {
        try await RunningServer.run { server in
            let first = #"{"userId":"u","messageId":"m","traits":{"a":1}}"#
            #expect(try await server.post("/v1/identify", first).status == 200)
            let other = #"{"userId":"u","messageId":"m","traits":{"a":2}}"#
            let answer = try await server.post("/v1/identify", other)
            #expect(answer.status == 409)
            #expect(try answer.value("code") == .string("message-id-conflict"))
            #expect(try server.events().map(\.bytes) == [Array(first.utf8)])
            // The id belongs to its source: another one may use it.
            let bearer = [("Authorization", "Bearer backend-key")]
            #expect(try await server.post("/v1/identify", other, headers: bearer).status == 200)
        }
    }

    @Test func missingMessageIDIsAssignedAndTold() async throws {
        try await RunningServer.run { server in
            let answer = try await server.post("/v1/page", #"{"anonymousId":"a"}"#)
            #expect(answer.text == #"{"success":true,"messageId":"assigned-1"}"#)
            #expect(try server.events().map(\.messageID) == ["assigned-1"])
        }
    }

    // MARK: Refusals of single events

    @Test(
        arguments: [
            (
                "/v1/identify", #"{"userId":"u","traits":{"a":1,"a":2}}"#, 400, "duplicate-key", 30,
                "traits.a"
            ),
            ("/v1/identify", #"{"traits":{}}"#, 400, "missing-field", nil, "userId"),
            ("/v1/identify", #"{"type":"track","userId":"u"}"#, 400, "type-mismatch", 8, "type"),
            ("/v1/track", "", 400, "empty-input", 0, nil),
            ("/v1/track", "[]", 400, "not-an-object", 0, nil),
            ("/v1/batch", #"{"userId":"u"}"#, 400, "missing-field", nil, "batch"),
            ("/v1/batch", #"{"batch":[{]}"#, 400, "unexpected-byte", 11, "batch[0]"),
        ] as [(String, String, Int, String, Int?, String?)])
    func malformedRequestIsRefusedWithAPointer(
        path: String, text: String, status: Int, code: String, byte: Int?, field: String?
    ) async throws {
        try await RunningServer.run { server in
            let answer = try await server.post(path, text)
            #expect(answer.status == status)
            #expect(try answer.value("success") == .boolean(false))
            #expect(try answer.value("code") == .string(code))
            #expect(try answer.value("message")?.string?.isEmpty == false)
            #expect(try answer.value("byte") == byte.map { .number(String($0)) })
            #expect(try answer.value("field") == field.map { .string($0) })
            #expect(server.log.lastPosition == .zero)
        }
    }

    @Test(
        arguments: [
            ("GET", "/v1/batch", 405, "POST"), ("PUT", "/v1/identify", 405, "POST"),
            ("POST", "/healthz", 405, "GET"), ("POST", "/v1/unknown", 404, nil),
            ("POST", "/v2/batch", 404, nil), ("GET", "/", 404, nil), ("POST", "/v1/", 404, nil),
        ] as [(String, String, Int, String?)])
    func unknownPathAndWrongMethodAreTold(
        method: String, path: String, status: Int, allow: String?
    ) async throws {
        try await RunningServer.run { server in
            let answer = try await server.send(method, path)
            #expect(answer.status == status)
            #expect(answer.headers["allow"] == allow)
        }
    }

    @Test func slashAtTheEndAndQueryAreIgnored() async throws {
        try await RunningServer.run { server in
            let text = #"{"batch":[{"type":"page","userId":"u"}]}"#
            let slash = try await server.post("/v1/batch/", text)
            #expect(slash.status == 200)
            let query = try await server.post("/v1/import?x=1", text)
            #expect(query.status == 200)
            #expect(server.log.lastPosition == Position(2))
        }
    }

    @Test func healthAndReadinessNeedNoKey() async throws {
        try await RunningServer.run { server in
            for path in ["/healthz", "/readyz"] {
                let answer = try await server.send("GET", path, headers: [])
                #expect(answer.status == 200)
                #expect(answer.text == #"{"success":true}"#)
            }
            server.log.close()
            #expect(try await server.post("/v1/page", #"{"userId":"u"}"#).status == 503)
            #expect(try await server.send("GET", "/readyz", headers: []).status == 503)
            #expect(try await server.send("GET", "/healthz", headers: []).status == 200)
        }
    }

    @Test func logThatCannotStoreIsAnsweredWithRetryAfterAndNeverWithSuccess() async throws {
        try await RunningServer.run { server in
            server.log.close()
            let answer = try await server.post("/v1/page", #"{"userId":"u"}"#)
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "5")
            #expect(try answer.value("success") == .boolean(false))
        }
    }
}
