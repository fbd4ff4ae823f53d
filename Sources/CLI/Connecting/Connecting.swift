import Actions
import AsyncHTTPClient
import Delivery
import EventLog
import Logging
import Projection
import Records
import Salesforce

/// Makes a connection: a grant for the configured flow, for the right org, kept where later
/// commands find it, and the data folder bound to the org.
struct Connecting {
    let configuration: Configuration
    let migration: Migration?
    let opensBrowser: Bool
    private let settings: ClientSettings
    private let vault: GrantVault?
    /// The grant that is to be replaced.
    private let earlier: StoredGrant?
    /// The org that the data folder belongs to already.
    private let bound: RecordID?

    /// What came of it.
    struct Outcome {
        let identity: Identity
        let rights: UserRights
        let limit: LimitsReport.Limit?
        let isBound: Bool
        /// Remarks for the person; nothing failed.
        let remarks: [String]
    }

    init(_ configuration: Configuration, migration: Migration?, opensBrowser: Bool) throws {
        self.configuration = configuration
        self.migration = migration
        self.opensBrowser = opensBrowser
        settings = try ClientSettings(configuration, keepsToShare: false)
        vault = try configuration.grantVault()
        earlier = try vault?.load()
        bound = try configuration.boundOrganization()
        try migration?.checkBeginning(bound: bound, earlier: earlier, settings: settings)
    }

    func run() async throws -> Outcome {
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: settings.limits.httpConfiguration)
        do {
            let outcome = try await run(http)
            try await http.shutdown()
            return outcome
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    private func run(_ http: HTTPClient) async throws -> Outcome {
        let connector = Connector(settings: settings, http: http)
        let grant = try await vault == nil ? nil : consentedGrant(connector)
        do {
            return try await finish(grant, connector, http)
        } catch {
            // Nobody will use it. That ending it may fail changes nothing for the person.
            if let grant { try? await connector.revoke(grant) }
            throw error
        }
    }

    private func consentedGrant(_ connector: Connector) async throws -> Grant {
        let listener = CallbackListener(
            port: configuration.salesforce.auth.callbackPort, settings: settings)
        let opensBrowser = opensBrowser
        let answer = try await listener.code { address in
            StandardError.write("open this address in a browser and log in:\n\(address)")
            if opensBrowser { Browser.open(address) }
        }
        return try await connector.grant(for: answer.code, of: answer.consent)
    }

    /// Looks whose grant it is; only then anything is kept.
    private func finish(
        _ grant: Grant?, _ connector: Connector, _ http: HTTPClient
    ) async throws -> Outcome {
        let client = SalesforceClient(
            settings: settings, http: http, logger: Diagnostics.logger(.warning),
            context: SessionContext(now: Clocks.wall, grant: grant, organizationID: bound))
        let identity = try await client.identity()
        try await migration?.prove(sameOrgAs: identity, bound: bound, client)
        let rights = try await client.rights()
        let limits = try await client.limits()
        var remarks = migration?.notices ?? []
        let isBound = try await bind(identity.organizationID)
        // Last: a grant that is stored must not be ended any more.
        if let grant, let vault {
            try await connector.store(grant, in: vault, now: Clocks.wall())
            remarks += await revokeEarlier(connector)
        }
        return Outcome(
            identity: identity, rights: rights, limit: limits.dailyAPIRequests, isBound: isBound,
            remarks: remarks)
    }

    /// The grant before has no use any more, and each user and app may have five.
    private func revokeEarlier(_ connector: Connector) async -> [String] {
        guard let earlier else { return [] }
        do throws(SalesforceError) {
            try await connector.revoke(earlier)
            return []
        } catch {
            // A token that Salesforce does not know any more is ended already.
            if case .notAuthorized = error { return [] }
            return ["the grant before could not be ended at Salesforce: \(error)"]
        }
    }

    /// - Returns: false when a server has the folder: it binds the folder itself at its next look.
    private func bind(_ organization: RecordID) async throws -> Bool {
        guard bound == nil else { return true }
        guard await !ControlClient(DataFolder(path: configuration.data)).isAnswering() else {
            return false
        }
        let session = try WritingSession(configuration)
        defer { session.close() }
        try await ConfigurationRecorder(log: session.log)
            .bind(to: organization.description, actions: configuration.actions)
        return true
    }
}
