import Records

/// The token request of each flow and the meaning of its answers: pure values.
///
/// Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration"
/// and "OAuth Authorization Errors".
enum TokenEndpoint {
    static let path = "/services/oauth2/token"

    /// The form to post. The secret goes into the body, never into the URL, where proxies log it.
    static func call(for authorization: ClientSettings.Authorization) -> HTTPCall {
        switch authorization {
        case .clientCredentials(let clientID, let clientSecret):
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", clientID.revealed),
                ("client_secret", clientSecret.revealed),
            ]
            let body = form.map { name, value in "\(name)=\(PercentEncoding.form(value))" }
            return HTTPCall(
                kind: .token, method: .POST, path: path,
                body: Array(body.joined(separator: "&").utf8),
                contentType: "application/x-www-form-urlencoded")
        }
    }

    /// Reads the answer to ``call(for:)``.
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
