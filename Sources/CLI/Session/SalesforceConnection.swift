import Actions
import AsyncHTTPClient
import Delivery
import EventLog
import Logging
import Projection
import Records
import Salesforce

/// A client of the configured org, with the HTTP client under it.
struct SalesforceConnection {
    let client: SalesforceClient
    private let http: HTTPClient

    /// - Parameters:
    ///   - organization: the org that the data folder belongs to: a token of another one is never
    ///     used. `nil` before the first connection.
    ///   - keepsToShare: no call is made once the configured share of the allocation is used.
    /// - Throws: ``CommandFailure/configuration(_:)`` when a secret that the flow needs is missing,
    ///   when the stored grant cannot be opened, or when there is none.
    init(
        _ configuration: Configuration, organization: RecordID?, keepsToShare: Bool = true,
        logger: Logger
    ) throws(CommandFailure) {
        do {
            let settings = try ClientSettings(configuration, keepsToShare: keepsToShare)
            let vault = try configuration.grantVault()
            if let vault, try vault.load() == nil {
                throw CommandFailure.configuration(
                    "\(configuration.data) is not connected to Salesforce; run `tidemark connect`")
            }
            http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: settings.limits.httpConfiguration)
            client = SalesforceClient(
                settings: settings, http: http, logger: logger,
                context: SessionContext(
                    now: Clocks.wall, vault: vault, organizationID: organization))
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Closes idle connections. Nothing may be under way.
    func close() async throws { try await http.shutdown() }

    /// Runs `body` with a connection, and closes it. For the few calls of a person who asks about
    /// the connection: they are made also when the share of the allocation is used, because the
    /// answer says so.
    static func with<Value>(
        _ configuration: Configuration, logger: Logger,
        _ body: (SalesforceClient) async throws -> Value
    ) async throws -> Value {
        let connection = try SalesforceConnection(
            configuration, organization: try configuration.boundOrganization(),
            keepsToShare: false, logger: logger)
        do {
            let value = try await body(connection.client)
            try await connection.close()
            return value
        } catch {
            try await connection.close()
            throw error
        }
    }
}

extension ClientSettings {
    /// Fetches the secrets of the configured flow, and no others.
    init(_ configuration: Configuration, keepsToShare: Bool) throws {
        let salesforce = configuration.salesforce
        let auth = salesforce.auth
        let clientID = Confidential(try auth.clientID.reveal())
        let secret = try auth.clientSecret.map { Confidential(try $0.reveal()) }
        let authorization: Authorization
        switch auth.flow {
        case .clientCredentials:
            guard let secret else {
                throw CommandFailure.configuration("salesforce.auth.clientSecret is missing")
            }
            authorization = .clientCredentials(clientID: clientID, clientSecret: secret)
        case .jwt:
            guard let username = auth.username, let key = try auth.privateKey?.reveal() else {
                throw CommandFailure.configuration(
                    "salesforce.auth.username or privateKey is missing")
            }
            authorization = .jwtBearer(
                clientID: clientID, username: username, privateKey: Confidential(key))
        case .web:
            authorization = .refreshToken(clientID: clientID, clientSecret: secret)
        }
        var limits = ClientLimits()
        limits.allocationShare = keepsToShare ? salesforce.budgetShare : nil
        try self.init(
            loginURL: salesforce.loginURL, isSandbox: salesforce.sandbox,
            apiVersion: salesforce.apiVersion, authorization: authorization, limits: limits)
    }
}

extension Configuration {
    /// Where the grant of the web flow lies; `nil` for the other flows, which store none.
    func grantVault() throws(ConfigurationError) -> GrantVault? {
        guard salesforce.auth.flow == .web else { return nil }
        return GrantVault(
            folder: DataFolder(path: data).credentials, key: try grantKey())
    }

    /// The org that the data folder belongs to, as its log says; `nil` before the first connection.
    /// The log must not be open in this process.
    func boundOrganization() throws(CommandFailure) -> RecordID? {
        try DataFolder(path: data).latestConfiguration()?.entry.organizationID
    }
}

extension ConfigurationEntry {
    var organizationID: RecordID? { organization.flatMap { RecordID(answered: $0) } }
}

extension DeliverySettings {
    init(_ salesforce: SalesforceConfiguration) {
        self.init()
        fence = salesforce.inDoubtFence
        budgetShare = salesforce.budgetShare
        holdsDeletes = salesforce.deletes == .hold
        // Without a brake nothing is held back.
        brakeCount = salesforce.brake?.count ?? .max
        brakeShare = salesforce.brake?.share ?? 1
        limits.jobs.latency = salesforce.latency
        saving = salesforce.objects.mapValues(SavingRules.init)
        following = salesforce.objects["lead"].flatMap { ConversionTarget($0.converted) }
    }
}

extension SavingRules {
    init(_ object: ObjectConfiguration) {
        self.init(
            runsAssignmentRules: object.assignmentRules,
            passesDuplicateAlerts: object.duplicateRules == .allowSave)
    }
}

extension ConversionTarget {
    /// `nil` when converted leads are parked.
    init?(_ policy: ConvertedLeadPolicy) {
        switch policy {
        case .park: return nil
        case .contact: self = .contact
        case .account: self = .account
        }
    }
}
