import Crypto

/// A request to the token endpoint: its form, and the app that sends it.
struct TokenRequest {
    private let form: [(name: String, value: String)]
    private let basic: (id: String, secret: String)?

    init(_ request: APIRequest) {
        form = PercentEncoding.items(String(decoding: request.body, as: UTF8.self))
        basic = Self.basicCredentials(request)
    }

    subscript(_ name: String) -> String? { form.first { $0.name == name }?.value }

    var clientID: String { self["client_id"] ?? basic?.id ?? "" }
    var clientSecret: String? { self["client_secret"] ?? basic?.secret }

    private static func basicCredentials(
        _ request: APIRequest
    ) -> (id: String, secret: String)? {
        guard let header = request.headers["authorization"], header.hasPrefix("Basic "),
            let bytes = Base64.decode(String(header.dropFirst(6)))
        else { return nil }
        let halves = String(decoding: bytes, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        return (
            PercentEncoding.decode(String(halves[0])), PercentEncoding.decode(String(halves[1]))
        )
    }
}

/// What the token endpoint says no with (Salesforce Help, "OAuth 2.0 Authorization Errors").
struct OAuthRefusal: Error {
    let code: String
    let text: String

    init(_ code: String, _ text: String) {
        self.code = code
        self.text = text
    }

    static let staleToken = OAuthRefusal("invalid_grant", "expired access/refresh token")
    static let staleCode = OAuthRefusal("invalid_grant", "expired authorization code")

    var answer: APIResponse {
        APIResponse(400, .json(["error": .string(code), "error_description": .string(text)]))
    }
}

extension OrgState {
    /// `grant_type=authorization_code`. The app's secret and the verifier are both demanded
    /// (Salesforce Help, "OAuth 2.0 Web Server Flow": confidential clients send both).
    mutating func exchangeCode(_ request: TokenRequest) throws(OAuthRefusal) -> JSON {
        let app = try authenticated(request)
        guard let code = grants.takeCode(request["code"] ?? ""), code.clientID == app.clientID,
            now - code.issuedAt <= OAuthGrants.Code.lifetimeMilliseconds
        else { throw .staleCode }
        guard request["redirect_uri"] == code.callback else {
            throw OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration")
        }
        if let challenge = code.challenge {
            guard let verifier = request["code_verifier"] else {
                throw OAuthRefusal("invalid_grant", "missing code verifier")
            }
            let digest = Array(SHA256.hash(data: Array(verifier.utf8)))
            guard Base64.encodeForURL(digest) == challenge else {
                throw OAuthRefusal("invalid_request", "invalid code verifier")
            }
        }
        let access = sessions.issue(organization: organizationID, time: now)
        let (refresh, ended) = grants.approve(app.clientID, accessToken: access)
        sessions.end(ended)
        return tokenAnswer(access, scope: "refresh_token api")
            .adding("refresh_token", .string(refresh))
    }

    /// `grant_type=refresh_token`. With rotation a token that was presented before ends the whole
    /// approval (Salesforce Help, "OAuth 2.0 Refresh Token Flow": refresh token rotation).
    mutating func refresh(_ request: TokenRequest) throws(OAuthRefusal) -> JSON {
        let app = try authenticated(request)
        let presented = request["refresh_token"] ?? ""
        if let stolen = grants.approval(withRetiredToken: presented) {
            sessions.end(grants.revoke(stolen))
            throw .staleToken
        }
        guard let index = grants.approval(withRefreshToken: presented),
            grants.approvals[index].clientID == app.clientID
        else { throw .staleToken }
        let access = sessions.issue(organization: organizationID, time: now)
        grants.note(accessToken: access, of: index)
        let answer = tokenAnswer(access, scope: "refresh_token api")
        guard app.rotatesRefreshTokens else { return answer }
        return answer.adding("refresh_token", .string(grants.rotate(index)))
    }

    /// `POST` or `GET /services/oauth2/revoke`: either kind of token; a refresh token takes its
    /// access tokens along (Salesforce Help, "Revoke OAuth Tokens").
    mutating func revoke(_ request: APIRequest) -> APIResponse {
        let token = request.item("token") ?? TokenRequest(request)["token"] ?? ""
        if let index = grants.approval(withRefreshToken: token) {
            sessions.end(grants.revoke(index))
            return APIResponse(200)
        }
        guard sessions.contains(token) else {
            return OAuthRefusal("invalid_token", "invalid token: " + "the token was not found")
                .answer
        }
        sessions.end([token])
        return APIResponse(200)
    }

    /// The app that a request comes from, by its id and secret.
    func authenticated(_ request: TokenRequest) throws(OAuthRefusal) -> OAuthApp {
        guard let app = app(request.clientID) else {
            throw OAuthRefusal("invalid_client_id", "client identifier invalid")
        }
        guard request.clientSecret == app.clientSecret else {
            throw OAuthRefusal("invalid_client", "invalid client credentials")
        }
        return app
    }
}
