import Events
import Testing

/// Requests as Segment's and Customer.io's libraries for browsers make them: the kind by its first
/// letter, plain text, the write key in the body.
@Suite struct BrowserLibraryTests {
    private static let headers = [
        ("Content-Type", "text/plain"), ("Origin", "https://www.example.com"),
    ]

    private static let members = #"""
        "anonymousId":"a-1","userId":"u-1","messageId":"ajs-next-1","writeKey":"backend-key",
        "timestamp":"2026-01-02T03:04:04.000Z","sentAt":"2026-01-02T03:04:05.000Z",
        "integrations":{},"traits":{},"properties":{},"groupId":"g-1","previousId":"a-1",
        "event":"Signed Up","name":null,"category":null,
        "context":{"page":{"path":"/"},"library":{"name":"analytics.js","version":"next-1.70.0"}},
        "_metadata":{"bundled":["Segment.io"],"unbundled":[],"bundledIds":[]}
        """#

    @Test(arguments: EventKind.allCases)
    func theFirstLetterOfAKindIsItsPath(kind: EventKind) async throws {
        try await RunningServer.run { server in
            let letter = kind.rawValue.prefix(1)
            let answer = try await server.post(
                "/v1/\(letter)", #"{"type":"\#(kind.rawValue)",\#(Self.members)}"#,
                headers: Self.headers)
            #expect(answer.status == 200, "\(answer.text)")
            let events = try server.events()
            #expect(events.map(\.source) == ["backend"])
            #expect(events.map(\.messageID) == ["ajs-next-1"])
            #expect(events.first?.string(at: JSONPath(["type"])) == kind.rawValue)
        }
    }

    @Test func theLetterOfABatchIsItsPath() async throws {
        try await RunningServer.run { server in
            let text = #"""
                {"writeKey":"backend-key","sentAt":"2026-01-02T03:04:05.000Z","batch":[
                {"type":"track","userId":"u","event":"e","messageId":"1"},
                {"type":"page","anonymousId":"a","messageId":"2"}]}
                """#
            let answer = try await server.post("/v1/b", text, headers: Self.headers)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try server.events().map(\.messageID) == ["1", "2"])
        }
    }

    @Test(arguments: ["/v1/x", "/v1/id", "/v1/", "/v1/I"])
    func noOtherLetterIsAPath(path: String) async throws {
        try await RunningServer.run { server in
            let answer = try await server.post(path, "{}")
            #expect(answer.status == 404)
        }
    }
}
