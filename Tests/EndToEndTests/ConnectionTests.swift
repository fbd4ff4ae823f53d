import AsyncHTTPClient
import CryptoExtras
import Foundation
import SalesforceEmulator
import Testing

/// Making, losing and replacing a connection, with the programs as they are.
extension EndToEnd {
    @Suite struct ConnectionTests {
        static let key = Data((0..<32).map { UInt8($0) }).base64EncodedString()

        /// The web flow with a key in a private file.
        static func web(_ emulator: EmulatorServer, clientID: String = "demo-client")
            -> ConfigurationText
        {
            var text = ConfigurationText(emulator.baseURL)
            text.auth = """
                    flow: web
                    clientId: \(clientID)
                    clientSecret: demo-secret
                    grantKey: file:grant.key
                """
            return text
        }

        /// Runs `body` in a folder whose configuration is of the web flow.
        static func with(
            rotates: Bool = true,
            _ body: @escaping @Sendable (Workspace, EmulatorServer) async throws -> Void
        ) async throws {
            var options = EmulatorOptions()
            options.rotatesRefreshTokens = rotates
            try await EmulatorServer.withRunning(options) { emulator in
                try await Workspace.with(web(emulator)) { workspace in
                    try workspace.writeKey(key)
                    try workspace.write("events.ndjson", (0..<3).map { Profile($0) }.lines)
                    try await body(workspace, emulator)
                }
            }
        }

        @Test func aPersonAllowsItOnceAndEverythingWorksFromThenOn() async throws {
            try await Self.with { workspace, emulator in
                let early = try await workspace.tidemark("sync")
                #expect(early.status == 78)
                #expect(early.errors.contains("tidemark connect"))
                let exit = try await workspace.connect("--json")
                #expect(exit.status == 0, "\(exit.errors)")
                let document = try exit.document()
                #expect(
                    document.text("$.connection.organization") == emulator.org.organizationID)
                #expect(document.bool("$.bound") == true)
                _ = try await workspace.json("ingest", "events.ndjson")
                emulator.org.expireSessions()
                #expect(try await workspace.json("sync").int("$.created") == 3)
                let whoami = try await workspace.json("whoami")
                #expect(whoami.text("$.username") == "integration.user@emulator.example")
                #expect(emulator.org.count(of: "Contact") == 3)
            }
        }

        @Test func noTokenOrSecretIsEverShownOrReadableOnDisk() async throws {
            try await Self.with { workspace, emulator in
                var said = ""
                for round in 0..<2 {
                    let exit = try await workspace.connect()
                    said += exit.output + exit.errors
                    emulator.org.expireSessions()
                    let other = try await workspace.start(
                        [round == 0 ? "sync" : "whoami"], environment: ["LOG_LEVEL": "trace"]
                    ).exit()
                    said += other.output + other.errors
                }
                let tokens = emulator.org.refreshTokens
                #expect(tokens.count == 1, "the grant before was ended")
                let sealed = try Data(
                    contentsOf: URL(fileURLWithPath: workspace.data + "/credentials/grant"))
                for text in [said, String(decoding: sealed, as: UTF8.self)] {
                    for token in tokens { #expect(!text.contains(token)) }
                    for part in ["5Aep", "!AQ", "demo-secret", Self.key] {
                        #expect(!text.contains(part), "\(part)")
                    }
                }
            }
        }

        @Test func aWrongKeyStartsNothing() async throws {
            try await Self.with { workspace, emulator in
                #expect(try await workspace.connect().status == 0)
                _ = try await workspace.json("ingest", "events.ndjson")
                let wrong = Data(repeating: 9, count: 32).base64EncodedString()
                try workspace.writeKey(wrong)
                let calls = emulator.org.statistics.callCount
                for command in ["serve", "sync", "plan", "apply", "whoami", "connect"] {
                    let exit = try await workspace.tidemark(command)
                    #expect(exit.status == 78, "\(command): \(exit.errors)")
                    #expect(exit.errors.contains("sealed with another key"), "\(exit.errors)")
                    #expect(!exit.errors.contains(wrong))
                }
                #expect(emulator.org.statistics.callCount == calls)
                #expect(try await workspace.tidemark("status").status == 0)
                try workspace.writeKey(Self.key)
                #expect(try await workspace.json("sync").int("$.created") == 3)
            }
        }

        @Test func aKeyThatOthersMayReadIsRefused() async throws {
            try await Self.with { workspace, _ in
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: workspace.folder + "/grant.key")
                let exit = try await workspace.tidemark("connect")
                #expect(exit.status == 78)
                #expect(exit.errors.contains("chmod 600"))
            }
        }

        /// SIGKILL between the moment Salesforce rotated the token and the moment its answer came.
        @Test func aCrashThatLosesARotatedTokenAsksToReconnect() async throws {
            try await Self.with { workspace, emulator in
                #expect(try await workspace.connect().status == 0)
                _ = try await workspace.json("ingest", "events.ndjson")
                let before = emulator.org.refreshTokens
                emulator.org.expireSessions()
                emulator.org.inject(Fault(on: .token, .delay(milliseconds: 60_000)))
                let process = try workspace.start(["sync"])
                try await eventually("the token is rotated") {
                    emulator.org.refreshTokens == before ? nil : ()
                }
                process.signal(SIGKILL)
                _ = try await process.exit()
                let next = try await workspace.tidemark("whoami")
                #expect(next.status == 1)
                #expect(next.errors.contains("cut off before its answer could be stored"))
                #expect(next.errors.contains("run `tidemark connect`"))
                let sync = try await workspace.tidemark("sync")
                #expect(sync.status == 1)
                #expect(try await workspace.connect().status == 0)
                #expect(try await workspace.json("sync").int("$.created") == 3)
            }
        }

        /// SIGKILL after the answer was stored, while the call that it was for is under way.
        @Test func aCrashAfterTheTokenWasStoredCostsNothing() async throws {
            try await Self.with { workspace, emulator in
                #expect(try await workspace.connect().status == 0)
                _ = try await workspace.json("ingest", "events.ndjson")
                let before = emulator.org.refreshTokens
                emulator.org.expireSessions()
                // The refused call is let through, its repetition held.
                emulator.org.inject(
                    Fault(on: .describe, afterCalls: 1, .delay(milliseconds: 60_000)))
                let process = try workspace.start(["sync"])
                try await eventually("the call after the renewal") {
                    (emulator.org.statistics.calls[.describe] ?? 0) < 2 ? nil : ()
                }
                process.signal(SIGKILL)
                _ = try await process.exit()
                #expect(emulator.org.refreshTokens != before)
                #expect(try await workspace.json("sync").int("$.created") == 3)
                emulator.org.expireSessions()
                #expect(try await workspace.tidemark("whoami").status == 0)
            }
        }

        @Test func aServerTakesOverTheGrantOfANewConnect() async throws {
            try await Self.with { workspace, emulator in
                #expect(try await workspace.connect().status == 0)
                try await Server.run(workspace) { server in
                    let answer = try await server.post("/v1/identify", Profile(1).json)
                    #expect(answer.status == 200)
                    try await server.settled()
                    // Ends the grant that the server uses, and its sessions.
                    #expect(try await workspace.connect().status == 0)
                    _ = try await server.post("/v1/identify", Profile(2).json)
                    try await eventually("the second contact") {
                        emulator.org.count(of: "Contact") == 2 ? () : nil
                    }
                }
            }
        }

        @Test func disconnectEndsTheGrantAndKeepsEverythingElse() async throws {
            try await Self.with { workspace, emulator in
                #expect(try await workspace.connect().status == 0)
                _ = try await workspace.json("ingest", "events.ndjson")
                _ = try await workspace.json("sync")
                let head = try await workspace.json("verify").text("$.chainHead")
                let ended = try await workspace.json("disconnect")
                #expect(ended.bool("$.revoked") == true)
                #expect(emulator.org.refreshTokens == [])
                #expect(try await workspace.tidemark("whoami").status == 78)
                #expect(try await workspace.json("verify").text("$.chainHead") == head)
                #expect(try await workspace.json("disconnect").bool("$.forgotten") == false)
                #expect(try await workspace.connect().status == 0)
                #expect(try await workspace.json("sync").int("$.unchanged") == 0)
            }
        }

        @Test func aRefusalAtTheBrowserChangesNothing() async throws {
            try await Self.with { workspace, emulator in
                emulator.org.setConsentRefused(true)
                let refused = try await workspace.connect()
                #expect(refused.status == 1)
                #expect(refused.errors.contains("the person at the browser said no"))
                emulator.org.changeApp("demo-client") { $0.isInstalled = false }
                let missing = try await workspace.connect()
                #expect(missing.errors.contains("an admin must install it"))
                let files = FileManager.default
                #expect(!files.fileExists(atPath: workspace.data + "/credentials/grant"))
                #expect(!files.fileExists(atPath: workspace.data + "/log"))
            }
        }

        @Test func aStrangerAtTheCallbackChangesNothing() async throws {
            try await Self.with { workspace, _ in
                let process = try workspace.start(["connect", "--no-browser"])
                let address = try await workspace.address(of: process)
                let port = try #require(address.firstMatch(of: /127.0.0.1%3A([0-9]+)%2F/)?.1)
                for query in ["", "?code=stolen", "?code=stolen&state=guess"] {
                    let forged = "http://127.0.0.1:\(port)/callback\(query)"
                    let answer = try await HTTPClient.shared.execute(
                        HTTPClientRequest(url: forged), timeout: .seconds(10))
                    #expect(answer.status == .badRequest)
                }
                _ = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: address), timeout: .seconds(10))
                #expect(try await process.exit().status == 0)
            }
        }

        @Test func theJWTBearerFlowNeedsNoPersonAndKeepsNothing() async throws {
            let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            var options = EmulatorOptions()
            options.publicKeyPEM = key.publicKey.pemRepresentation
            try await EmulatorServer.withRunning(options) { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.auth = """
                        flow: jwt
                        clientId: demo-client
                        username: integration.user@emulator.example
                        privateKey: file:server.key
                    """
                try await Workspace.with(text) { workspace in
                    try workspace.write("server.key", key.pkcs8PEMRepresentation)
                    try workspace.write("events.ndjson", (0..<3).map { Profile($0) }.lines)
                    let connected = try await workspace.tidemark("connect")
                    #expect(connected.status == 0, "\(connected.errors)")
                    _ = try await workspace.json("ingest", "events.ndjson")
                    #expect(try await workspace.json("sync").int("$.created") == 3)
                    #expect(
                        !FileManager.default.fileExists(atPath: workspace.data + "/credentials"))
                }
            }
        }

        @Test func clientCredentialsAtALoginHostAreExplained() async throws {
            var text = ConfigurationText("https://login.salesforce.com")
            text.clientSecret = "env:SECRET"
            try await Workspace.with(text) { workspace in
                for command in ["connect", "whoami"] {
                    let exit = try await workspace.start(
                        [command], environment: ["SECRET": "x"]
                    ).exit()
                    #expect(exit.status == 78)
                    #expect(exit.errors.contains("does not serve the client credentials flow"))
                    #expect(exit.errors.contains(".my.salesforce.com"))
                }
            }
        }
    }
}

extension Workspace {
    /// The key of stored grants, as the configuration names it.
    func writeKey(_ key: String) throws {
        let path = try write("grant.key", key + "\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    /// The address that `connect --no-browser` prints.
    func address(of process: ChildProcess) async throws -> String {
        try await eventually("connect prints an address") {
            guard process.isRunning else {
                throw Server.Ended(text: try process.errorsSoFar())
            }
            return try process.errorsSoFar().split(separator: "\n")
                .first { $0.hasPrefix("http") }.map(String.init)
        }
    }

    /// Runs `connect` and plays the browser: follows the printed address wherever it leads.
    func connect(_ arguments: String...) async throws -> Exit {
        let process = try start(["connect", "--no-browser"] + arguments)
        let page = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: try await address(of: process)), timeout: .seconds(10))
        #expect(page.status == .ok)
        return try await process.exit()
    }
}
