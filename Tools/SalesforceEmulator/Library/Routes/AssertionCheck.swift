import Crypto
import CryptoExtras

/// `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` (Salesforce Help, "OAuth 2.0 JWT Bearer
/// Flow for Server-to-Server Integration").
extension OrgState {
    static let assertionGrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// Help says three minutes in one place and five in another; the stricter is checked.
    private static let assertionSecondsMax: Int64 = 180

    /// No secret is sent, and no refresh token comes back.
    mutating func exchangeAssertion(_ request: TokenRequest) throws(OAuthRefusal) -> JSON {
        let parts = (request["assertion"] ?? "").split(
            separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let signature = Base64.decodeFromURL(String(parts[2]))
        else { throw OAuthRefusal("invalid_grant", "invalid assertion") }
        guard let app = app(claims["iss"]?.string ?? "") else {
            throw OAuthRefusal("invalid_client_id", "client identifier invalid")
        }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard header["alg"]?.string == "RS256", Self.isSigned(signed, signature, by: app) else {
            throw OAuthRefusal("invalid_grant", "invalid assertion")
        }
        try check(claims)
        return tokenAnswer(sessions.issue(organization: organizationID, time: now), scope: "api")
    }

    private func check(_ claims: JSON) throws(OAuthRefusal) {
        let audiences = [
            "https://login.salesforce.com", "https://test.salesforce.com", baseURL,
        ]
        guard let audience = claims["aud"]?.string, audiences.contains(audience) else {
            throw OAuthRefusal("invalid_grant", "audience is invalid")
        }
        let seconds = now / 1_000
        // An assertion that is over is answered like a code that is (recorded).
        guard let end = claims["exp"]?.int.map(Int64.init), end > seconds else {
            throw .staleCode
        }
        guard end - seconds <= Self.assertionSecondsMax else {
            throw OAuthRefusal("invalid_grant", "invalid assertion")
        }
        let user = store.record("User", id: userID)
        guard claims["sub"]?.string == user?.text("Username") else {
            throw OAuthRefusal("invalid_grant", "user hasn't approved this consumer")
        }
    }

    private static func json(_ part: Substring) -> JSON? {
        guard let bytes = Base64.decodeFromURL(String(part)) else { return nil }
        return try? JSON.parse(bytes)
    }

    private static func isSigned(
        _ bytes: [UInt8], _ signature: [UInt8], by app: OAuthApp
    ) -> Bool {
        guard let pem = app.publicKeyPEM,
            let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem)
        else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
    }
}

extension Base64 {
    /// With `-` and `_`, without padding (RFC 4648 §5).
    static func encodeForURL(_ bytes: [UInt8]) -> String {
        String(
            encode(bytes).compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }

    static func decodeFromURL(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
        return decode(String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }))
    }
}
