import Logging
import Records

/// Holds the current token and renews it, one renewal at a time.
///
/// Fifty calls that meet a 401 together cause one token request: logins count against the org's own
/// limits, and a storm of them can lock the integration user out. The token lives only in this
/// actor's memory and is never logged.
actor Session {
    private let settings: ClientSettings
    private let transport: HTTPTransport
    private let logger: Logger

    // Both are protected by the actor. They are kept apart because the old grant must stay
    // comparable while the renewal runs: a caller that lost the race recognises the newer grant by
    // it.
    private var current: Grant?
    private var renewal: Task<Result<Grant, SalesforceError>, Never>?
    /// The org of the first grant. Record links are worthless in any other org.
    private var organizationID: RecordID?

    init(settings: ClientSettings, transport: HTTPTransport, logger: Logger) {
        self.settings = settings
        self.transport = transport
        self.logger = logger
    }

    /// The current grant; the first call asks for one.
    func grant() async throws(SalesforceError) -> Grant {
        if let current { return current }
        return try await renew()
    }

    /// A grant newer than `stale`, which Salesforce has just refused.
    ///
    /// When another caller has renewed it meanwhile, that grant is returned without a request.
    func grant(after stale: Grant) async throws(SalesforceError) -> Grant {
        if let current, current != stale { return current }
        return try await renew()
    }

    private func renew() async throws(SalesforceError) -> Grant {
        if let renewal { return try await renewal.value.get() }
        // A task of its own: the cancellation of one caller must not fail the others that wait for
        // it.
        let task = Task { await self.runRenewal() }
        renewal = task
        return try await task.value.get()
    }

    /// Runs once per renewal, whoever waits: what it stores is stored before any waiter goes on.
    private func runRenewal() async -> Result<Grant, SalesforceError> {
        defer { renewal = nil }
        do throws(SalesforceError) {
            let call = TokenEndpoint.call(for: settings.authorization)
            let answer = try await transport.send(call, to: settings.login, token: nil)
            let grant = try TokenEndpoint.grant(from: answer, login: settings.login)
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
}
