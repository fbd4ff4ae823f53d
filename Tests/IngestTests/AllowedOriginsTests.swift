import EventLog
import Ingest
import Testing

/// Browsers let a page read only answers that name its origin.
@Suite struct AllowedOriginsTests {
    private static let page = "https://www.example.com"
    private static let event = #"{"userId":"u","messageId":"m"}"#
    private static let asking = [
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization"),
    ]

    private static func from(_ origin: String) -> [(String, String)] {
        [("Authorization", "Basic d2Vic2l0ZS1rZXk6"), ("Origin", origin)]
    }

    private static func allowing(_ answer: Answer) -> [String] {
        answer.headers.keys.filter { $0.hasPrefix("access-control") }.sorted()
    }

    @Test func noPageIsAllowedUnlessItIsConfigured() async throws {
        try await RunningServer.run { server in
            let asked = try await server.send(
                "OPTIONS", "/v1/identify", headers: [("Origin", Self.page)] + Self.asking)
            #expect(asked.status == 405)
            #expect(Self.allowing(asked).isEmpty)
            // A request that a browser sends without asking is judged like any other; its page
            // cannot read the answer.
            let sent = try await server.post(
                "/v1/identify", Self.event, headers: Self.from(Self.page))
            #expect(sent.status == 200)
            #expect(Self.allowing(sent).isEmpty)
            #expect(sent.headers["vary"] == nil)
        }
    }

    @Test func allowedPageMayAskAndSend() async throws {
        try await RunningServer.run(origins: [Self.page, "https://shop.example.com"]) { server in
            for path in ["/v1/identify", "/v1/batch", "/v1/import"] {
                let asked = try await server.send(
                    "OPTIONS", path, headers: [("Origin", Self.page)] + Self.asking)
                #expect(asked.status == 204)
                #expect(asked.body.isEmpty)
                #expect(asked.headers["access-control-allow-origin"] == Self.page)
                #expect(asked.headers["access-control-allow-methods"] == "POST")
                let headers = asked.headers["access-control-allow-headers"] ?? ""
                for name in ["Authorization", "Content-Type", "X-Strict-Mode"] {
                    #expect(headers.contains(name))
                }
                #expect(asked.headers["vary"] == "Origin")
            }
            let sent = try await server.post(
                "/v1/identify", Self.event, headers: Self.from(Self.page))
            #expect(sent.status == 200)
            #expect(sent.headers["access-control-allow-origin"] == Self.page)
            // A page may read why it was refused, too.
            let refused = try await server.post("/v1/identify", "{", headers: Self.from(Self.page))
            #expect(refused.status == 400)
            #expect(refused.headers["access-control-allow-origin"] == Self.page)
            #expect(server.log.lastPosition == Position(1))
        }
    }

    @Test(arguments: [
        "https://evil.example.com", "http://www.example.com", "https://www.example.com.evil.net",
        "https://www.example.com:444", "null", "",
    ])
    func otherPagesAreNotAllowed(origin: String) async throws {
        try await RunningServer.run(origins: [Self.page]) { server in
            let asked = try await server.send(
                "OPTIONS", "/v1/identify", headers: [("Origin", origin)] + Self.asking)
            #expect(asked.headers["access-control-allow-origin"] == nil)
            let sent = try await server.post(
                "/v1/identify", Self.event, headers: Self.from(origin))
            #expect(sent.headers["access-control-allow-origin"] == nil)
            #expect(sent.headers["vary"] == "Origin")
        }
    }

    @Test func starAllowsEveryPageAndOptionsIsStillNoWayToReadOthers() async throws {
        try await RunningServer.run(origins: ["*"]) { server in
            let asked = try await server.send(
                "OPTIONS", "/v1/track", headers: [("Origin", "https://any.net")] + Self.asking)
            #expect(asked.status == 204)
            #expect(asked.headers["access-control-allow-origin"] == "*")
            let notAsking = try await server.send("OPTIONS", "/v1/track", headers: [])
            #expect(notAsking.status == 405)
            let health = try await server.send(
                "OPTIONS", "/healthz", headers: [("Origin", "https://any.net")] + Self.asking)
            #expect(health.status == 405)
        }
    }
}
