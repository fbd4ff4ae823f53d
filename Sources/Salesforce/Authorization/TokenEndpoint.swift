import Records

/// The token request of each flow and the meaning of its answers: pure values.
///
/// Sources: Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration",
/// and of the same help "Web Server Flow", "Refresh Token Flow", "JWT Bearer Flow", "Revoke OAuth
/// Tokens" and "OAuth 2.0 Authorization Errors".
enum TokenEndpoint {
    static let path = "/services/oauth2/token"
    static let revocationPath = "/services/oauth2/revoke"

    /// What is shown for a token.
    enum Proof: Sendable, Hashable {
        case clientCredentials
        case assertion(Confidential)
        case code(Confidential, callback: String, verifier: Confidential)
        case refreshToken(Confidential)
    }

    /// The form to post. Secrets go into the body, never into the URL, where proxies log it.
    static func call(_ proof: Proof, for authorization: ClientSettings.Authorization) -> HTTPCall {
        switch proof {
        case .clientCredentials:
            return post(
                path, [("grant_type", "client_credentials")] + client(authorization))
        case .assertion(let assertion):
            return post(
                path,
                [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", assertion.revealed),
                ])
        case .code(let code, let callback, let verifier):
            return post(
                path,
                [
                    ("grant_type", "authorization_code"), ("code", code.revealed),
                    ("redirect_uri", callback), ("code_verifier", verifier.revealed),
                ] + client(authorization))
        case .refreshToken(let token):
            return post(
                path,
                [("grant_type", "refresh_token"), ("refresh_token", token.revealed)]
                    + client(authorization))
        }
    }

    /// Ends a token; a refresh token takes its access tokens along.
    static func revocation(of token: Confidential) -> HTTPCall {
        post(revocationPath, [("token", token.revealed)])
    }

    private static func client(
        _ authorization: ClientSettings.Authorization
    ) -> [(String, String)] {
        switch authorization {
        case .clientCredentials(let clientID, let secret):
            [("client_id", clientID.revealed), ("client_secret", secret.revealed)]
        case .refreshToken(let clientID, let secret):
            [("client_id", clientID.revealed)]
                + (secret.map { [("client_secret", $0.revealed)] } ?? [])
        case .jwtBearer: []
        }
    }

    private static func post(_ path: String, _ form: [(String, String)]) -> HTTPCall {
        let body = form.map { name, value in "\(name)=\(PercentEncoding.form(value))" }
        return HTTPCall(
            kind: .token, method: .POST, path: path,
            body: Array(body.joined(separator: "&").utf8),
            contentType: "application/x-www-form-urlencoded")
    }

    /// Reads the answer to ``call(_:for:)``.
    static func grant(from answer: HTTPAnswer, login: InstanceURL) throws(SalesforceError) -> Grant
    {
        if (200..<300).contains(answer.status) {
            return try Grant(tokenResponse: answer.json(for: .token), login: login)
        }
        // Errors of this endpoint are an object `{"error","error_description"}`, not the array of
        // the REST API. The description may name the user, so only the code is kept.
        if (400..<500).contains(answer.status), let code = Self.code(of: answer) {
            guard code != "rate_limit_exceeded" else {
                throw .refused(
                    .token, status: answer.status,
                    errors: [RecordError(code: "RATE_LIMIT_EXCEEDED", message: "", fields: [])],
                    retryAfter: answer.retryAfter)
            }
            throw .notAuthorized(status: answer.status, code: code)
        }
        throw .unreadableAnswer(
            .token, status: answer.status, reason: "the token endpoint answered no OAuth error")
    }

    private static func code(of answer: HTTPAnswer) -> String? {
        // An unreadable body has no code: the caller reports the status instead.
        guard let text = (try? answer.parsedBody())?["error"]?.text, !text.isEmpty,
            text.utf8.count <= 64,
            text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return text
    }
}
