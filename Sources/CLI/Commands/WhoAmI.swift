import ArgumentParser
import Audit
import Logging

/// Shows the org, the user and the use of the API.
struct WhoAmI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show the org, the user, the instance and the API use behind the configuration.",
        discussion: "Example: tidemark whoami --json")

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        struct Use: Encodable {
            let used: Int
            let limit: Int
        }

        let name: String
        let organization: String
        let user: String
        @NullWhenAbsent var username: String?
        let instance: String
        let apiVersion: String
        @NullWhenAbsent var api: Use?
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let connection = try SalesforceConnection(
                configuration, logger: Diagnostics.logger(.warning))
            let document: Document
            do {
                document = try await describe(connection, configuration.salesforce.name)
            } catch {
                try await connection.close()
                throw error
            }
            try await connection.close()
            try options.output.print(document) { style in text(document, style) }
        }
    }

    private func describe(
        _ connection: SalesforceConnection, _ name: String
    ) async throws -> Document {
        let identity = try await connection.client.identity()
        let limits = try await connection.client.limits()
        return Document(
            name: name, organization: identity.organizationID.description,
            user: identity.userID.description, username: identity.username,
            instance: identity.instanceURL, apiVersion: connection.client.settings.apiVersion,
            api: limits.dailyAPIRequests.map {
                .init(used: $0.max - $0.remaining, limit: $0.max)
            })
    }

    private func text(_ document: Document, _ style: Style) -> String {
        var table = TextTable()
        table.add(["name", document.name])
        table.add(["org", document.organization])
        table.add(["user", "\(document.username ?? "") \(document.user)"])
        table.add(["instance", document.instance])
        table.add(["API version", document.apiVersion])
        if let api = document.api {
            table.add(["API requests", "\(api.used) of \(api.limit) in 24 hours"])
        }
        return table.text
    }
}
