import AsyncHTTPClient
import Logging
import Records

@testable import Salesforce

/// Runs `body` with a client of the org at `loginURL`, made as the product makes it.
func withClient<R>(
    of loginURL: String, limits: ClientLimits = ClientLimits(),
    logger: Logger = Logger(label: "salesforce-tests", factory: { _ in SwiftLogNoOpLogHandler() }),
    _ body: (SalesforceClient) async throws -> R
) async throws -> R {
    let http = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: limits.httpConfiguration)
    let result: Result<R, any Error>
    do {
        let settings = try ClientSettings.forTests(loginURL: loginURL, limits: limits)
        result = .success(
            try await body(SalesforceClient(settings: settings, http: http, logger: logger)))
    } catch {
        result = .failure(error)
    }
    try await http.shutdown()
    return try result.get()
}

/// The error that `body` throws; `nil` when it throws none.
func salesforceError<R>(
    _ body: () async throws(SalesforceError) -> R
) async -> SalesforceError? {
    do throws(SalesforceError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

extension CollectionsRequest {
    /// Creates contacts with these last names.
    static func contacts(_ names: String...) throws -> CollectionsRequest {
        try CollectionsRequest(
            kind: .create, object: "Contact",
            items: names.map { CollectionsItem(fields: ["LastName": .text($0)]) })
    }
}
