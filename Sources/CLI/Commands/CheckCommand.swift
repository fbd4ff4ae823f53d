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
            Exit status 2 when there are problems, 78 when the file itself cannot be understood. \
            What Salesforce has described is kept in the data folder, for --offline.

            Example: tidemark check
                     tidemark check --offline   (against what was last described)
                     tidemark check --permission-set > Tidemark.permissionset-meta.xml
            """)

    @Flag(help: "Use what was last described; ask nobody.")
    var offline = false

    @Flag(
        help: "Print the permission set that the integration user needs, as metadata; ask nobody.")
    var permissionSet = false

    @OptionGroup var options: GlobalOptions

    private struct Document: Encodable {
        let ok: Bool
        let problems: [ProblemDocument]
        let warnings: [ProblemDocument]
        @NullWhenAbsent var api: ConnectionDocument.Use?
    }

    private struct PermissionSetDocument: Encodable {
        let permissionSet: String
    }

    /// What Salesforce says of the objects, of the user, and of the allocation.
    private struct Seen {
        var objects: DescribedObjects
        var doubts: [ConfigurationProblem] = []
        var api: ConnectionDocument.Use?
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let yaml = try String(contentsOfFile: options.config, encoding: .utf8)
            if permissionSet { return try printPermissionSet(configuration, yaml) }
            let seen =
                offline
                ? Seen(objects: try recorded(configuration))
                : try await seen(by: configuration)
            let check = DescriptionCheck(configuration, yaml: yaml, objects: seen.objects)
            let missing = configuration.secretProblems
            let warnings =
                configuration.warnings + check.warnings + seen.doubts + (offline ? missing : [])
            let problems = (offline ? [] : missing) + check.problems
            let document = Document(
                ok: problems.isEmpty, problems: problems.map(ProblemDocument.init),
                warnings: warnings.map(ProblemDocument.init), api: seen.api)
            try options.output.print(document) { style in
                let lines =
                    problems.map { style.red("problem ") + "\($0)" }
                    + warnings.map { style.yellow("warning ") + "\($0)" }
                let verdict =
                    problems.isEmpty
                    ? style.green("ok") + ": \(configuration.actions.count.of("action"))"
                    : problems.count.of("problem")
                let use = seen.api.map { "\($0.used) of \($0.limit) API requests used in 24 hours" }
                return (lines + [use].compactMap { $0 } + [verdict]).joined(separator: "\n")
            }
            if !document.ok { throw ExitCode(2) }
        }
    }

    private func printPermissionSet(_ configuration: Configuration, _ yaml: String) throws {
        let known = try LastDescriptions(DataFolder(path: configuration.data)).objects()
        let xml = try PermissionSet(configuration, yaml: yaml) { known?.found($0) }.xml
        try options.output.print(PermissionSetDocument(permissionSet: xml)) { _ in xml }
    }

    private func seen(by configuration: Configuration) async throws -> Seen {
        let logger = Diagnostics.logger(.error)
        return try await SalesforceConnection.with(configuration, logger: logger) { client in
            var seen = Seen(
                objects: try await DescribedObjects.asked(for: configuration.actions, client))
            try LastDescriptions.keep(
                seen.objects.all, in: DataFolder(path: configuration.data))
            let limit = try await client.limits().dailyAPIRequests
            seen.api = limit.map { .init(used: $0.max - $0.remaining, limit: $0.max) }
            seen.doubts = try ConnectionDoubts(
                options.config, configuration, rights: try await client.rights(), limit: limit,
                describe: seen.objects.found
            ).warnings
            return seen
        }
    }

    private func recorded(_ configuration: Configuration) throws -> DescribedObjects {
        let known = try LastDescriptions(DataFolder(path: configuration.data)).objects()
        guard let known else {
            throw CommandFailure.failed(
                "nothing was described yet in \(configuration.data); run `tidemark check`")
        }
        return known
    }
}
