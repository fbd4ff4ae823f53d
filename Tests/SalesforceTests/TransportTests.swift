import AsyncHTTPClient
import Logging
import Records
import Synchronization
import Testing

@testable import Salesforce

/// What the wire can do to a call, byte by byte.
struct TransportTests {
    private let created = Array(
        #"[{"id":"003ak00000luKU1AAM","success":true,"errors":[]}]"#.utf8)

    /// Every cut of the answer to a create, from its first byte to its last but one: in doubt,
    /// never failed, never succeeded.
    @Test func aCreateWhoseAnswerIsCutAnywhereIsInDoubt() async throws {
        let whole = Reaction.bytes(200, created, ["Content-Type: application/json"])
        let cutAt = Mutex(0)
        try await ScriptedServer.withRunning { request in
            if request.target == TokenEndpoint.path { return .token(to: request) }
            return .cut(Array(whole.prefix(cutAt.withLock { $0 })))
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("A")
                for count in 0..<whole.count {
                    cutAt.withLock { $0 = count }
                    let error = await salesforceError { () throws(SalesforceError) in
                        try await client.send(request)
                    }
                    #expect(error?.disposition == .inDoubt, "cut after \(count) bytes")
                }
                cutAt.withLock { $0 = whole.count }
                let results = try await client.send(request)
                #expect(results.count == 1)
                #expect(server.seen.count == whole.count + 2)
            }
        }
    }

    /// The same without Content-Length: only the JSON itself can tell that it is not whole.
    @Test func anAnswerThatEndsWithItsConnectionIsReadOnlyWhenWhole() async throws {
        let head = Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".utf8)
        let cutAt = Mutex(0)
        try await ScriptedServer.withRunning { [created] request in
            if request.target == TokenEndpoint.path { return .token(to: request) }
            return .cut(head + created.prefix(cutAt.withLock { $0 }))
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("A")
                for count in 0...created.count {
                    cutAt.withLock { $0 = count }
                    let error = await salesforceError { () throws(SalesforceError) in
                        try await client.send(request)
                    }
                    let isWhole = count == created.count
                    #expect(error?.disposition == (isWhole ? nil : .inDoubt), "\(count) bytes")
                }
            }
        }
    }

    @Test func aRefusedConnectionIsDefiniteForEveryKind() async throws {
        // The port was free a moment ago, so nothing listens there.
        let origin = try await ScriptedServer.withRunning { _ in
            .silence
        } _: {
            $0.baseURL
        }
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: ClientLimits().httpConfiguration)
        let transport = HTTPTransport(http: http, limits: ClientLimits())
        let url = try #require(InstanceURL(origin, allowsLoopback: true))
        for body: [UInt8]? in [Array("{}".utf8), nil] {
            let call = HTTPCall(kind: .write, method: .DELETE, path: "/x", body: body)
            let error = await salesforceError { () throws(SalesforceError) in
                try await transport.send(call, to: url, token: nil)
            }
            guard case .notSent(.write, _) = error else {
                Issue.record("\(String(describing: error)) is not notSent")
                continue
            }
            #expect(error?.isDefinite == true)
        }
        try await http.shutdown()
    }

    /// Silence, and answers that never end: given up after the limit, whatever keeps coming. The
    /// time limit of the test is for the bug it looks for, a call that is held for ever.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            Reaction.silence, .drip([]),
            .drip(Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[".utf8)),
            .drip(Array("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n[".utf8)),
        ])
    func anAnswerThatDoesNotEndIsInDoubt(reaction: Reaction) async throws {
        var limits = ClientLimits()
        limits.callTimeout = .seconds(1)
        try await ScriptedServer.withRunning { _ in
            reaction
        } _: { server in
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: limits.httpConfiguration)
            let transport = HTTPTransport(http: http, limits: limits)
            let url = try #require(InstanceURL(server.baseURL, allowsLoopback: true))
            let call = HTTPCall(kind: .write, method: .POST, path: "/x", body: Array("{}".utf8))
            let error = await salesforceError { () throws(SalesforceError) in
                try await transport.send(call, to: url, token: nil)
            }
            #expect(error?.disposition == .inDoubt)
            #expect(server.seen.count == 1)
            try await http.shutdown()
        }
    }

    @Test func anAnswerBeyondTheLimitIsInDoubt() async throws {
        var limits = ClientLimits()
        limits.answerBytesMax = 2_000
        let body = created + Array(repeating: 0x20, count: 3_000)
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path
                ? .token(to: request) : .answer(200, body: body)
        } _: { server in
            try await withClient(of: server.baseURL, limits: limits) { client in
                let request = try CollectionsRequest.contacts("A")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error?.disposition == .inDoubt)
            }
        }
    }

    /// 1 MB of zeros in about 1 KB of gzip.
    @Test func aCompressedAnswerIsLimitedByItsUnpackedSize() async throws {
        var limits = ClientLimits()
        limits.answerBytesMax = 100_000
        let headers = ["Content-Type: application/json", "Content-Encoding: gzip"]
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path
                ? .token(to: request) : .answer(200, body: GzipSamples.zeros, headers: headers)
        } _: { server in
            try await withClient(of: server.baseURL, limits: limits) { client in
                let request = try CollectionsRequest.contacts("A")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error?.disposition == .inDoubt)
            }
        }
    }

    /// Results of a million rows are a hundred megabytes: they are read as they come, and no limit
    /// of what may be held in memory ends them.
    @Test func resultsOfAJobAreReadHoweverLongTheyAre() async throws {
        var limits = ClientLimits()
        limits.answerBytesMax = 10_000
        let count = 5_000
        let rows = (0..<count).map {
            "\"003ak00000luKU1AAM\",\"true\",\"\($0 &* 2_654_435_761 % 1_000_003)-\($0)\"\n"
        }
        let file = "\"sf__Id\",\"sf__Created\",External_Id__c\n" + rows.joined()
        let body = Gzip.compressed(Array(file.utf8))
        let headers = ["Content-Type: text/csv", "Content-Encoding: gzip"]
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path
                ? .token(to: request) : .answer(200, body: body, headers: headers)
        } _: { server in
            try await withClient(of: server.baseURL, limits: limits) { client in
                let taken = Mutex(0)
                let isComplete = try await client.results(
                    .successful, of: "750ak00000luKU1AAM", keyColumn: "External_Id__c",
                    isDelete: false
                ) { results in
                    taken.withLock { $0 += results.count }
                    return true
                }
                #expect(isComplete)
                #expect(taken.withLock { $0 } == count)
            }
        }
    }

    @Test func aCompressedAnswerIsRead() async throws {
        let headers = ["Content-Type: application/json", "Content-Encoding: gzip"]
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path
                ? .token(to: request) : .answer(200, body: GzipSamples.created, headers: headers)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let id = try #require(RecordID("003ak00000luKU1AAM"))
                let results = try await client.send(try CollectionsRequest.contacts("A"))
                #expect(results == [.succeeded(id, created: true)])
            }
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await ScriptedServer.withRunning { request in
            if request.target == TokenEndpoint.path { return .token(to: request) }
            let target = "Location: http://\(request.headers["host"] ?? "")/stolen"
            return .answer(302, body: [], headers: [target])
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let read = await salesforceError { () throws(SalesforceError) in
                    try await client.describe("Contact")
                }
                #expect(read?.disposition == .pause(.redirected))
                #expect(!server.seen.contains { $0.target == "/stolen" })
            }
        }
    }

    @Test func everyRequestCarriesWhatTheGuideAsksAndNoSecret() async throws {
        try await ScriptedServer.withRunning { [created] request in
            request.target == TokenEndpoint.path
                ? .token(to: request) : .answer(200, body: created)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("Ä")
                _ = try await client.send(request)
                let seen = try #require(server.seen.last)
                #expect(seen.method == "POST")
                #expect(seen.target == "/services/data/v64.0/composite/sobjects")
                #expect(Array(seen.body.utf8) == request.body)
                #expect(seen.headers["authorization"] == "Bearer 00Dx!first")
                #expect(seen.headers["sforce-auto-assign"] == "FALSE")
                #expect(seen.headers["sforce-call-options"] == "client=tidemark")
                #expect(seen.headers["content-type"] == "application/json; charset=UTF-8")
                #expect(seen.headers["accept-encoding"] == "gzip")
                let token = try #require(server.seen.first)
                #expect(token.headers["authorization"] == nil)
                #expect(!token.target.contains("secret"))
            }
        }
    }

    /// The longest query leaves as built: no layer below encodes it once more, and with the largest
    /// token the request stays under Salesforce's 16,384 bytes.
    @Test func aFullQueryLeavesWithinTheURLLimit() async throws {
        let literals = (0..<400).map { Literal.text("o'person+\($0)@example.com") }
        let query = try Query(
            object: "Contact", fields: ["Email"], where: .in(field: "Email", literals))
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path
                ? .token(String(repeating: "t", count: 2_000), to: request)
                : .json(#"{"totalSize":0,"done":true,"records":[]}"#)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                #expect(try await client.query(query).isEmpty)
                let seen = try #require(server.seen.last)
                let path = "/services/data/v64.0/query?q="
                #expect(seen.target == path + PercentEncoding.query(query.soql))
                let headerBytes = seen.headers.reduce(0) { $0 + $1.key.count + $1.value.count + 4 }
                #expect(seen.target.utf8.count > 12_000)
                #expect(seen.target.utf8.count + headerBytes + 100 < 16_384)
            }
        }
    }

    /// What is too long for a URL is long enough for gzip as well.
    @Test func aLongerQueryLeavesInABodyThatIsCompressed() async throws {
        let literals = (0..<450).map { Literal.text("o'person+\($0)@example.com") }
        let query = try Query(
            object: "Contact", fields: ["Email"], where: .in(field: "Email", literals))
        try await ScriptedServer.withRunning { request in
            if request.target == TokenEndpoint.path { return .token(to: request) }
            return .json(
                """
                {"compositeResponse":[{"httpStatusCode":200,"httpHeaders":{},"referenceId":"r0",\
                "body":{"totalSize":0,"done":true,"records":[]}}]}
                """)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                #expect(try await client.query(query).isEmpty)
                let seen = try #require(server.seen.last)
                #expect(seen.target == "/services/data/v64.0/composite")
                #expect(seen.headers["content-encoding"] == "gzip")
                #expect(seen.headers["content-length"].flatMap(Int.init) ?? .max < 4_000)
            }
        }
    }

    @Test func pagesThatHoldFewerRecordsThanAnnouncedAreRefused() async throws {
        let row = #"{"Id":"003ak00000luKU1AAM","Email":null}"#
        try await ScriptedServer.withRunning { request in
            if request.target == TokenEndpoint.path { return .token(to: request) }
            if request.target.hasSuffix("/query/01g-2000") {
                return .json(#"{"totalSize":3,"done":true,"records":[\#(row)]}"#)
            }
            let next = #""nextRecordsUrl":"/services/data/v64.0/query/01g-2000""#
            return .json(#"{"totalSize":3,"done":false,\#(next),"records":[\#(row)]}"#)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let query = try Query(object: "Contact", fields: ["Email"], where: nil)
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.query(query)
                }
                #expect(error?.disposition == .retry(after: nil))
                #expect(client.usage.calls == 2)
            }
        }
    }
}
