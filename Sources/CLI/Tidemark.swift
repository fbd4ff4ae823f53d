import Actions
import ArgumentParser
import Foundation

/// The program: one subcommand per file in `Commands/`.
@main
struct Tidemark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidemark",
        abstract: "Keeps Salesforce true to a stream of customer events.",
        discussion: """
            Every event is kept in a durable log; what Salesforce should hold is folded from it, \
            compared with what Salesforce holds, and only the differences are sent. Everything \
            sent is in the same log.

            Example: tidemark init && tidemark ingest events.ndjson && tidemark sync

            Exit status: 0 success, 1 failed, 2 changes or problems found \
            (plan --detailed-exitcode, check, verify), 64 usage, 78 configuration.
            """,
        version: Version.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Set up",
                subcommands: [
                    Init.self, Check.self, Test.self, Connect.self, Disconnect.self, WhoAmI.self,
                ]),
            CommandGroup(
                name: "Run",
                subcommands: [Ingest.self, Sync.self, Serve.self, Plan.self, Apply.self]),
            CommandGroup(
                name: "Look",
                subcommands: [Status.self, Log.self, Explain.self, Audit.self, Parked.self]),
            CommandGroup(name: "Decide", subcommands: [Replay.self, Retry.self]),
            CommandGroup(name: "Keep", subcommands: [Verify.self, Rebuild.self]),
        ])

    /// A misspelt command is answered with the one that was probably meant.
    static func main() async {
        StandardStreams.occupyClosed()
        MemoryUse.shareOneHeap()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let names =
            configuration.groupedSubcommands.flatMap(\.subcommands).map { $0._commandName } + [
                "help"
            ]
        if let name = arguments.first, !name.hasPrefix("-"), !names.contains(name) {
            let guess = NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? ";"
            StandardError.write(
                "tidemark: there is no command \(name)\(guess) `tidemark --help` lists all")
            Foundation.exit(CommandFailure.usage("").exitCode.rawValue)
        }
        await main(arguments)
    }
}

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}
