import ArgumentParser

/// The program: one subcommand per file in `Commands/`.
@main
struct Tidemark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidemark",
        abstract: "Keeps Salesforce true to a stream of customer events.",
        discussion: """
            Every event is kept in a durable log; what Salesforce should hold is folded from it, compared \
            with what Salesforce holds, and only the differences are sent. Everything sent is in the same log.

            Example: tidemark init && tidemark ingest events.ndjson && tidemark plan && tidemark sync

            Exit status: 0 success, 1 failed, 2 changes or problems found (plan --detailed-exitcode, check, \
            verify), 64 usage, 78 configuration.
            """,
        version: Version.current,
        groupedSubcommands: [
            CommandGroup(name: "Set up", subcommands: [Init.self, Check.self, WhoAmI.self]),
            CommandGroup(
                name: "Run",
                subcommands: [Ingest.self, Sync.self, Serve.self, Plan.self, Apply.self]),
            CommandGroup(
                name: "Look",
                subcommands: [Status.self, Log.self, Explain.self, Audit.self, Parked.self]),
            CommandGroup(name: "Decide", subcommands: [Replay.self, Retry.self]),
            CommandGroup(name: "Keep", subcommands: [Verify.self, Rebuild.self]),
        ])
}

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}
