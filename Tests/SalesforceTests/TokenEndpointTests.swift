import Records
import Testing

@testable import Salesforce

struct TokenEndpointTests {
    @Test func theSecretGoesIntoTheBodyEncodedAndNotIntoTheURL() {
        let call = TokenEndpoint.call(
            .clientCredentials,
            for: .clientCredentials(
                clientID: Confidential("3MVG9.a_b"), clientSecret: Confidential("p&=+ %é")))
        #expect(call.path == "/services/oauth2/token")
        #expect(
            String(decoding: call.body ?? [], as: UTF8.self)
                == "grant_type=client_credentials&client_id=3MVG9.a_b"
                + "&client_secret=p%26%3D%2B+%25%C3%A9")
        #expect(call.contentType == "application/x-www-form-urlencoded")
    }

    @Test func aTokenResponseGrantsTokenInstanceOrgAndUser() throws {
        let grant = try TokenEndpoint.grant(
            from: answer(200, Self.granted(instance: "https://acme.my.salesforce.com")),
            login: login("https://acme.my.salesforce.com"))
        #expect(grant.accessToken.revealed == "00Dx!AQ.token")
        #expect(grant.instance.description == "https://acme.my.salesforce.com")
        #expect(grant.organizationID.description == "00Dx0000000BV7zEAG")
        #expect(grant.userID.short == "005x00000012Q9P")
    }

    @Test func anInstanceOffSalesforceIsRefusedAndTheTokenUsedNowhere() throws {
        let real = try login("https://acme.my.salesforce.com")
        for instance in ["https://acme.my.salesforce.com.evil.com", "http://127.0.0.1:80"] {
            let error = #expect(throws: SalesforceError.self) {
                try TokenEndpoint.grant(
                    from: answer(200, Self.granted(instance: instance)), login: real)
            }
            #expect(error == .instanceRefused(login: "acme.my.salesforce.com"))
            #expect(error?.disposition == .pause(.instanceRefused))
        }
    }

    @Test func loopbackIsBelievedOnlyFromALoopbackLogin() throws {
        let grant = try TokenEndpoint.grant(
            from: answer(200, Self.granted(instance: "http://127.0.0.1:8089")),
            login: login("http://127.0.0.1:8088"))
        #expect(grant.instance.description == "http://127.0.0.1:8089")
    }

    @Test(arguments: [
        (
            400, #"{"error":"invalid_grant","error_description":"authentication failure"}"#,
            "invalid_grant"
        ),
        (400, #"{"error":"invalid_client_id","error_description":"x"}"#, "invalid_client_id"),
        (401, #"{"error":"invalid_client","error_description":"x"}"#, "invalid_client"),
        (403, #"{"error":"inactive_org"}"#, "inactive_org"),
    ])
    func aRefusalAsksForReauthorisation(status: Int, body: String, code: String) throws {
        let error = #expect(throws: SalesforceError.self) {
            try TokenEndpoint.grant(from: answer(status, body), login: login("http://127.0.0.1"))
        }
        #expect(error == .notAuthorized(status: status, code: code))
        #expect(error?.disposition == .reauthorise)
        #expect(error?.isDefinite == true)
    }

    @Test(arguments: [
        (400, #"{"error":"rate_limit_exceeded"}"#), (503, ""), (500, #"{"error":"invalid_grant"}"#),
        (200, ""), (200, "<html></html>"), (200, #"{"access_token":"a b"}"#), (302, ""),
        (400, #"{"error":"<script>"}"#), (400, "[]"),
        (200, #"{"access_token":"t\r\nX: y","instance_url":"http://127.0.0.1","id":"/id/1/2"}"#),
    ])
    func anythingThatIsNoRefusalIsNotTakenForOne(status: Int, body: String) throws {
        let error = #expect(throws: SalesforceError.self) {
            try TokenEndpoint.grant(from: answer(status, body), login: login("http://127.0.0.1"))
        }
        #expect(error?.isDefinite == true)
        #expect(error?.disposition != .reauthorise)
    }

    static func granted(instance: String) -> String {
        #"{"access_token":"00Dx!AQ.token","instance_url":"\#(instance)","token_type":"Bearer","#
            + #""id":"https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P","#
            + #""issued_at":"1278448832702","signature":"c2ln","scope":"api"}"#
    }

    private func answer(_ status: Int, _ body: String) -> HTTPAnswer {
        HTTPAnswer(status: status, body: Array(body.utf8))
    }

    private func login(_ text: String) throws -> InstanceURL {
        try #require(InstanceURL(text, allowsLoopback: true))
    }
}
