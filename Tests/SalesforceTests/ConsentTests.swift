import Testing

@testable import Salesforce

struct ConsentTests {
    static func settings(
        _ login: String = "https://acme.my.salesforce.com"
    ) throws -> ClientSettings {
        try ClientSettings(
            loginURL: login, apiVersion: "64.0",
            authorization: .refreshToken(
                clientID: Confidential("demo-client"), clientSecret: Confidential("demo-secret")))
    }

    static func consent(
        _ login: String = "https://acme.my.salesforce.com", port: Int = 49_152
    ) throws -> Consent {
        try Consent(
            settings: settings(login), port: port,
            randomBytes: (0..<Consent.randomByteCount).map { UInt8($0) })
    }

    /// The items of the address that a person opens.
    static func items(_ consent: Consent) -> [String: String] {
        let query = consent.address.split(separator: "?", maxSplits: 1)[1]
        return Dictionary(
            uniqueKeysWithValues: query.split(separator: "&").map { item in
                let halves = item.split(separator: "=", maxSplits: 1).map(String.init)
                return (halves[0], halves[1])
            })
    }

    /// RFC 7636, appendix B.
    @Test func theChallengeIsThatOfTheStandardsExample() {
        let pkce = PKCE(randomBytes: [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
            77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ])
        #expect(pkce.verifier.revealed == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test func theAddressNamesAppCallbackChallengeAndStateAndNoSecret() throws {
        let consent = try Self.consent()
        let items = Self.items(consent)
        #expect(
            consent.address.hasPrefix("https://acme.my.salesforce.com/services/oauth2/authorize?"))
        #expect(items["response_type"] == "code")
        #expect(items["client_id"] == "demo-client")
        #expect(items["redirect_uri"] == "http%3A%2F%2F127.0.0.1%3A49152%2Fcallback")
        #expect(items["code_challenge_method"] == "S256")
        #expect(items["scope"] == "api+refresh_token")
        #expect(items["state"]?.count == 22)
        #expect(!consent.address.contains("demo-secret"))
        #expect(!consent.address.contains("code_verifier"))
    }

    @Test func aCodeIsBelievedWithOurStateOnly() throws {
        let consent = try Self.consent()
        let state = try #require(Self.items(consent)["state"])
        #expect(
            consent.answer(toCallback: [("code", "abc"), ("state", state)])
                == .code(Confidential("abc")))
        for items in [
            [("code", "abc")], [("code", "abc"), ("state", "")],
            [("code", "abc"), ("state", String(state.dropLast()) + "_")],
            [("code", "abc"), ("state", state + "A")], [("code", ""), ("state", state)],
            [("state", state)], [],
        ] as [[(name: String, value: String)]] {
            #expect(consent.answer(toCallback: items) == .stranger, "\(items)")
        }
    }

    @Test func aRefusalIsToldUnlessItsStateIsForeign() throws {
        let consent = try Self.consent()
        let denied = ("error", "access_denied")
        guard case .refused(let error) = consent.answer(toCallback: [denied]) else {
            Issue.record("a refusal without state")
            return
        }
        #expect("\(error)".contains("said no"))
        #expect(consent.answer(toCallback: [denied, ("state", "x")]) == .stranger)
        let missing = consent.answer(toCallback: [
            ("error", "invalid_client"),
            ("error_description", "app+must+be+installed+into+org"),
        ])
        guard case .refused(let error) = missing else {
            Issue.record("an app that is not installed")
            return
        }
        #expect("\(error)".contains("an admin must install it"))
        let strange = consent.answer(toCallback: [("error", "<script>")])
        #expect(strange == .refused(.notAuthorized(status: 302, code: "unknown")))
    }

    @Test func eachRunHasAStateAndVerifierOfItsOwn() throws {
        let one = try Self.consent()
        let other = try Consent(
            settings: Self.settings(), port: 1,
            randomBytes: [UInt8](repeating: 7, count: Consent.randomByteCount))
        #expect(Self.items(one)["state"] != Self.items(other)["state"])
        #expect(Self.items(one)["code_challenge"] != Self.items(other)["code_challenge"])
    }

    @Test func aSecretlessAppSendsTheVerifierAlone() throws {
        let call = TokenEndpoint.call(
            .code(Confidential("c"), callback: "http://127.0.0.1:1/callback", verifier: .init("v")),
            for: .refreshToken(clientID: Confidential("id"), clientSecret: nil))
        #expect(
            String(decoding: call.body ?? [], as: UTF8.self)
                == "grant_type=authorization_code&code=c"
                + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback&code_verifier=v&client_id=id"
        )
        #expect(call.path == "/services/oauth2/token")
    }
}
