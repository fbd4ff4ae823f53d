import ArgumentParser
import Audit

/// Checks everything that is kept.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check the log's hash chain and indexes, and that the state is the fold of the log.",
        discussion: """
            Exit status 2 when something is wrong.

            Example: tidemark verify --json
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let session = try await ReadingSession(configuration)
            defer { session.close() }
            let verification = try Verification.run(
                log: session.log, state: session.state,
                scratch: DataFolder(path: configuration.data).scratch("verify"))
            try options.output.print(verification) { style in
                let problems = verification.problems.map { style.red("problem: ") + $0 }
                let verdict =
                    verification.ok
                    ? style.green("ok") : style.red(verification.problems.count.of("problem"))
                let entries = "\(verification.entries) entries"
                let summary = "\(verdict): \(entries), chain head \(verification.chainHead)"
                return (problems + [summary]).joined(separator: "\n")
            }
            if !verification.ok { throw ExitCode(2) }
        }
    }
}
