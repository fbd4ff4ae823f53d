import Actions
import ArgumentParser
import Audit
import Delivery
import EventLog
import Foundation
import Records
import Salesforce

/// Reads the configuration and compares it with what Salesforce describes.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check the configuration against Salesforce's describe: every problem with its place.",
        discussion: """
            Exit status 2 when there are problems, 78 when the file itself cannot be understood.

            Example: tidemark check
                     tidemark check --offline   (against the descriptions in the log)
            """)

    @Flag(help: "Use the descriptions that the log holds; ask nobody.")
    var offline = false

    @OptionGroup var options: GlobalOptions

    private struct ProblemDocument: Encodable {
        let file: String
        let line: Int
        let column: Int
        let message: String
        @NullWhenAbsent var suggestion: String?

        init(_ problem: ConfigurationProblem) {
            file = problem.file
            line = problem.line
            column = problem.column
            message = problem.message
            _suggestion = NullWhenAbsent(wrappedValue: problem.suggestion)
        }
    }

    private struct Document: Encodable {
        let ok: Bool
        let problems: [ProblemDocument]
        let warnings: [ProblemDocument]
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let yaml = try String(contentsOfFile: options.config, encoding: .utf8)
            let descriptions =
                offline
                ? try recorded(configuration) : try await described(configuration)
            let check = DescriptionCheck(configuration, yaml: yaml, descriptions: descriptions)
            let missing = configuration.secretProblems
            let warnings = configuration.warnings + check.warnings + (offline ? missing : [])
            let problems = (offline ? [] : missing) + check.problems
            let document = Document(
                ok: problems.isEmpty, problems: problems.map(ProblemDocument.init),
                warnings: warnings.map(ProblemDocument.init))
            try options.output.print(document) { style in
                let lines =
                    problems.map { style.red("problem ") + "\($0)" }
                    + warnings.map { style.yellow("warning ") + "\($0)" }
                let verdict =
                    problems.isEmpty
                    ? style.green("ok") + ": \(configuration.actions.count.of("action"))"
                    : problems.count.of("problem")
                return (lines + [verdict]).joined(separator: "\n")
            }
            if !document.ok { throw ExitCode(2) }
        }
    }

    private func objects(_ configuration: Configuration) -> [String] {
        Set(configuration.actions.filter(\.isEnabled).map(\.object)).sorted()
    }

    private func described(
        _ configuration: Configuration
    ) async throws -> [String: ObjectDescription?] {
        let connection = try SalesforceConnection(
            configuration, logger: Diagnostics.logger(.error))
        var found: [String: ObjectDescription?] = [:]
        do {
            for object in objects(configuration) {
                found[object] = .some(try await describe(object, connection.client))
            }
        } catch {
            try await connection.close()
            throw error
        }
        try await connection.close()
        return found
    }

    /// - Returns: `nil` when Salesforce says that there is no such object.
    private func describe(
        _ object: String, _ client: SalesforceClient
    ) async throws -> ObjectDescription? {
        do throws(SalesforceError) {
            return try await client.describe(object)
        } catch {
            guard case .refused(_, 404, _, _) = error else { throw error }
            return nil
        }
    }

    /// The log holds only the fields that the actions used when they were described, so a field
    /// that is missing there may still exist: without Salesforce, objects are checked that were
    /// described, and others are named.
    private func recorded(
        _ configuration: Configuration
    ) throws -> [String: ObjectDescription?] {
        let folder = DataFolder(path: configuration.data)
        guard folder.holdsLog else {
            throw CommandFailure.failed(
                "\(configuration.data) holds no log, so nothing was described yet; run "
                    + "`tidemark check`"
            )
        }
        let log = try LogReader(folder: folder.log)
        defer { log.close() }
        guard let latest = try ConfigurationRecorder.latest(in: log) else { return [:] }
        var found: [String: ObjectDescription?] = [:]
        for description in latest.entry.descriptions {
            found[description.name] = .some(description)
        }
        for object in objects(configuration) where found[object] == nil {
            StandardError.write("tidemark: \(object) was never described; it was not checked")
        }
        return found
    }
}
