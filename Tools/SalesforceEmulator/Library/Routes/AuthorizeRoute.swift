/// The page that asks a person to allow an app. This person is logged in and allows at once, unless
/// the org is told otherwise (Salesforce Help, "OAuth 2.0 Web Server Flow for Web App Integration"
/// and "OAuth 2.0 Authorization Errors").
extension OrgState {
    /// `GET /services/oauth2/authorize`.
    mutating func authorize(_ request: APIRequest) -> APIResponse {
        guard let app = app(request.item("client_id") ?? "") else {
            return page("invalid_client_id", "client identifier invalid")
        }
        // Nothing is ever sent to an address that the app has not registered, errors included.
        guard let callback = request.item("redirect_uri"), app.accepts(callback: callback) else {
            return page("redirect_uri_mismatch", "redirect_uri must match configuration")
        }
        let state = request.item("state")
        if let refusal = refusal(request, app) {
            return Self.redirect(
                callback,
                [("error", refusal.code), ("error_description", refusal.text), ("state", state)])
        }
        let code = grants.issueCode(
            OAuthGrants.Code(
                clientID: app.clientID, callback: callback,
                challenge: request.item("code_challenge"), issuedAt: now))
        return Self.redirect(callback, [("code", code), ("state", state)])
    }

    private func refusal(
        _ request: APIRequest, _ app: OAuthApp
    ) -> (code: String, text: String)? {
        guard request.item("response_type") == "code" else {
            return ("unsupported_response_type", "response type not supported")
        }
        guard app.isInstalled else { return ("invalid_client", "app must be installed into org") }
        guard request.item("code_challenge") != nil else {
            return ("invalid_request", "missing required code challenge")
        }
        guard request.item("code_challenge_method") == "S256" else {
            return ("invalid_request", "code challenge method not supported")
        }
        guard !grants.isConsentRefused else {
            return ("access_denied", "end-user denied authorization")
        }
        return nil
    }

    private func page(_ code: String, _ text: String) -> APIResponse {
        APIResponse(
            400,
            .text(
                "error=\(code)&error_description=\(PercentEncoding.encode(text))",
                contentType: "text/html;charset=UTF-8"))
    }

    private static func redirect(_ url: String, _ items: [(String, String?)]) -> APIResponse {
        let query = items.compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.encode($0))" }
        }
        return APIResponse(302)
            .adding(
                "Location", url + (url.contains("?") ? "&" : "?") + query.joined(separator: "&"))
    }
}

extension PercentEncoding {
    /// Everything but unreserved characters as `%XX`, and a space as `+`.
    static func encode(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber)
            if isPlain || "-._~".utf8.contains(byte) {
                encoded.append(character)
            } else if byte == 0x20 {
                encoded.append("+")
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }
    }
}
