import Actions
import AsyncHTTPClient
import Delivery
import Logging
import Salesforce

/// A client of the configured org, with the HTTP client under it.
struct SalesforceConnection {
    let client: SalesforceClient
    private let http: HTTPClient

    init(_ configuration: Configuration, logger: Logger) throws(CommandFailure) {
        let salesforce = configuration.salesforce
        guard salesforce.auth.flow == .clientCredentials, let secret = salesforce.auth.clientSecret
        else {
            throw .configuration(
                "\(configuration.file): salesforce.auth.flow "
                    + "\(salesforce.auth.flow.rawValue) is not available in this version; "
                    + "use client-credentials")
        }
        do {
            let settings = try ClientSettings(
                loginURL: salesforce.loginURL, apiVersion: salesforce.apiVersion,
                authorization: .clientCredentials(
                    clientID: Confidential(try salesforce.auth.clientID.reveal()),
                    clientSecret: Confidential(try secret.reveal())))
            http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: settings.limits.httpConfiguration)
            client = SalesforceClient(settings: settings, http: http, logger: logger)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Closes idle connections. Nothing may be under way.
    func close() async throws { try await http.shutdown() }
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
    }
}
