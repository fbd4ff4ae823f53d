import AsyncHTTPClient
import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import SalesforceEmulator

/// A browser that follows no redirect, and a client that exchanges what it finds in one.
private struct Flow {
    let client: APIClient
    var challenge = Base64.encodeForURL(Array(SHA256.hash(data: Array(verifier.utf8))))
    var callback = "http://127.0.0.1:49152/callback"

    static let verifier = "the-verifier-of-forty-three-characters-or-more"

    /// What the authorisation page answers to a request with these items.
    func authorize(_ changes: [String: String?] = [:]) async throws -> Answer {
        var items: [String: String?] = [
            "response_type": "code", "client_id": "demo-client", "redirect_uri": callback,
            "code_challenge": challenge, "code_challenge_method": "S256", "state": "s 1",
        ]
        for (name, value) in changes { items.updateValue(value, forKey: name) }
        let query = items.compactMap { name, value in
            value.map { "\(name)=\(APIClient.encoded($0))" }
        }
        let path = "/services/oauth2/authorize?" + query.sorted().joined(separator: "&")
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(redirectConfiguration: .disallow))
        do {
            let response = try await http.execute(
                HTTPClientRequest(url: client.baseURL + path), timeout: .seconds(10))
            let text = String(buffer: try await response.body.collect(upTo: 1 << 16))
            try await http.shutdown()
            return Answer(
                status: Int(response.status.code),
                headers: ["location": response.headers.first(name: "location") ?? ""], text: text,
                json: .null)
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    func code() async throws -> String {
        let location = try await authorize().headers["location"] ?? ""
        return try #require(location.firstMatch(of: /code=([^&]+)/)?.1).description
    }

    func token(_ items: [String: String]) async throws -> Answer {
        let form = items.map { "\($0)=\(APIClient.encoded($1))" }.joined(separator: "&")
        return try await client.send(
            "POST", "/services/oauth2/token", body: Array(form.utf8),
            headers: [("Content-Type", "application/x-www-form-urlencoded")])
    }

    func exchange(_ code: String, _ changes: [String: String] = [:]) async throws -> Answer {
        try await token(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": callback,
                "client_id": "demo-client", "client_secret": "demo-secret",
                "code_verifier": Self.verifier,
            ].merging(changes) { $1 })
    }

    func refresh(_ token: String) async throws -> Answer {
        try await self.token([
            "grant_type": "refresh_token", "refresh_token": token, "client_id": "demo-client",
            "client_secret": "demo-secret",
        ])
    }
}

@Suite struct OAuthFlowTests {
    @Test func aCodeIsExchangedOnceForAccessAndRefreshToken() async throws {
        try await withEmulator { server, client in
            let flow = Flow(client: client)
            let page = try await flow.authorize()
            #expect(page.status == 302)
            let location = page.headers["location"] ?? ""
            #expect(location.hasPrefix(flow.callback + "?code="))
            #expect(location.hasSuffix("&state=s+1"))
            let code = try await flow.code()
            let granted = try await flow.exchange(code)
            #expect(granted.status == 200, "\(granted.text)")
            #expect(granted.json["instance_url"] == .string(server.baseURL))
            var user = client
            user.token = try #require(granted.json["access_token"]?.string)
            #expect(try await user.call("GET", "/limits").status == 200)
            let again = try await flow.exchange(code)
            #expect(again.json["error"] == "invalid_grant")
            #expect(again.json["error_description"] == "expired authorization code")
        }
    }

    @Test func aCodeIsGoodForItsVerifierCallbackAndAppOnly() async throws {
        try await withEmulator { server, client in
            let flow = Flow(client: client)
            server.org.add(OAuthApp(clientID: "other", clientSecret: "demo-secret"))
            let changes: [([String: String], String)] = [
                (["code_verifier": "another"], "invalid_request"),
                (["redirect_uri": "http://127.0.0.1:1/callback"], "redirect_uri_mismatch"),
                (["client_id": "other"], "invalid_grant"),
                (["client_secret": "x"], "invalid_client"),
            ]
            for (change, error) in changes {
                let answer = try await flow.exchange(try await flow.code(), change)
                #expect(answer.status == 400)
                #expect(answer.json["error"] == .string(error))
            }
        }
    }

    @Test(arguments: [
        (["code_challenge": nil], "error=invalid_request"),
        (["code_challenge_method": "plain"], "error=invalid_request"),
        (["response_type": "token"], "error=unsupported_response_type"),
    ])
    func whatIsWrongGoesBackToTheCallback(change: [String: String?], error: String) async throws {
        try await withEmulator { _, client in
            let answer = try await Flow(client: client).authorize(change)
            #expect(answer.status == 302)
            let location = answer.headers["location"] ?? ""
            #expect(location.contains(error) && location.contains("state=s+1"))
        }
    }

    @Test func aStrangerAppOrAddressIsSentNowhere() async throws {
        try await withEmulator { _, client in
            for change in [
                ["client_id": "nobody"], ["redirect_uri": "http://127.0.0.1:1/elsewhere"],
                ["redirect_uri": "https://evil.example/callback"],
                ["redirect_uri": "http://127.0.0.1.evil.example/callback"],
            ] {
                let answer = try await Flow(client: client).authorize(change)
                #expect(answer.status == 400)
                #expect(answer.headers["location"] == "")
            }
        }
    }

    @Test func arefusalOfThePersonAndAMissingInstallationAreTold() async throws {
        try await withEmulator { server, client in
            let flow = Flow(client: client)
            server.org.setConsentRefused(true)
            var location = try await flow.authorize().headers["location"] ?? ""
            #expect(location.contains("error=access_denied"))
            server.org.changeApp("demo-client") { $0.isInstalled = false }
            location = try await flow.authorize().headers["location"] ?? ""
            #expect(location.contains("app+must+be+installed+into+org"))
        }
    }

    @Test func withoutRotationTheRefreshTokenStays() async throws {
        try await withEmulator { server, client in
            let flow = Flow(client: client)
            let first = try await flow.exchange(try await flow.code())
            let token = try #require(first.json["refresh_token"]?.string)
            for _ in 0..<2 {
                let answer = try await flow.refresh(token)
                #expect(answer.status == 200)
                #expect(answer.json["refresh_token"] == nil)
            }
            #expect(server.org.refreshTokens == [token])
        }
    }

    /// A token that was rotated out is presented by a thief or by a client that lost its answer:
    /// the approval ends either way.
    @Test func aRotatedOutTokenEndsTheApprovalAndItsSessions() async throws {
        var options = EmulatorOptions()
        options.rotatesRefreshTokens = true
        try await withEmulator(options) { server, client in
            let flow = Flow(client: client)
            let first = try await flow.exchange(try await flow.code())
            let old = try #require(first.json["refresh_token"]?.string)
            let second = try await flow.refresh(old)
            let new = try #require(second.json["refresh_token"]?.string)
            #expect(new != old)
            var user = client
            user.token = try #require(second.json["access_token"]?.string)
            #expect(try await user.call("GET", "/limits").status == 200)
            let reuse = try await flow.refresh(old)
            #expect(reuse.json["error_description"] == "expired access/refresh token")
            #expect(try await user.call("GET", "/limits").status == 401)
            #expect(try await flow.refresh(new).status == 400)
            #expect(server.org.refreshTokens == [])
        }
    }

    @Test func theSixthApprovalEndsTheFirst() async throws {
        try await withEmulator { _, client in
            let flow = Flow(client: client)
            var tokens: [String] = []
            for _ in 0..<6 {
                let answer = try await flow.exchange(try await flow.code())
                tokens.append(try #require(answer.json["refresh_token"]?.string))
            }
            #expect(try await flow.refresh(tokens[0]).status == 400)
            for token in tokens.dropFirst() {
                #expect(try await flow.refresh(token).status == 200)
            }
        }
    }

    @Test func revokingTheRefreshTokenEndsItsSessions() async throws {
        try await withEmulator { _, client in
            let flow = Flow(client: client)
            let granted = try await flow.exchange(try await flow.code())
            let refresh = try #require(granted.json["refresh_token"]?.string)
            var user = client
            user.token = try #require(granted.json["access_token"]?.string)
            let revoked = try await client.send(
                "POST", "/services/oauth2/revoke", body: Array("token=\(refresh)".utf8),
                headers: [("Content-Type", "application/x-www-form-urlencoded")])
            #expect(revoked.status == 200 && revoked.text.isEmpty)
            #expect(try await user.call("GET", "/limits").status == 401)
            #expect(try await flow.refresh(refresh).status == 400)
            #expect(try await client.call("GET", "/limits").status == 200)
            let unknown = try await client.send(
                "GET", "/services/oauth2/revoke?token=nothing", headers: [])
            #expect(unknown.status == 400)
        }
    }
}

@Suite struct AssertionTests {
    private static let key: Result<_RSA.Signing.PrivateKey, any Error> = Result {
        try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    private func options() throws -> EmulatorOptions {
        var options = EmulatorOptions()
        options.publicKeyPEM = try Self.key.get().publicKey.pemRepresentation
        options.now = { 1_800_000_000_000 }
        return options
    }

    private static func assertion(
        _ changes: [String: JSON] = [:], algorithm: String = "RS256"
    ) throws -> String {
        var claims: [String: JSON] = [
            "iss": "demo-client", "sub": "integration.user@emulator.example",
            "aud": "https://test.salesforce.com", "exp": 1_800_000_120,
        ]
        claims.merge(changes) { $1 }
        let header: JSON = ["alg": .string(algorithm)]
        let body = JSON.object(claims.map { JSON.Member($0, $1) })
        let text = [header, body].map { Base64.encodeForURL($0.serialized()) }
            .joined(separator: ".")
        let signature = try key.get().signature(
            for: SHA256.hash(data: Array(text.utf8)), padding: .insecurePKCS1v1_5)
        return text + "." + Base64.encodeForURL(Array(signature.rawRepresentation))
    }

    private func grant(_ client: APIClient, _ assertion: String) async throws -> Answer {
        let form =
            "grant_type=\(APIClient.encoded(OrgState.assertionGrantType))&assertion=\(assertion)"
        return try await client.send(
            "POST", "/services/oauth2/token", body: Array(form.utf8),
            headers: [("Content-Type", "application/x-www-form-urlencoded")])
    }

    @Test func anAssertionOfTheRegisteredKeyIsGrantedWithoutSecretOrRefreshToken() async throws {
        try await withEmulator(try options()) { _, client in
            let answer = try await grant(client, try Self.assertion())
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["refresh_token"] == nil)
        }
    }

    @Test(
        arguments: [
            (["exp": 1_799_999_999], "expired authorization code"),
            (["exp": 1_800_000_400], "invalid assertion"),
            (["aud": "https://acme.my.salesforce.com"], "audience is invalid"),
            (["sub": "somebody@example.com"], "user hasn't approved this consumer"),
            (["iss": "nobody"], "client identifier invalid"),
        ] as [([String: JSON], String)])
    func aWrongClaimIsRefused(claims: [String: JSON], description: String) async throws {
        try await withEmulator(try options()) { _, client in
            let answer = try await grant(client, try Self.assertion(claims))
            #expect(answer.status == 400)
            #expect(answer.json["error_description"] == .string(description))
        }
    }

    @Test func aBadSignatureIsRefused() async throws {
        try await withEmulator(try options()) { server, client in
            var tampered = try Self.assertion()
            tampered.removeLast(4)
            #expect(try await grant(client, tampered + "AAAA").status == 400)
            #expect(try await grant(client, try Self.assertion(algorithm: "none")).status == 400)
            server.org.changeApp("demo-client") { $0.publicKeyPEM = nil }
            #expect(try await grant(client, try Self.assertion()).status == 400)
        }
    }
}

@Suite struct PermissionObjectsTests {
    @Test func theRightsOfTheUserAreReadLikeRecords() async throws {
        try await withEmulator { server, client in
            let assigned = try await client.query(
                "SELECT PermissionSetId FROM PermissionSetAssignment "
                    + "WHERE AssigneeId = '\(server.org.userID)'")
            let set = try #require(assigned.json["records"]?[0]?["PermissionSetId"]?.string)
            let rights = try await client.query(
                "SELECT SobjectType, PermissionsViewAllRecords FROM ObjectPermissions "
                    + "WHERE ParentId IN ('\(set)') AND SobjectType = 'Contact'")
            #expect(rights.json["totalSize"] == 1)
            #expect(rights.json["records"]?[0]?["PermissionsViewAllRecords"] == true)
            let user = try await client.query(
                "SELECT PermissionsModifyAllData FROM UserPermissionAccess")
            #expect(user.json["records"]?[0]?["PermissionsModifyAllData"] == false)
        }
    }
}
