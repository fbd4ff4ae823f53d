import SalesforceEmulator
import Testing

/// What is refused, with which answer, and that neighbours are kept.
extension EndToEnd {
    @Suite struct BadInputTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let name: String
            var path = "/v1/identify"
            let body: [UInt8]
            var headers: [(String, String)] = []
            var key: String? = Server.writeKey
            let status: Int
            let code: String
            var testDescription: String { name }
        }

        private static func text(
            _ name: String, _ body: String, path: String = "/v1/identify", status: Int = 400,
            code: String
        ) -> Case {
            Case(name: name, path: path, body: Array(body.utf8), status: status, code: code)
        }

        static let cases: [Case] = [
            text("no body", "", code: "empty-input"),
            text("no JSON", "hello", code: "unexpected-byte"),
            text("cut short", #"{"userId":"u""#, code: "unexpected-end"),
            text("two values", #"{"userId":"u"}{}"#, code: "trailing-bytes"),
            text("a list", "[]", code: "not-an-object"),
            text("a repeated member", #"{"userId":"u","userId":"v"}"#, code: "duplicate-key"),
            text("not a number", #"{"userId":"u","traits":{"a":NaN}}"#, code: "not-a-number"),
            text("no number", #"{"userId":"u","traits":{"a":01}}"#, code: "invalid-number"),
            text("too great", #"{"userId":"u","traits":{"a":1e999}}"#, code: "number-out-of-range"),
            text("half a surrogate", #"{"userId":"\ud800"}"#, code: "lone-surrogate"),
            text("nobody", #"{"traits":{}}"#, code: "missing-field"),
            text(
                "a track without event", #"{"userId":"u"}"#, path: "/v1/track",
                code: "missing-field"),
            text(
                "a group without group", #"{"userId":"u"}"#, path: "/v1/group",
                code: "missing-field"),
            text(
                "an alias of nobody", #"{"userId":"u"}"#, path: "/v1/alias", code: "missing-field"),
            text("an id of digits", #"{"userId":"u","messageId":7}"#, code: "wrong-type"),
            text("another type", #"{"type":"track","userId":"u"}"#, code: "type-mismatch"),
            text("no time", #"{"userId":"u","timestamp":"soon"}"#, code: "invalid-timestamp"),
            text("too deep", #"{"userId":"u","traits":"# + deep + "}", code: "too-deep"),
            text("too large", large, status: 413, code: "event-too-large"),
            text("no list of events", #"{"batch":{}}"#, path: "/v1/batch", code: "wrong-type"),
            text("nowhere", "{}", path: "/v1/nothing", status: 404, code: "not-found"),
            Case(
                name: "a mark at the start", body: [0xEF, 0xBB, 0xBF] + Array("{}".utf8),
                status: 400, code: "byte-order-mark"),
            Case(
                name: "no UTF-8", body: Array(#"{"userId":""#.utf8) + [0xFF, 0x22, 0x7D],
                status: 400, code: "invalid-utf8"),
            Case(
                name: "a strange encoding", body: Array("{}".utf8),
                headers: [("Content-Encoding", "br")], status: 415, code: "unsupported-encoding"),
            Case(
                name: "a false gzip", body: Array("{}".utf8),
                headers: [("Content-Encoding", "gzip")], status: 400, code: "broken-compression"),
            Case(
                name: "no key", body: Array(Profile(1).json.utf8), key: nil, status: 401,
                code: "unauthorised"),
            Case(
                name: "a wrong key", body: Array(Profile(1).json.utf8), key: "other", status: 401,
                code: "unauthorised"),
            Case(
                name: "a huge body", path: "/v1/batch",
                body: Array(repeating: 0x20, count: 600_000),
                status: 413, code: "body-too-large"),
        ]

        private static let deep =
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        private static let large =
            #"{"userId":"u","traits":{"#
            + (0..<3).map { #""t\#($0)":""# + String(repeating: "x", count: 12_000) + "\"" }
            .joined(separator: ",") + "}}"

        @Test func everyKindOfBadInputGetsItsAnswerOverHTTP() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        for bad in Self.cases {
                            let answer = try await server.post(
                                bad.path, bad.body, headers: bad.headers, key: bad.key)
                            #expect(answer.status == bad.status, "\(bad.name)")
                            #expect(answer.body.text("$.code") == bad.code, "\(bad.name)")
                            #expect(answer.body.bool("$.success") == false, "\(bad.name)")
                            #expect(answer.body.text("$.message") != nil, "\(bad.name)")
                        }
                        let kept = try await workspace.start(["log", "--kind", "event"]).exit()
                        #expect(kept.output.isEmpty, "none of these is in the log")
                    }
                }
            }
        }

        @Test func aBadEventOfABatchIsNamedAndItsNeighboursArrive() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        let batch = """
                            {"batch":[\(Profile(1).json),{"type":"identify"},\(Profile(2).json)]}
                            """
                        let strict = try await server.post(
                            "/v1/batch", Array(batch.utf8), headers: [("X-Strict-Mode", "1")])
                        #expect(strict.status == 400)
                        #expect(strict.body.text("$.code") == "strict-mode")

                        let answer = try await server.post("/v1/batch", batch)
                        #expect(answer.status == 200)
                        #expect(answer.body.int("$.accepted") == 2)
                        let refused = try #require(answer.body.list("$.rejected").first)
                        #expect(refused.int("$.index") == 1)
                        #expect(refused.text("$.code") == "missing-field")

                        let other = Profile(1, revision: 9, messageID: Profile(1).id)
                        let conflict = try await server.post("/v1/identify", other.json)
                        #expect(conflict.status == 409)
                        #expect(conflict.body.text("$.code") == "message-id-conflict")

                        try await server.settled()
                        let contacts = emulator.org.contactsByEmail
                        #expect(Set(contacts.keys) == [Profile(1).email, Profile(2).email])
                        let first = contacts[Profile(1).email]?.first
                        #expect(first?["Plan__c"]?.string == "plan-0", "the first message stays")
                    }
                }
            }
        }

        @Test func badLinesOfAFileAreNamedAndTheOthersKept() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let lines = [
                        Profile(1).json, "hello", Profile(2).json, #"{"type":"identify"}"#, "",
                        [Profile(3), Profile(4)].batch, #"{"type":"spaceship","userId":"u"}"#,
                        Profile(1, revision: 5, messageID: Profile(1).id).json,
                    ]
                    try workspace.write("mixed.ndjson", lines.joined(separator: "\n"))
                    let ingested = try await workspace.json("ingest", "mixed.ndjson")
                    #expect(ingested.int("$.accepted") == 4)
                    let refused = ingested.list("$.rejected").map {
                        "\($0.int("$.line") ?? 0) \($0.text("$.code") ?? "")"
                    }
                    #expect(
                        refused == [
                            "2 unexpected-byte", "4 missing-field", "7 unknown-type",
                            "8 message-id-conflict",
                        ])
                    #expect(ingested.list("$.rejected").first?.text("$.file") == "mixed.ndjson")
                    let shown = try await workspace.tidemark("ingest", "mixed.ndjson")
                    #expect(shown.output.contains("mixed.ndjson:2: "))
                    #expect(shown.output.contains("duplicates 4, rejected 4"))
                    _ = try await workspace.json("sync")
                    #expect(emulator.org.count(of: "Contact") == 4)
                }
            }
        }

        @Test func eventsAreReadFromStandardInputAndFromAnArray() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let array =
                        "[" + (1...3).map { Profile($0).json }.joined(separator: ",\n") + "]"
                    let file = try workspace.write("events.json", array)
                    let piped = try await workspace.tidemark("ingest", "-", "--json", input: file)
                    #expect(try piped.document().int("$.accepted") == 3)
                    let again = try await workspace.json("ingest", "events.json")
                    #expect(again.int("$.duplicates") == 3)
                    let missing = try await workspace.tidemark("ingest", "nowhere.ndjson")
                    #expect(missing.status == 1)
                    #expect(missing.errors.contains("nowhere.ndjson: No such file"))
                }
            }
        }
    }
}
