import Records

/// Renews a stored grant such that no crash can lose it unnoticed.
///
/// Where refresh tokens rotate, each may be presented once: presenting it again ends the whole
/// approval (Salesforce Help, "OAuth 2.0 Refresh Token Flow"). So, with the vault locked against
/// other processes: the grant is read; that its token is about to be presented is stored; it is
/// presented; the answer is stored; and only then is the new access token used. A crash after the
/// second store costs nothing. A crash before it leaves the note, and the next renewal, which has
/// no other way than presenting the token once more, can say why it was refused.
struct GrantRenewal: Sendable {
    let vault: GrantVault
    let exchange: TokenExchange
    let now: @Sendable () -> Int64

    struct Renewed: Sendable {
        let grant: Grant
        /// Whether another process renewed it.
        let isTakenOver: Bool
    }

    /// - Parameter stale: the grant that Salesforce has refused; `nil` for the first of a process,
    ///   which then takes the stored one over as it is.
    func grant(after stale: Grant?) async throws(SalesforceError) -> Renewed {
        if stale == nil { return Renewed(grant: try stored().grant, isTakenOver: true) }
        return try await vault.withLock { () async throws(SalesforceError) in
            let stored = try stored()
            // Another process was faster.
            if stored.grant.accessToken != stale?.accessToken {
                return Renewed(grant: stored.grant, isTakenOver: true)
            }
            return Renewed(grant: try await renew(stored), isTakenOver: false)
        }
    }

    private func stored() throws(SalesforceError) -> StoredGrant {
        guard let stored = try vault.load() else {
            throw .notConnected("\(vault.path) holds no grant")
        }
        // A refresh token is shown to the app that it was given to, at the kind of host that gave
        // it, and to nobody else.
        let settings = exchange.settings
        guard stored.clientID == settings.clientID,
            stored.grant.instance.isLoopback == settings.login.isLoopback
        else {
            throw .notConnected(
                "the grant in \(vault.path) was given to another app than the settings name; a "
                    + "server that still has earlier settings must be restarted, others connect "
                    + "anew with --migrate")
        }
        return stored
    }

    private func renew(_ stored: StoredGrant) async throws(SalesforceError) -> Grant {
        try vault.store(stored.beginningRenewal(at: now()))
        let answer: Grant
        do throws(SalesforceError) {
            answer = try await exchange.grant(for: .refreshToken(stored.refreshToken))
        } catch {
            throw try settle(error, stored)
        }
        let renewed = stored.renewed(by: answer)
        try vault.store(renewed)
        return renewed.grant
    }

    /// What a failed renewal means for the stored grant.
    private func settle(
        _ error: SalesforceError, _ stored: StoredGrant
    ) throws(SalesforceError) -> SalesforceError {
        switch error {
        case .notSent, .refused:
            // Nothing was presented. The note of an earlier renewal, if any, still holds.
            try vault.store(stored)
            return error
        case .notAuthorized(_, let code):
            try vault.store(stored)
            guard code == "invalid_grant" else { return error }
            return .notConnected(
                stored.renewalBegunAt == nil
                    ? "Salesforce no longer honours the grant in \(vault.path): it has expired, "
                        + "was revoked, or gave way to a newer approval of the same user"
                    : "a renewal of the grant in \(vault.path) was cut off before its answer could "
                        + "be stored, and the org does not take the old refresh token again")
        default:
            // The token may have been presented: the note stays.
            return error
        }
    }
}
