import EventLog
import Events
import Ingest
import Testing

@Suite(.timeLimit(.minutes(1))) struct IngestConnectionTests {
    private static func page(_ id: String) -> [UInt8] {
        Array(#"{"userId":"u","messageId":"\#(id)"}"#.utf8)
    }

    /// The status of each answer, in order.
    private static func statuses(_ text: String) -> [String] {
        text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
    }

    @Test func senderThatEndsItsSideStillGetsTheAnswerAndIsLetGo() async throws {
        try await RunningServer.run { server in
            let answer = try await RawConnection.exchange(
                port: server.port, RawConnection.request("/v1/page", Self.page("1")),
                endsSending: true)
            #expect(Self.statuses(answer) == ["200"])
            #expect(answer.hasSuffix(#"{"success":true}"#))
            #expect(server.log.lastPosition == Position(1))
        }
    }

    @Test func requestsSentAheadAreAnsweredInOrder() async throws {
        try await RunningServer.run { server in
            let ahead =
                RawConnection.request("/v1/page", Self.page("1"))
                + RawConnection.request("/v1/page", Array("{".utf8))
                + RawConnection.request("/v1/unknown", Self.page("2"))
                + RawConnection.request("/v1/page", Self.page("1"))
                + RawConnection.request("/v1/page", Self.page("3"))
            let answer = try await RawConnection.exchange(
                port: server.port, ahead, endsSending: true)
            #expect(Self.statuses(answer) == ["200", "400", "404", "200", "200"])
            #expect(try server.events().map(\.messageID) == ["1", "3"])
        }
    }

    @Test func bombSentAheadDoesNotOvertakeTheAnswerBeforeIt() async throws {
        let bomb = try Gzip.compress(Array(repeating: UInt8(ascii: " "), count: 20_000_000))
        try await RunningServer.run { server in
            let ahead =
                RawConnection.request("/v1/page", Self.page("1"))
                + RawConnection.request("/v1/page", bomb, headers: ["Content-Encoding: gzip"])
            let answer = try await RawConnection.exchange(
                port: server.port, ahead, endsSending: true)
            #expect(Self.statuses(answer) == ["200", "413"])
        }
    }

    @Test func bodyThatEndsTooEarlyIsNotStored() async throws {
        try await RunningServer.run { server in
            let cut = RawConnection.request("/v1/page", Self.page("1"), declared: 1_000)
            let answer = try await RawConnection.exchange(
                port: server.port, cut, endsSending: true)
            #expect(!Self.statuses(answer).contains("200"))
            #expect(server.log.lastPosition == .zero)
        }
    }

    @Test func lengthAndChunksAtOnceAreRefused() async throws {
        try await RunningServer.run { server in
            let request = RawConnection.request(
                "/v1/page", Self.page("1"), headers: ["Transfer-Encoding: chunked"])
            let answer = try await RawConnection.exchange(
                port: server.port, request, endsSending: true)
            #expect(Self.statuses(answer) == ["400"])
            #expect(server.log.lastPosition == .zero)
        }
    }

    @Test func bodyThatTakesTooLongIsRefusedAndTheConnectionClosed() async throws {
        var limits = IngestLimits()
        limits.bodyDurationMax = .zero
        try await RunningServer.run(limits: limits) { server in
            let slow = RawConnection.request("/v1/page", Self.page("1"), declared: 1_000)
            // It waits for more to come, and must be let go all the same.
            let answer = try await RawConnection.exchange(
                port: server.port, slow, endsSending: false)
            #expect(Self.statuses(answer) == ["408"])
            #expect(server.log.lastPosition == .zero)
        }
    }

    @Test(arguments: ["", "POST /v1/page HTTP/1.1\r\nHost: local", "POST /v1/page HTTP/1.1\r\n"])
    func silentConnectionIsClosed(start: String) async throws {
        var limits = IngestLimits()
        limits.idleTimeout = .milliseconds(50)
        try await RunningServer.run(limits: limits) { server in
            let answer = try await RawConnection.exchange(
                port: server.port, Array(start.utf8), endsSending: false)
            #expect(!Self.statuses(answer).contains("200"))
        }
    }
}
