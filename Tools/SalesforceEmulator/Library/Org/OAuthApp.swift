/// A client that the org knows: an External Client App, or a connected app of before.
package struct OAuthApp: Sendable {
    package var clientID: String
    package var clientSecret: String
    /// Where browsers may be sent back to. A loopback address matches on any port (RFC 8252 §7.3).
    package var callbackURLs = [
        "http://127.0.0.1/callback", "http://localhost/callback",
    ]
    /// SubjectPublicKeyInfo as PEM: what signs the assertions of the JWT bearer flow. Setup takes a
    /// certificate; its key is all that counts.
    package var publicKeyPEM: String?
    /// Whether each refresh gives a new refresh token and ends the one presented.
    package var rotatesRefreshTokens = false
    /// False for an app that nobody has installed in the org.
    package var isInstalled = true

    package init(clientID: String, clientSecret: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    func accepts(callback: String) -> Bool {
        callbackURLs.contains { $0 == callback || $0 == Self.withoutLoopbackPort(callback) }
    }

    private static func withoutLoopbackPort(_ url: String) -> String {
        for host in ["http://127.0.0.1", "http://localhost"] where url.hasPrefix(host + ":") {
            let rest = url.dropFirst(host.count + 1).drop { $0.isASCII && $0.isNumber }
            return host + rest
        }
        return url
    }
}

extension Org {
    /// Adds an app, or replaces the one with the same client id.
    package func add(_ app: OAuthApp) { withState { $0.add(app) } }

    /// Changes the app with this client id.
    package func changeApp(_ clientID: String, _ change: (inout OAuthApp) -> Void) {
        withState { state in
            guard var app = state.app(clientID) else { return }
            change(&app)
            state.add(app)
        }
    }

    /// Whether the person at the browser says no from now on.
    package func setConsentRefused(_ isRefused: Bool) {
        withState { $0.grants.isConsentRefused = isRefused }
    }

    /// Refresh tokens that are good now, oldest approval first.
    package var refreshTokens: [String] { withState { $0.grants.approvals.map(\.refreshToken) } }
}

extension OrgState {
    func app(_ clientID: String) -> OAuthApp? { apps.first { $0.clientID == clientID } }

    mutating func add(_ app: OAuthApp) {
        apps.removeAll { $0.clientID == app.clientID }
        apps.append(app)
    }
}
