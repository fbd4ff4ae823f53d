import Actions
import ArgumentParser
import Audit

/// Authorises Tidemark in an org and binds the data folder to it.
struct Connect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Authorise Tidemark in the configured org, and bind the data folder to it.",
        discussion: """
            With the flow `web` a browser is opened for the person who allows it; the grant is \
            kept encrypted in the data folder. The other flows are tried and keep nothing.

            Example: tidemark connect
                     tidemark connect --no-browser     (prints the address, opens nothing)
                     tidemark connect --migrate        (another app, the same org)
                     tidemark connect --migrate --from old-tool.json
            """)

    @Flag(help: "Print the address to open, and open nothing.")
    var noBrowser = false

    @Flag(
        help: """
            Replace the authorisation of an existing connection by that of the configured app. The \
            log, links and state stay as they are.
            """)
    var migrate = false

    @Option(
        help: ArgumentHelp(
            "With --migrate: the configuration of another tool whose connection is replaced.",
            valueName: "file"))
    var from: String?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard from == nil || migrate else { throw ValidationError("--from needs --migrate.") }
    }

    private struct Document: Encodable {
        let connection: ConnectionDocument
        let bound: Bool
        let migrated: Bool
        let remarks: [String]
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let migration = try migrate ? Migration(earlierConfiguration: from) : nil
            let outcome = try await Connecting(
                configuration, migration: migration, opensBrowser: !noBrowser
            ).run()
            let doubts = try ConnectionDoubts(
                options.config, configuration, rights: outcome.rights, limit: outcome.limit)
            let document = Document(
                connection: ConnectionDocument(
                    configuration, outcome.identity, limit: outcome.limit, doubts: doubts),
                bound: outcome.isBound, migrated: migrate, remarks: outcome.remarks)
            try options.output.print(document) { style in text(document, style) }
        }
    }

    private func text(_ document: Document, _ style: Style) -> String {
        let verb = document.migrated ? "migrated" : "connected"
        var lines = [style.green(verb), document.connection.text(style)]
        if !document.bound {
            lines.append("the running server binds the data folder to this org at its next look")
        }
        lines += document.remarks.map { style.yellow("note ") + $0 }
        return lines.joined(separator: "\n")
    }
}
