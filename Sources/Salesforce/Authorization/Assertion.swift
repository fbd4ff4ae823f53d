import JWTKit

/// The signed claim with which the JWT bearer flow asks for a token.
///
/// Source: Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration": RS256,
/// `iss` the consumer key, `sub` the username, `aud` the login host, never the My Domain, `exp` in
/// seconds and a few minutes ahead.
struct Assertion: JWTPayload {
    let iss: String
    let sub: String
    let aud: String
    let exp: Int

    /// Help gives three minutes in one place and five in another: well inside both, with room for a
    /// clock that is off.
    static let lifetimeSeconds: Int64 = 150

    /// - Parameter now: milliseconds since 1970 UTC.
    init(issuer: String, username: String, audience: String, now: Int64) {
        iss = issuer
        sub = username
        aud = audience
        exp = Int(now / 1_000 + Self.lifetimeSeconds)
    }

    /// Only the receiver verifies.
    func verify(using algorithm: some JWTAlgorithm) throws {}

    /// - Parameter privateKey: RSA, 2,048 bits at least, as PEM.
    /// - Throws: ``SalesforceError/invalidSettings(_:)`` when it is no such key.
    func signed(with privateKey: Confidential) async throws(SalesforceError) -> Confidential {
        do {
            let key = try Insecure.RSA.PrivateKey(pem: privateKey.revealed)
            let keys = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256)
            return Confidential(try await keys.sign(self))
        } catch {
            // The error's own text may quote the key.
            throw .invalidSettings(
                "salesforce.auth.privateKey is no RSA private key of 2048 bits or more in PEM; "
                    + "`openssl genrsa 2048` makes one")
        }
    }
}
