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
                     tidemark check --permission-set > Tidemark.permissionset-meta.xml
            """)

    @Flag(help: "Use the descriptions that the log holds; ask nobody.")
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
        var descriptions: [String: ObjectDescription?]
        var doubts: [ConfigurationProblem] = []
        var api: ConnectionDocument.Use?
    }

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            if permissionSet { return try printPermissionSet(configuration) }
            let yaml = try String(contentsOfFile: options.config, encoding: .utf8)
            let seen =
                offline
                ? Seen(descriptions: try recorded(configuration))
                : try await seen(by: configuration)
            let check = DescriptionCheck(
                configuration, yaml: yaml, descriptions: seen.descriptions)
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

    /// The objects that the actions need, parents among them, as far as `found` tells.
    private func objects(
        _ configuration: Configuration, _ found: [String: ObjectDescription?] = [:]
    ) -> [String] {
        let known = Dictionary(found.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        return DescriptionNeeds(configuration.actions) { known[$0.lowercased()] ?? nil }.objects
    }

    private func printPermissionSet(_ configuration: Configuration) throws {
        let xml = PermissionSet(configuration).xml
        try options.output.print(PermissionSetDocument(permissionSet: xml)) { _ in xml }
    }

    private func seen(by configuration: Configuration) async throws -> Seen {
        let logger = Diagnostics.logger(.error)
        return try await SalesforceConnection.with(configuration, logger: logger) { client in
            var seen = Seen(descriptions: [:])
            while let object = objects(configuration, seen.descriptions)
                .first(where: { !seen.descriptions.keys.contains($0) })
            {
                seen.descriptions[object] = .some(try await describe(object, client))
            }
            let limit = try await client.limits().dailyAPIRequests
            seen.api = limit.map { .init(used: $0.max - $0.remaining, limit: $0.max) }
            seen.doubts = try ConnectionDoubts(
                options.config, configuration, rights: try await client.rights(), limit: limit
            ).warnings
            return seen
        }
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
        for object in objects(configuration, found) where found[object] == nil {
            StandardError.write("tidemark: \(object) was never described; it was not checked")
        }
        return found
    }
}
