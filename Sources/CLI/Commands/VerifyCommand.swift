import ArgumentParser
import Audit
import EventLog
import Projection

/// Checks everything that is kept.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check the log's hash chain and indexes, and that the state is the fold of the log.",
        discussion: """
            Exit status 2 when something is wrong. The log is checked first: nothing is folded \
            from a damaged one, and the state is then not compared.

            Example: tidemark verify --json
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let folder = DataFolder(path: try options.configuration().data)
            try folder.requireLog()
            let isServed = await ControlClient(folder).isAnswering()
            let verification = try Self.verification(of: folder, isServed: isServed)
            try options.output.print(verification) { style in text(verification, style) }
            if !verification.ok { throw ExitCode(2) }
        }
    }

    /// Opens the state only after the log was found whole, and folds the rest of the log into it
    /// unless a server does.
    private static func verification(
        of folder: DataFolder, isServed: Bool
    ) throws -> Verification {
        let log = try LogReader(folder: folder.log)
        defer { log.close() }
        var opened: StateStore?
        defer { opened?.close() }
        return try Verification.run(log: log, scratch: folder.scratch("verify")) {
            () throws(ProjectionError) in
            guard !isServed else {
                let state = try StateStore(folder: folder.state, isReadOnly: true)
                opened = state
                return state
            }
            let projector = try Projector(folder: folder.state, log: log)
            opened = projector.state
            try projector.catchUp()
            return projector.state
        }
    }

    private func text(_ verification: Verification, _ style: Style) -> String {
        var lines = verification.problems.map { style.red("problem: ") + $0 }
        if verification.state == .notCompared {
            lines.append("the state was not compared with the log")
        }
        let verdict =
            verification.ok
            ? style.green("ok") : style.red(verification.problems.count.of("problem"))
        let entries = "\(verification.entries) entries"
        lines.append("\(verdict): \(entries), chain head \(verification.chainHead)")
        return lines.joined(separator: "\n")
    }
}
