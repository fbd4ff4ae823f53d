import AsyncHTTPClient
import Logging
import Records

/// Makes and ends connections of the web flow: from a code to a stored grant, and back.
package struct Connector: Sendable {
    private let exchange: TokenExchange
    private let settings: ClientSettings

    package init(settings: ClientSettings, http: HTTPClient) {
        self.settings = settings
        exchange = TokenExchange(
            settings: settings, transport: HTTPTransport(http: http, limits: settings.limits))
    }

    /// Redeems the code of a consent. Nothing is stored.
    ///
    /// - Throws: ``SalesforceError/notConnected(_:)`` when the app gives no refresh token.
    package func grant(
        for code: Confidential, of consent: Consent
    ) async throws(SalesforceError) -> Grant {
        let grant = try await exchange.grant(for: consent.tokenRequest(for: code))
        guard grant.refreshToken != nil else {
            throw .notConnected(
                "the app gave no refresh token; add the scope \"Perform requests at any time "
                    + "(refresh_token, offline_access)\" to it")
        }
        return grant
    }

    /// Stores a grant in the place of the one before.
    ///
    /// - Parameter now: milliseconds since 1970 UTC.
    package func store(
        _ grant: Grant, in vault: GrantVault, now: Int64
    ) async throws(SalesforceError) {
        guard case .refreshToken(let clientID, _) = settings.authorization,
            let refreshToken = grant.refreshToken
        else { throw .invalidSettings("only grants of the flow web are stored") }
        let stored = StoredGrant(
            grant: grant, refreshToken: refreshToken, clientID: clientID.revealed, approvedAt: now,
            renewalBegunAt: nil)
        try await vault.withLock { () async throws(SalesforceError) in try vault.store(stored) }
    }

    /// Ends a grant at Salesforce, its access tokens with it.
    package func revoke(_ grant: StoredGrant) async throws(SalesforceError) {
        try await exchange.revoke(grant.refreshToken)
    }

    /// Ends a grant that was not stored.
    package func revoke(_ grant: Grant) async throws(SalesforceError) {
        guard let token = grant.refreshToken else { return }
        try await exchange.revoke(token)
    }
}
