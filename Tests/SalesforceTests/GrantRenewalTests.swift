import AsyncHTTPClient
import CryptoExtras
import Foundation
import Logging
import Records
import SalesforceEmulator
import TestSupport
import Testing

@testable import Salesforce

/// A client of the web flow whose grant lies in a vault.
private struct WebClient {
    let server: EmulatorServer
    let vault: GrantVault
    let http: HTTPClient
    let settings: ClientSettings

    static func with(
        rotates: Bool = true, _ body: @escaping @Sendable (WebClient) async throws -> Void
    ) async throws {
        var options = EmulatorOptions()
        options.rotatesRefreshTokens = rotates
        try await EmulatorServer.withRunning(options) { server in
            try await withTemporaryFolder { folder in
                let settings = try ConsentTests.settings(server.baseURL)
                let http = HTTPClient(
                    eventLoopGroupProvider: .singleton,
                    configuration: settings.limits.httpConfiguration)
                let client = WebClient(
                    server: server,
                    vault: GrantVault(folder: folder + "/credentials", key: GrantVaultTests.key),
                    http: http, settings: settings)
                let result: Result<Void, any Error>
                do {
                    try await client.connect()
                    result = .success(try await body(client))
                } catch {
                    result = .failure(error)
                }
                try await http.shutdown()
                try result.get()
            }
        }
    }

    /// What a person and a browser do.
    func connect() async throws {
        let consent = try Consent(
            settings: settings, port: 49_152,
            randomBytes: (0..<Consent.randomByteCount).map { _ in UInt8.random(in: 0...255) })
        let page = try await http.execute(
            HTTPClientRequest(url: consent.address), timeout: .seconds(10))
        let location = try #require(page.headers.first(name: "location"))
        let items = try #require(URLComponents(string: location)?.queryItems)
        let answer = consent.answer(toCallback: items.map { ($0.name, $0.value ?? "") })
        guard case .code(let code) = answer else {
            Issue.record("no code came back: \(answer)")
            return
        }
        let connector = Connector(settings: settings, http: http)
        try await connector.store(
            try await connector.grant(for: code, of: consent), in: vault, now: 1)
    }

    /// A client as another process would make it: nothing is shared but the vault.
    func client(organization: RecordID? = nil) -> SalesforceClient {
        SalesforceClient(
            settings: settings, http: http,
            logger: Logger(label: "t", factory: { _ in SwiftLogNoOpLogHandler() }),
            context: SessionContext(
                now: { 1_750_000_000_000 }, vault: vault, organizationID: organization))
    }

    var tokenCalls: Int { server.org.statistics.calls[.token] ?? 0 }
}

struct GrantRenewalTests {
    @Test func aStoredGrantIsUsedWithoutAskingForAnother() async throws {
        try await WebClient.with { web in
            let before = web.tokenCalls
            for _ in 0..<2 { _ = try await web.client().limits() }
            #expect(web.tokenCalls == before)
        }
    }

    /// Twenty calls of two processes meet the end of the session together.
    @Test func oneRenewalServesAllCallsOfAllProcesses() async throws {
        try await WebClient.with { web in
            let clients = [web.client(), web.client()]
            for client in clients { _ = try await client.limits() }
            let before = web.tokenCalls
            web.server.org.expireSessions()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask { _ = try await clients[index % 2].describe("Contact") }
                }
                try await group.waitForAll()
            }
            #expect(web.tokenCalls == before + 1)
            #expect(
                web.server.org.refreshTokens == [try web.vault.load()?.refreshToken.revealed])
        }
    }

    /// A process that slept through two renewals of another: what it takes over has ended too.
    @Test func aGrantTakenOverThatHasEndedIsRenewed() async throws {
        try await WebClient.with { web in
            let sleeper = web.client()
            _ = try await sleeper.limits()
            web.server.org.expireSessions()
            _ = try await web.client().limits()
            web.server.org.expireSessions()
            let before = web.tokenCalls
            _ = try await sleeper.limits()
            #expect(web.tokenCalls == before + 1)
        }
    }

    /// The next process begins from what the vault holds: the token that is good now.
    @Test func theRotatedTokenIsStoredBeforeItsAccessTokenIsUsed() async throws {
        try await WebClient.with { web in
            web.server.org.expireSessions()
            // The renewal succeeds, and the call that it was for dies, as in a crash.
            web.server.org.inject(Fault(on: .limits, afterCalls: 1, .cutBefore))
            let error = await salesforceError { () throws(SalesforceError) in
                try await web.client().limits()
            }
            #expect(error?.disposition == .retry(after: nil))
            let stored = try #require(try web.vault.load())
            #expect(web.server.org.refreshTokens == [stored.refreshToken.revealed])
            #expect(stored.renewalBegunAt == nil)
            let before = web.tokenCalls
            _ = try await web.client().limits()
            #expect(web.tokenCalls == before, "the stored access token is good")
            web.server.org.expireSessions()
            _ = try await web.client().limits()
        }
    }

    @Test func aRenewalWhoseAnswerWasLostAsksToReconnect() async throws {
        try await WebClient.with { web in
            web.server.org.expireSessions()
            web.server.org.inject(Fault(on: .token, .cutAfter))
            let lost = await salesforceError { () throws(SalesforceError) in
                try await web.client().limits()
            }
            #expect(lost?.disposition == .retry(after: nil))
            #expect(try web.vault.load()?.renewalBegunAt == 1_750_000_000_000)
            let next = await salesforceError { () throws(SalesforceError) in
                try await web.client().limits()
            }
            #expect(next?.disposition == .reauthorise)
            let text = "\(next.map(String.init(describing:)) ?? "")"
            #expect(text.contains("cut off before its answer could be stored"))
            #expect(text.contains("tidemark connect"))
            try await web.connect()
            _ = try await web.client().limits()
        }
    }

    @Test func withoutRotationALostAnswerCostsNothing() async throws {
        try await WebClient.with(rotates: false) { web in
            web.server.org.expireSessions()
            web.server.org.inject(Fault(on: .token, .cutAfter))
            _ = await salesforceError { () throws(SalesforceError) in
                try await web.client().limits()
            }
            _ = try await web.client().limits()
            #expect(try web.vault.load()?.renewalBegunAt == nil)
        }
    }

    @Test func aRequestThatWasNeverExecutedCostsNothing() async throws {
        try await WebClient.with { web in
            web.server.org.expireSessions()
            web.server.org.inject(Fault(on: .token, .cutBefore))
            _ = await salesforceError { () throws(SalesforceError) in
                try await web.client().limits()
            }
            _ = try await web.client().limits()
        }
    }

    @Test func aRevokedGrantAsksToReconnectAndSaysNothingOfARenewal() async throws {
        try await WebClient.with { web in
            let stored = try #require(try web.vault.load())
            try await Connector(settings: web.settings, http: web.http).revoke(stored)
            for _ in 0..<2 {
                let error = await salesforceError { () throws(SalesforceError) in
                    try await web.client().limits()
                }
                let text = "\(error.map(String.init(describing:)) ?? "")"
                #expect(text.contains("no longer honours the grant"))
                #expect(!text.contains("cut off"))
            }
        }
    }

    @Test func withoutAGrantNothingIsSent() async throws {
        try await WebClient.with { web in
            try web.vault.remove()
            let calls = web.server.org.statistics.callCount
            let error = await salesforceError { () throws(SalesforceError) in
                try await web.client().limits()
            }
            #expect(error?.disposition == .reauthorise)
            #expect(web.server.org.statistics.callCount == calls)
        }
    }

    /// A server that runs on while `connect --migrate` brings another app's grant.
    @Test func aGrantOfAnotherAppIsNeverPresented() async throws {
        try await WebClient.with { web in
            let settings = try ClientSettings(
                loginURL: web.server.baseURL, apiVersion: "64.0",
                authorization: .refreshToken(
                    clientID: Confidential("old-app"), clientSecret: Confidential("demo-secret")))
            let client = SalesforceClient(
                settings: settings, http: web.http,
                logger: Logger(label: "t", factory: { _ in SwiftLogNoOpLogHandler() }),
                context: SessionContext(vault: web.vault))
            let calls = web.server.org.statistics.callCount
            let error = await salesforceError { () throws(SalesforceError) in
                try await client.limits()
            }
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("another app"))
            #expect(web.server.org.statistics.callCount == calls)
        }
    }

    @Test func aGrantOfAnotherOrgIsNeverUsed() async throws {
        try await WebClient.with { web in
            let other = try #require(RecordID(answered: "00Dx0000000BV7z"))
            let calls = web.server.org.statistics.callCount
            let error = await salesforceError { () throws(SalesforceError) in
                try await web.client(organization: other).limits()
            }
            #expect(error?.disposition == .pause(.organizationChanged))
            #expect(web.server.org.statistics.callCount == calls)
        }
    }

    @Test func anAppWithoutRefreshTokensIsToldWhatItLacks() async throws {
        let answer =
            #"{"access_token":"t","instance_url":"INSTANCE","#
            + #""id":"https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P"}"#
        try await ScriptedServer.withRunning { request in
            .json(answer.replacing("INSTANCE", with: "http://\(request.headers["host"] ?? "")"))
        } _: { server in
            let settings = try ConsentTests.settings(server.baseURL)
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: settings.limits.httpConfiguration)
            let consent = try ConsentTests.consent(server.baseURL)
            let error = await salesforceError { () throws(SalesforceError) in
                try await Connector(settings: settings, http: http)
                    .grant(for: Confidential("c"), of: consent)
            }
            try await http.shutdown()
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("refresh_token"))
        }
    }
}

struct AssertionFlowTests {
    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    private func settings(_ login: String, key: String) throws -> ClientSettings {
        try ClientSettings(
            loginURL: login, isSandbox: true, apiVersion: "64.0",
            authorization: .jwtBearer(
                clientID: Confidential("demo-client"),
                username: "integration.user@emulator.example", privateKey: Confidential(key)))
    }

    private func limits(_ login: String, key: String) async throws -> SalesforceError? {
        let settings = try settings(login, key: key)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: settings.limits.httpConfiguration)
        let client = SalesforceClient(
            settings: settings, http: http,
            logger: Logger(label: "t", factory: { _ in SwiftLogNoOpLogHandler() }))
        let error = await salesforceError { () throws(SalesforceError) in
            try await client.limits()
        }
        try await http.shutdown()
        return error
    }

    @Test func aSignedAssertionGetsAToken() async throws {
        let key = try Self.key.get()
        var options = EmulatorOptions()
        options.publicKeyPEM = key.publicKey.pemRepresentation
        try await EmulatorServer.withRunning(options) { server in
            for pem in [key.pkcs8PEMRepresentation, key.pemRepresentation] {
                let error = try await limits(server.baseURL, key: pem)
                #expect(error == nil)
            }
        }
    }

    @Test func aKeyThatIsNoneIsRefusedWithoutShowingIt() async throws {
        let error = try await limits("http://127.0.0.1:1", key: "canary-key")
        let text = "\(error.map(String.init(describing:)) ?? "")"
        #expect(text.contains("salesforce.auth.privateKey"))
        #expect(!text.contains("canary"))
    }

    @Test func anUnregisteredKeyAsksForAPerson() async throws {
        try await EmulatorServer.withRunning { server in
            let pem = try Self.key.get().pemRepresentation
            let error = try await limits(server.baseURL, key: pem)
            #expect(error?.disposition == .reauthorise)
        }
    }

    @Test(arguments: [
        (false, "https://login.salesforce.com"), (true, "https://test.salesforce.com"),
    ])
    func theAudienceIsTheLoginHostWhateverTheDomain(isSandbox: Bool, audience: String) throws {
        let settings = try ClientSettings(
            loginURL: "https://acme.my.salesforce.com", isSandbox: isSandbox, apiVersion: "64.0",
            authorization: .jwtBearer(
                clientID: Confidential("a"), username: "u", privateKey: Confidential("k")))
        #expect(settings.audience == audience)
    }
}

struct UserRightsTests {
    @Test func rightsOfAllPermissionSetsAddUp() async throws {
        try await EmulatorServer.withRunning { server in
            let org = server.org
            let rows = org.records(of: "ObjectPermissions")
            let contact = try #require(rows.first { $0["SobjectType"] == "Contact" })
            let id = try #require(contact["Id"]?.string)
            try org.edit(
                "ObjectPermissions", id: id,
                ["PermissionsViewAllRecords": false, "PermissionsDelete": false])
            let sets = try org.seed("PermissionSet", [["Name": "More", "Label": "More"]])
            _ = try org.seed(
                "PermissionSetAssignment",
                [["PermissionSetId": .string(sets[0]), "AssigneeId": .string(org.userID)]])
            try await withClient(of: server.baseURL) { client in
                var rights = try await client.rights()
                #expect(rights.seesAllRecords(of: "contact") == false)
                #expect(rights.rights(on: "Contact")?.isDeletable == false)
                #expect(rights.seesAllRecords(of: "Lead") == true)
                #expect(rights.seesAllRecords(of: "Nothing__c") == false)
                #expect(rights.system == [])
                _ = try org.seed(
                    "ObjectPermissions",
                    [
                        [
                            "ParentId": .string(sets[0]), "SobjectType": "Contact",
                            "PermissionsRead": true, "PermissionsViewAllRecords": true,
                        ]
                    ])
                rights = try await client.rights()
                #expect(rights.seesAllRecords(of: "Contact") == true)
            }
        }
    }

    @Test func whatTheUserMayNotReadIsUnknownNotMissing() async throws {
        try await EmulatorServer.withRunning { server in
            for object in ["PermissionSetId", "PermissionsViewAllData"] {
                let owner =
                    object == "PermissionSetId" ? "PermissionSetAssignment" : "UserPermissionAccess"
                server.org.setHidden(true, field: object, of: owner)
            }
            try await withClient(of: server.baseURL) { client in
                let rights = try await client.rights()
                #expect(rights.objects == nil && rights.system == nil)
                #expect(rights.seesAllRecords(of: "Contact") == nil)
            }
        }
    }
}
