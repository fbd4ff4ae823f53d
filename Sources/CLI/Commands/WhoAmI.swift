import ArgumentParser
import Audit
import Logging

/// Shows the org, the user and the use of the API.
struct WhoAmI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show the org, the user, the instance and the API use behind the configuration.",
        discussion: """
            Warns when the user lacks a right that prevents duplicates, or has more than needed.

            Example: tidemark whoami --json
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let logger = Diagnostics.logger(.warning)
            let document = try await SalesforceConnection.with(configuration, logger: logger) {
                client in
                let identity = try await client.identity()
                let rights = try await client.rights()
                let limit = try await client.limits().dailyAPIRequests
                return ConnectionDocument(
                    configuration, identity, limit: limit,
                    doubts: try ConnectionDoubts(
                        options.config, configuration, rights: rights, limit: limit))
            }
            try options.output.print(document) { style in document.text(style) }
        }
    }
}
