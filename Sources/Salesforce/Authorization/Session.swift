import Logging
import Records

/// Holds the current token and renews it, one renewal at a time.
///
/// Fifty calls that meet a 401 together cause one token request: logins count against the org's own
/// limits, and a storm of them can lock the integration user out. Tokens are never logged.
actor Session {
    private let settings: ClientSettings
    private let transport: HTTPTransport
    private let context: SessionContext
    private let logger: Logger

    // Both are protected by the actor. They are kept apart because the old grant must stay
    // comparable while the renewal runs: a caller that lost the race recognises the newer grant by
    // it.
    private var current: Grant?
    /// Whether ``current`` came from another process, so that nobody here knows it to be good.
    private var isTakenOver = false
    private var renewal: Task<Result<Grant, SalesforceError>, Never>?
    /// The org of the data, or of the first grant. Record links are worthless in any other org.
    private var organizationID: RecordID?

    init(
        settings: ClientSettings, transport: HTTPTransport, context: SessionContext, logger: Logger
    ) {
        self.settings = settings
        self.transport = transport
        self.context = context
        self.logger = logger
        organizationID = context.organizationID
    }

    /// The current grant; the first call asks for one.
    func grant() async throws(SalesforceError) -> Grant {
        if let current { return current }
        return try await renew(after: nil)
    }

    /// A grant newer than `stale`, which Salesforce has just refused.
    ///
    /// When another caller has renewed it meanwhile, that grant is returned without a request.
    func grant(after stale: Grant) async throws(SalesforceError) -> Grant {
        if let current, current != stale { return current }
        return try await renew(after: stale)
    }

    /// Whether a grant is the current one and was renewed by another process.
    func hasTakenOver(_ grant: Grant) -> Bool { isTakenOver && grant == current }

    private func renew(after stale: Grant?) async throws(SalesforceError) -> Grant {
        if let renewal { return try await renewal.value.get() }
        // A task of its own: the cancellation of one caller must not fail the others that wait for
        // it.
        let task = Task { await self.runRenewal(after: stale) }
        renewal = task
        return try await task.value.get()
    }

    /// Runs once per renewal, whoever waits: what it stores is stored before any waiter goes on.
    private func runRenewal(after stale: Grant?) async -> Result<Grant, SalesforceError> {
        defer { renewal = nil }
        do throws(SalesforceError) {
            let grant = try await newGrant(after: stale)
            if let organizationID, organizationID != grant.organizationID {
                throw .organizationChanged(
                    expected: organizationID, answered: grant.organizationID)
            }
            organizationID = grant.organizationID
            current = grant
            logger.info(
                "salesforce token granted", metadata: ["salesforce.host": "\(grant.instance.host)"])
            return .success(grant)
        } catch {
            return .failure(error)
        }
    }

    private func newGrant(after stale: Grant?) async throws(SalesforceError) -> Grant {
        if stale == nil, let given = context.grant { return given }
        let exchange = TokenExchange(settings: settings, transport: transport)
        switch settings.authorization {
        case .clientCredentials: return try await exchange.grant(for: .clientCredentials)
        case .jwtBearer(let clientID, let username, let privateKey):
            let assertion = Assertion(
                issuer: clientID.revealed, username: username, audience: settings.audience,
                now: context.now())
            return try await exchange.grant(
                for: .assertion(try await assertion.signed(with: privateKey)))
        case .refreshToken:
            guard let vault = context.vault else {
                throw .notConnected("there is no place for a grant of the flow web")
            }
            let renewal = GrantRenewal(vault: vault, exchange: exchange, now: context.now)
            let renewed = try await renewal.grant(after: stale)
            isTakenOver = renewed.isTakenOver
            return renewed.grant
        }
    }
}

/// Asks the token endpoint. The thin shell round ``TokenEndpoint``.
struct TokenExchange: Sendable {
    let settings: ClientSettings
    let transport: HTTPTransport

    func grant(for proof: TokenEndpoint.Proof) async throws(SalesforceError) -> Grant {
        let call = TokenEndpoint.call(proof, for: settings.authorization)
        let answer = try await transport.send(call, to: settings.login, token: nil)
        return try TokenEndpoint.grant(from: answer, login: settings.login)
    }

    /// - Throws: ``SalesforceError/notAuthorized(status:code:)`` when the token was not known any
    ///   more: it is ended all the same.
    func revoke(_ token: Confidential) async throws(SalesforceError) {
        let call = TokenEndpoint.revocation(of: token)
        let answer = try await transport.send(call, to: settings.login, token: nil)
        guard !(200..<300).contains(answer.status) else { return }
        _ = try TokenEndpoint.grant(from: answer, login: settings.login)
    }
}
