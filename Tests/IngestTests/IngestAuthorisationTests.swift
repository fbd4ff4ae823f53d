import EventLog
import Events
import Foundation
import Ingest
import Testing

@Suite struct IngestAuthorisationTests {
    private static let event = #"{"userId":"u","messageId":"m"}"#

    @Test(arguments: [
        ("Basic", "Basic d2Vic2l0ZS1rZXk6", "website"),
        ("Basic with a password", "Basic d2Vic2l0ZS1rZXk6c2VjcmV0", "website"),
        ("Basic without colon", "basic d2Vic2l0ZS1rZXk", "website"),
        ("Bearer", "Bearer backend-key", "backend"),
        ("bearer, spaces", "bearer   backend-key", "backend"),
    ])
    func keyInTheHeaderNamesTheSource(name: String, header: String, source: String) async throws {
        try await RunningServer.run { server in
            let answer = try await server.post(
                "/v1/identify", Self.event, headers: [("Authorization", header)])
            #expect(answer.status == 200)
            #expect(try server.events().map(\.source) == [source])
        }
    }

    @Test(arguments: [
        ("/v1/identify", #"{"userId":"u","writeKey":"backend-key"}"#),
        ("/v1/batch", #"{"writeKey":"backend-key","batch":[{"type":"page","userId":"u"}]}"#),
    ])
    func keyInTheBodyNamesTheSource(path: String, text: String) async throws {
        try await RunningServer.run { server in
            let answer = try await server.post(path, text, headers: [])
            #expect(answer.status == 200)
            #expect(try server.events().map(\.source) == ["backend"])
        }
    }

    @Test(
        arguments: [
            ("none", "/v1/identify", event, []),
            ("wrong Basic", "/v1/identify", event, [("Authorization", "Basic d3Jvbmc6")]),
            ("no Base64", "/v1/identify", event, [("Authorization", "Basic %%%")]),
            ("empty user", "/v1/identify", event, [("Authorization", "Basic Og==")]),
            ("another scheme", "/v1/identify", event, [("Authorization", "Digest website-key")]),
            ("prefix of a key", "/v1/identify", event, [("Authorization", "Bearer website-ke")]),
            ("key and more", "/v1/identify", event, [("Authorization", "Bearer website-key1")]),
            ("in the query", "/v1/identify?writeKey=website-key", event, []),
            ("wrong in the body", "/v1/identify", #"{"userId":"u","writeKey":"wrong"}"#, []),
            (
                "wrong in the header, right in the body", "/v1/identify",
                #"{"userId":"u","writeKey":"website-key"}"#, [("Authorization", "Bearer wrong")]
            ),
            (
                "only in an event of a batch", "/v1/batch",
                #"{"batch":[{"type":"page","userId":"u","writeKey":"website-key"}]}"#, []
            ),
        ] as [(String, String, String, [(String, String)])])
    func unknownKeyIsRefusedAndNothingIsStored(
        name: String, path: String, text: String, headers: [(String, String)]
    ) async throws {
        try await RunningServer.run { server in
            let answer = try await server.post(path, text, headers: headers)
            #expect(answer.status == 401)
            #expect(answer.headers["www-authenticate"] == #"Basic realm="tidemark""#)
            #expect(!answer.text.contains("website-key"))
            #expect(server.log.lastPosition == .zero)
        }
    }

    @Test(arguments: [
        ("/v1/identify", #"{"userId":"u","messageId":"m","writeKey":"backend-key","traits":{}}"#),
        ("/v1/identify", #"{"wr\u0069teKey":"back\u0065nd-key","messageId":"m","userId":"u"}"#),
        (
            "/v1/batch",
            #"{"writeKey":"backend-key","batch":[{"type":"page","userId":"u","#
                + #""writeKey":"backend-key","messageId":"m"}]}"#
        ),
    ])
    func keyInTheBodyIsNotKept(path: String, text: String) async throws {
        try await RunningServer.run { server in
            #expect(try await server.post(path, text, headers: []).status == 200)
            // A retry is a duplicate, with whatever key.
            let again = try await server.post(
                path, text.replacing("backend-key", with: "website-key"),
                headers: [("Authorization", "Bearer backend-key")])
            #expect(again.text.contains("duplicate"))
            #expect(server.log.lastPosition == Position(1))

            let event = try #require(try server.events().first)
            let kept = try JSONValue.parse(event.bytes)["writeKey"]?.string
            #expect(kept == String(repeating: "*", count: kept?.count ?? 0))
            #expect(kept?.isEmpty == false)
            #expect(event.string(at: JSONPath(["userId"])) == "u")
            let file = try Data(contentsOf: URL(fileURLWithPath: server.log.folder + "/data.mdb"))
            for secret in ["backend-key", "website-key", #"back\u0065nd-key"#] {
                #expect(file.firstRange(of: Data(secret.utf8)) == nil, "\(secret)")
            }
            #expect(file.firstRange(of: Data("userId".utf8)) != nil)
        }
    }

    @Test func aSourceMayHaveTwoKeysWhileTheyAreExchanged() {
        let keys = WriteKeys([("website", "old"), ("website", "new"), ("backend", "other")])
        #expect(keys.source(of: "old") == "website")
        #expect(keys.source(of: "new") == "website")
        #expect(keys.source(of: "other") == "backend")
        #expect(keys.source(of: "") == nil)
    }
}
