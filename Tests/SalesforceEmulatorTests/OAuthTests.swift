import Testing

@testable import SalesforceEmulator

@Suite struct OAuthTests {
    private static let formHeader = ("Content-Type", "application/x-www-form-urlencoded")

    private func token(
        _ client: APIClient, _ form: String, _ headers: [(String, String)] = []
    ) async throws -> Answer {
        try await client.send(
            "POST", "/services/oauth2/token", body: Array(form.utf8),
            headers: [Self.formHeader] + headers)
    }

    @Test func aTokenAnswerHasTheRecordedMembersAndNoExpiry() async throws {
        try await withEmulator { server, client in
            let answer = try await token(client, APIClient.form)
            #expect(answer.status == 200)
            #expect(answer.json["instance_url"] == .string(server.baseURL))
            #expect(answer.json["token_type"] == "Bearer")
            let issued = try #require(answer.json["issued_at"]?.string.flatMap { Int($0) })
            #expect(issued > 1_500_000_000_000)
            let id = "\(server.baseURL)/id/\(server.org.organizationID)/\(server.org.userID)"
            #expect(answer.json["id"] == .string(id))
            #expect(answer.json["expires_in"] == nil)
            #expect(answer.json["refresh_token"] == nil)
        }
    }

    @Test func credentialsMayComeInABasicHeader() async throws {
        try await withEmulator { _, client in
            let basic = "Basic " + Base64.encode(Array("demo-client:demo-secret".utf8))
            let answer = try await token(
                client, "grant_type=client_credentials", [("Authorization", basic)])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        ("grant_type=password", "unsupported_grant_type", "grant type not supported"),
        (
            "grant_type=client_credentials&client_id=x&client_secret=demo-secret",
            "invalid_client_id", "client identifier invalid"
        ),
        (
            "grant_type=client_credentials&client_id=demo-client&client_secret=x",
            "invalid_client", "invalid client credentials"
        ),
    ])
    func refusalsAreObjectsWithStatus400(
        form: String, error: String, description: String
    ) async throws {
        try await withEmulator { _, client in
            let answer = try await token(client, form)
            #expect(answer.status == 400)
            #expect(
                answer.json
                    == ["error": .string(error), "error_description": .string(description)])
        }
    }

    @Test func identityNeedsATokenAndNamesTheUser() async throws {
        try await withEmulator { server, client in
            let headers = [("Authorization", "Bearer \(client.token)")]
            let paths = [
                "/services/oauth2/userinfo",
                "/id/\(server.org.organizationID)/\(server.org.userID)",
            ]
            for path in paths {
                let answer = try await client.send("GET", path, headers: headers)
                #expect(answer.status == 200)
                #expect(answer.json["user_id"] == .string(server.org.userID))
                #expect(answer.json["organization_id"] == .string(server.org.organizationID))
                let refused = try await client.send("GET", path, headers: [])
                #expect(refused.status == 403)
                #expect(refused.text == "Bad_OAuth_Token")
            }
            #expect(server.org.usedCalls == 0)
        }
    }

    @Test func anExpiredSessionAnswers401UntilANewToken() async throws {
        try await withEmulator { server, client in
            server.org.expireSessions()
            let answer = try await client.call("GET", "/limits")
            #expect(answer.status == 401)
            #expect(
                answer.json == [
                    [
                        "message": "Session expired or invalid",
                        "errorCode": "INVALID_SESSION_ID",
                    ]
                ])
            let renewed = try await APIClient(server)
            #expect(try await renewed.call("GET", "/limits").status == 200)
        }
    }

    @Test func theFormOfA401FollowsTheRequest() async throws {
        try await withEmulator { _, client in
            let path = APIClient.data + "/composite"
            let xml = try await client.send("POST", path, body: Array("{}".utf8), headers: [])
            #expect(xml.status == 401)
            #expect(xml.headers["sfdc-oauth-error"] == "1703")
            #expect(xml.text.contains("<faultcode>LOGIN_OAUTH_INVALID_TOKEN</faultcode>"))
            let header = try await client.send(
                "GET", path, headers: [("Authorization", "Token abc def")])
            #expect(header.errorCode == "INVALID_AUTH_HEADER")
            let media = try await client.send(
                "POST", path, body: Array("{}".utf8),
                headers: [
                    ("Authorization", "Bearer \(client.token)"), ("Content-Type", "text/plain"),
                ])
            #expect(media.status == 415)
        }
    }
}
