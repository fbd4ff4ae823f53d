/// One run of the web server flow: the address that a person opens, and what comes back from it.
///
/// Source: Salesforce Help, "OAuth 2.0 Web Server Flow for Web App Integration"; RFC 7636 (PKCE);
/// RFC 8252 §7.3 (loopback callbacks).
package struct Consent: Sendable {
    /// Where the person logs in and says yes. Holds no secret: the challenge is a hash.
    package let address: String
    /// Where the browser is sent back to.
    package let callback: String
    private let state: String
    private let pkce: PKCE

    /// Bytes of chance that a run needs: the verifier's and the state's.
    package static let randomByteCount = PKCE.randomByteCount + stateByteCount
    private static let stateByteCount = 16
    /// The path of the callback on this machine.
    package static let callbackPath = "/callback"

    /// - Parameters:
    ///   - port: where this machine listens.
    ///   - randomBytes: ``randomByteCount`` bytes that nobody else knows.
    /// - Throws: ``SalesforceError/invalidSettings(_:)`` when the settings are of another flow.
    package init(
        settings: ClientSettings, port: Int, randomBytes: [UInt8]
    ) throws(SalesforceError) {
        guard case .refreshToken(let clientID, _) = settings.authorization else {
            throw .invalidSettings("only the flow web asks a person")
        }
        precondition(randomBytes.count == Self.randomByteCount, "too little chance")
        pkce = PKCE(randomBytes: Array(randomBytes.prefix(PKCE.randomByteCount)))
        state = Base64URL.encode(Array(randomBytes.suffix(Self.stateByteCount)))
        callback = "http://127.0.0.1:\(port)\(Self.callbackPath)"
        let items = [
            ("response_type", "code"), ("client_id", clientID.revealed),
            ("redirect_uri", callback), ("scope", "api refresh_token"), ("state", state),
            ("code_challenge", pkce.challenge), ("code_challenge_method", "S256"),
            // Without it a browser that is logged in as somebody else answers for that user.
            ("prompt", "login consent"),
        ]
        address =
            settings.login.description + "/services/oauth2/authorize?"
            + items.map { "\($0)=\(PercentEncoding.form($1))" }.joined(separator: "&")
    }

    /// What a request to the callback means.
    package enum Answer: Sendable, Hashable {
        /// The person said yes.
        case code(Confidential)
        /// Salesforce said no, for a reason that a person must see to.
        case refused(SalesforceError)
        /// Not the answer to this run: another page, or a forgery. To be ignored.
        case stranger
    }

    /// Reads the items of a callback's query.
    ///
    /// A code is believed only with our own `state`. A refusal is believed without one, because
    /// some refusals carry none; all that a forged one can do is to end this run.
    package func answer(toCallback items: [(name: String, value: String)]) -> Answer {
        func item(_ name: String) -> String? { items.first { $0.name == name }?.value }
        let isOurs = item("state").map { Self.isEqual($0, state) }
        if let error = item("error"), isOurs ?? true {
            return .refused(Self.refusal(error, description: item("error_description") ?? ""))
        }
        guard isOurs == true, let code = item("code"), !code.isEmpty, code.utf8.count <= 2_000
        else { return .stranger }
        return .code(Confidential(code))
    }

    /// The token request that redeems a code.
    func tokenRequest(for code: Confidential) -> TokenEndpoint.Proof {
        .code(code, callback: callback, verifier: pkce.verifier)
    }

    /// Codes as documented in Salesforce Help, "OAuth 2.0 Authorization Errors"; the missing
    /// installation is told by the description alone.
    private static func refusal(_ code: String, description: String) -> SalesforceError {
        // In a query a `+` is a space; whoever took the query apart may have left it.
        let words = String(description.map { $0 == "+" ? " " : $0 })
        let isInstallation = RecordError.textAfter("must be installed", in: words) != nil
        let known = code.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        return .notAuthorized(
            status: 302, code: isInstallation ? "app_not_installed" : known ? code : "unknown")
    }

    /// Takes as long for a near miss as for a far one.
    private static func isEqual(_ one: String, _ other: String) -> Bool {
        guard one.utf8.count == other.utf8.count else { return false }
        return zip(one.utf8, other.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
