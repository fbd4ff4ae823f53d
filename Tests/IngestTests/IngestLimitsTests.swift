import EventLog
import Events
import Ingest
import Testing

@Suite struct IngestLimitsTests {
    private static let gzip = [
        ("Authorization", "Bearer website-key"), ("Content-Encoding", "gzip"),
    ]

    private static func batch(_ count: Int) -> [UInt8] {
        let events = (0..<count).map {
            #"{"type":"page","userId":"u","messageId":"\#($0)"}"#
        }
        return Array(#"{"batch":[\#(events.joined(separator: ","))]}"#.utf8)
    }

    @Test func compressedBatchIsInflated() async throws {
        let body = try Gzip.compress(Self.batch(500))
        try await RunningServer.run { server in
            let answer = try await server.send("POST", "/v1/batch", body, headers: Self.gzip)
            #expect(answer.status == 200)
            #expect(try answer.value("accepted") == .number("500"))
            // The connection is good for the next request, compressed or not.
            let plain = try await server.send("POST", "/v1/batch", Self.batch(500))
            #expect(try plain.value("duplicates") == .number("500"))
        }
    }

    @Test func smallBodyThatInflatesBeyondTheLimitIsRefused() async throws {
        let bomb = try Gzip.compress(Array(repeating: UInt8(ascii: " "), count: 50_000_000))
        #expect(bomb.count < 100_000)
        try await RunningServer.run { server in
            let answer = try await server.send("POST", "/v1/batch", bomb, headers: Self.gzip)
            #expect(answer.status == 413)
            #expect(answer.headers["connection"] == "close")
            #expect(try answer.value("code") == .string("body-too-large"))
            #expect(try await server.post("/v1/page", #"{"userId":"u"}"#).status == 200)
        }
    }

    @Test func inflatedSizeIsLimitedExactly() async throws {
        var limits = IngestLimits()
        limits.decompressedBytesMax = 4_000
        let frame = #"{"type":"page","userId":"u"}"#
        let fits =
            Array(frame.utf8) + Array(repeating: UInt8(ascii: " "), count: 4_000 - frame.count)
        let bodies = try [Gzip.compress(fits), Gzip.compress(fits + [UInt8(ascii: " ")])]
        try await RunningServer.run(limits: limits) { server in
            var statuses: [Int] = []
            for body in bodies {
                statuses += [
                    try await server.send("POST", "/v1/page", body, headers: Self.gzip).status
                ]
            }
            #expect(statuses == [200, 413])
        }
    }

    @Test(arguments: [
        ("no gzip at all", Array("{}".utf8)), ("cut", Array("cut".utf8)),
    ])
    func bodyThatIsNotWhatItsEncodingSaysIsRefused(name: String, bytes: [UInt8]) async throws {
        var body = bytes
        if name == "cut" { body = Array(try Gzip.compress(Self.batch(50)).dropLast(20)) }
        try await RunningServer.run { [body] server in
            let answer = try await server.send("POST", "/v1/batch", body, headers: Self.gzip)
            #expect(answer.status == 400)
            #expect(try answer.value("code") == .string("broken-compression"))
            #expect(server.log.lastPosition == .zero)
        }
    }

    @Test func otherEncodingsAreRefused() async throws {
        try await RunningServer.run { server in
            let headers = [("Authorization", "Bearer website-key"), ("Content-Encoding", "br")]
            let answer = try await server.post("/v1/page", #"{"userId":"u"}"#, headers: headers)
            #expect(answer.status == 415)
        }
    }

    @Test func requestLargerThanItsLimitIsRefusedAndOneThatJustFitsIsTaken() async throws {
        var limits = IngestLimits()
        limits.requestBodyBytesMax = 10_000
        let frame = #"{"batch":[{"type":"page","userId":"u"}]}"#
        try await RunningServer.run(limits: limits) { server in
            for (size, status) in [(10_000, 200), (10_001, 413)] {
                let padded = frame + String(repeating: " ", count: size - frame.count)
                let answer = try await server.post("/v1/batch", padded)
                #expect(answer.status == status)
            }
        }
    }

    @Test func eventLargerThanItsLimitIsRefusedAloneOrInItsBatch() async throws {
        let values = (0..<3).map { #""k\#($0)":"\#(String(repeating: "x", count: 12_000))""# }
        let large =
            #"{"type":"page","userId":"u","properties":{\#(values.joined(separator: ","))}}"#
        try await RunningServer.run { server in
            let single = try await server.post("/v1/page", large)
            #expect(single.status == 413)
            #expect(try single.value("code") == .string("event-too-large"))
            let batch = try await server.post(
                "/v1/batch", #"{"batch":[\#(large),{"type":"page","userId":"u"}]}"#)
            #expect(batch.status == 200)
            #expect(try batch.value("accepted") == .number("1"))
            #expect(try batch.value("rejected[0].code") == .string("event-too-large"))
        }
    }

    @Test func moreEventsThanTheLimitAreRefusedAsAWhole() async throws {
        var limits = IngestLimits()
        limits.batchEventCountMax = 10
        try await RunningServer.run(limits: limits) { server in
            #expect(try await server.send("POST", "/v1/batch", Self.batch(10)).status == 200)
            let answer = try await server.send("POST", "/v1/batch", Self.batch(11))
            #expect(answer.status == 400)
            #expect(try answer.value("code") == .string("too-many-events"))
            #expect(server.log.lastPosition == Position(10))
        }
    }

    @Test func noRoomForMoreBodiesMeansTryAgain() async throws {
        var limits = IngestLimits()
        limits.bodyBytesInFlightMax = 100
        try await RunningServer.run(limits: limits) { server in
            let answer = try await server.send("POST", "/v1/batch", Self.batch(10))
            #expect(answer.status == 429)
            #expect(answer.headers["retry-after"] == "5")
            // What was reserved is given back.
            #expect(try await server.post("/v1/page", #"{"userId":"u"}"#).status == 200)
        }
    }

    /// What a batch says for its events is stored with each, so a small body can become much.
    @Test func whatABatchSaysForItsEventsCountsForEachOfThem() async throws {
        var limits = IngestLimits()
        limits.bodyBytesInFlightMax = 20_000
        let events = (0..<50).map { #"{"type":"page","userId":"u","messageId":"\#($0)"}"# }
            .joined(separator: ",")
        @Sendable func batch(contextBytes: Int) -> String {
            let text = String(repeating: "x", count: contextBytes)
            return #"{"batch":[\#(events)],"context":{"x":"\#(text)"}}"#
        }
        try await RunningServer.run(limits: limits) { server in
            let large = try await server.send(
                "POST", "/v1/batch", Array(batch(contextBytes: 1_000).utf8))
            #expect(large.status == 429)
            #expect(server.log.lastPosition == .zero)
            let small = try await server.send(
                "POST", "/v1/batch", Array(batch(contextBytes: 10).utf8))
            #expect(small.status == 200)
            #expect(server.log.lastPosition == Position(50))
        }
    }

    @Test func headersLargerThanTheirLimitCloseTheConnectionWithAnError() async throws {
        try await RunningServer.run { server in
            let headers = [
                ("Authorization", "Bearer website-key"),
                ("X-Large", String(repeating: "x", count: 20_000)),
            ]
            let answer = try await server.post("/v1/page", #"{"userId":"u"}"#, headers: headers)
            #expect((400..<500).contains(answer.status))
            #expect(server.log.lastPosition == .zero)
        }
    }
}
