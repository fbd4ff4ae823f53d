/// Tokens and identity (Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server
/// Integration"; "OAuth 2.0 Authorization Errors"; recorded token and identity answers).
extension OrgState {
    /// `POST /services/oauth2/token`, form-encoded.
    mutating func token(_ request: APIRequest) -> APIResponse {
        guard request.method == "POST" else {
            return OAuthRefusal("invalid_request", "must use HTTP POST").answer
        }
        let form = TokenRequest(request)
        do throws(OAuthRefusal) {
            return APIResponse(200, .json(try grant(form)))
        } catch {
            return error.answer
        }
    }

    private mutating func grant(_ request: TokenRequest) throws(OAuthRefusal) -> JSON {
        switch request["grant_type"] {
        case "client_credentials":
            _ = try authenticated(request)
            // No refresh token: this flow gives none.
            return tokenAnswer(
                sessions.issue(organization: organizationID, time: now), scope: "api")
        case "authorization_code": return try exchangeCode(request)
        case "refresh_token": return try refresh(request)
        case Self.assertionGrantType: return try exchangeAssertion(request)
        default: throw OAuthRefusal("unsupported_grant_type", "grant type not supported")
        }
    }

    /// Without `expires_in`: a session ends when it ends.
    func tokenAnswer(_ token: String, scope: String) -> JSON {
        [
            "access_token": .string(token),
            "signature": .string(Base64.encode(Array("unsigned \(now)".utf8))),
            "scope": .string(scope), "instance_url": .string(baseURL),
            "id": .string("\(baseURL)/id/\(organizationID)/\(userID)"), "token_type": "Bearer",
            "issued_at": .string(String(now)),
        ]
    }

    /// `GET /services/oauth2/userinfo` and the identity URL.
    func identity(_ call: RoutedCall) -> APIResponse {
        guard Authorization.refusal(call.request, sessions) == nil,
            let user = store.record("User", id: userID)
        else { return APIResponse(403, .text("Bad_OAuth_Token", contentType: "text/html")) }
        if call.route == .identity, call.request.path != ["id", organizationID, userID] {
            return APIResponse(404, .text("Not Found", contentType: "text/html"))
        }
        let data = "\(baseURL)/services/data/v{version}/"
        var members: [JSON.Member] = [
            .init("user_id", .string(userID)), .init("organization_id", .string(organizationID)),
            .init("email", .optional(user.text("Email"))), .init("email_verified", true),
            .init("active", true), .init("user_type", "STANDARD"), .init("language", "en_US"),
            .init("locale", "en_US"), .init("utcOffset", 0),
            .init("is_salesforce_integration_user", false),
            .init(
                "urls",
                [
                    "rest": .string(data), "sobjects": .string(data + "sobjects/"),
                    "query": .string(data + "query/"), "recent": .string(data + "recent/"),
                ]),
        ]
        let username = JSON.optional(user.text("Username"))
        let name = JSON.optional(user.text("Name"))
        if call.route == .userInfo {
            members += [
                .init("sub", .string("\(baseURL)/id/\(organizationID)/\(userID)")),
                .init("preferred_username", username), .init("name", name),
                .init("zoneinfo", "GMT"),
            ]
        } else {
            members += [
                .init("id", .string("\(baseURL)/id/\(organizationID)/\(userID)")),
                .init("asserted_user", true), .init("username", username),
                .init("display_name", name), .init("timezone", "GMT"),
            ]
        }
        return APIResponse(200, .json(.object(members)))
    }
}

/// Base64 (RFC 4648), with padding.
enum Base64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { bits, offset in
                bits << 8 | (start + offset < group.endIndex ? Int(bytes[start + offset]) : 0)
            }
            for position in 0..<4 {
                let letter = letters[bits >> (18 - 6 * position) & 63]
                text.append(position <= group.count ? letter : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, bitCount) = (0, 0)
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let value = letters.firstIndex(of: byte) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(bits >> bitCount & 0xFF))
            }
        }
        return bytes
    }
}
