import Logging
import Records
import SalesforceEmulator
import Synchronization
import Testing

@testable import Salesforce

struct SessionTests {
    /// Twenty calls meet the end of the session together: one token request renews it for all.
    @Test func twentyCallsThatMeetA401RenewTheTokenOnce() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                _ = try await client.limits()
                #expect(server.org.statistics.calls[.token] == 1)
                server.org.expireSessions()
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<20 {
                        group.addTask { try await client.describe("Contact").fields.count }
                    }
                    for try await count in group { #expect(count > 0) }
                }
                #expect(server.org.statistics.calls[.token] == 2)
            }
        }
    }

    @Test func twentyFirstCallsAskForOneToken() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                try await withThrowingTaskGroup(of: RecordID.self) { group in
                    for _ in 0..<20 { group.addTask { try await client.organizationID() } }
                    for try await id in group {
                        #expect(id.description == server.org.organizationID)
                    }
                }
                #expect(server.org.statistics.calls[.token] == 1)
                #expect(client.usage.calls == 0)
            }
        }
    }

    @Test func aWriteRefusedWith401IsSentOnceMoreAndExecutedOnce() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                _ = try await client.organizationID()
                server.org.expireSessions()
                let results = try await client.send(try CollectionsRequest.contacts("Once"))
                #expect(results.count == 1)
                #expect(server.org.count(of: "Contact") == 1)
                #expect(server.org.truth.count == 1)
            }
        }
    }

    @Test func aTokenRefusedTwiceAsksForReauthorisationAfterTwoSends() async throws {
        try await ScriptedServer.withRunning { request in
            if request.target == TokenEndpoint.path { return .token(to: request) }
            return .json(401, #"[{"message":"Session expired","errorCode":"INVALID_SESSION_ID"}]"#)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("A")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error?.disposition == .reauthorise)
                #expect(error?.isDefinite == true)
                #expect(server.seen.count { $0.target == TokenEndpoint.path } == 2)
                #expect(server.seen.count { $0.target != TokenEndpoint.path } == 2)
            }
        }
    }

    /// The write got its 401, which executed nothing; that the renewal then fails changes nothing.
    @Test func aFailedRenewalLeavesTheWriteDefinite() async throws {
        let tokens = Mutex(0)
        try await ScriptedServer.withRunning { request in
            guard request.target == TokenEndpoint.path else { return .json(401, "[]") }
            let isFirst = tokens.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst ? .token(to: request) : .cut([])
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("A")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error?.disposition == .retry(after: nil))
                #expect(error?.isDefinite == true)
            }
        }
    }

    @Test func aLoginThatLeadsToAnotherOrgStopsEverything() async throws {
        let tokens = Mutex(0)
        try await ScriptedServer.withRunning { request in
            guard request.target == TokenEndpoint.path else { return .json(401, "[]") }
            let count = tokens.withLock { count in
                count += 1
                return count
            }
            guard count > 1 else { return .token(to: request) }
            let host = "http://\(request.headers["host"] ?? "")"
            return .json(
                TokenEndpointTests.granted(instance: host)
                    .replacing("00Dx0000000BV7z", with: "00Dx0000000ZZZZ"))
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.describe("Contact")
                }
                #expect(error?.disposition == .pause(.organizationChanged))
                // Nothing was sent with the other org's token.
                #expect(server.seen.count { $0.target != TokenEndpoint.path } == 1)
            }
        }
    }

    @Test func wrongCredentialsAskForReauthorisation() async throws {
        var options = EmulatorOptions()
        options.clientSecret = "another"
        try await EmulatorServer.withRunning(options) { server in
            try await withClient(of: server.baseURL) { client in
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.describe("Contact")
                }
                #expect(error?.disposition == .reauthorise)
            }
        }
    }

    @Test func tokenAndSecretAreNeverLogged() async throws {
        let lines = LogLines()
        var logger = Logger(label: "salesforce-tests") { _ in CapturingLog(lines: lines) }
        logger.logLevel = .trace
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path
                ? .token("00Dx!canary", to: request) : .json(401, "[]")
        } _: { server in
            try await withClient(of: server.baseURL, logger: logger) { client in
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.describe("Contact")
                }
                lines.add("\(String(describing: error))")
            }
        }
        #expect(lines.all.contains { $0.contains("salesforce token granted") })
        for line in lines.all {
            #expect(!line.contains("canary"))
            #expect(!line.contains("demo-secret"))
        }
    }
}

private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct CapturingLog: LogHandler {
    let lines: LogLines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add("\(event.message) \(event.metadata ?? [:])")
    }
}
