import Actions
import ArgumentParser
import Foundation

/// Writes a commented configuration.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented tidemark.yaml to begin with.",
        discussion: """
            Example: tidemark init --preset contact account
            Never overwrites a file. The secrets that it names are read from the environment: \
            WEBSITE_WRITE_KEY, SF_CLIENT_ID, SF_CLIENT_SECRET.
            """)

    @Option(
        parsing: .upToNextOption,
        help: "Actions to begin with: lead, contact, account, opportunity, case or custom; several."
    )
    var preset: [Preset] = []

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let file: String
    }

    func run() async throws {
        try await running {
            guard !FileManager.default.fileExists(atPath: options.config) else {
                throw CommandFailure.failed(
                    "\(options.config) exists; it was left as it is. Name another file with "
                        + "--config"
                )
            }
            do {
                try Data(Configuration.template(presets: preset).utf8)
                    .write(to: URL(fileURLWithPath: options.config), options: .withoutOverwriting)
            } catch {
                throw CommandFailure.failed(
                    "\(options.config) could not be written: \(error.localizedDescription)")
            }
            try options.output.print(Document(file: options.config)) { style in
                """
                \(style.green("wrote")) \(options.config)
                next: set WEBSITE_WRITE_KEY, SF_CLIENT_ID and SF_CLIENT_SECRET, set \
                salesforce.loginUrl, then run `tidemark check`
                """
            }
        }
    }
}

extension Preset: ExpressibleByArgument {}
