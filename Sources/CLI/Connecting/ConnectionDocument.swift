import Actions
import Audit
import Foundation
import Records
import Salesforce

/// What a person should know about a connection that works: rights too small or too large, and an
/// allocation that runs out.
struct ConnectionDoubts {
    let warnings: [ConfigurationProblem]

    /// - Parameters:
    ///   - file: the configuration's path, for the places of actions in it.
    ///   - describe: what is known of an object.
    init(
        _ file: String, _ configuration: Configuration, rights: UserRights,
        limit: LimitsReport.Limit?, describe: (String) -> ObjectDescription? = { _ in nil }
    ) throws {
        let yaml = try String(contentsOfFile: file, encoding: .utf8)
        var warnings = RightsCheck(
            configuration, yaml: yaml, rights: rights, describe: describe
        ).warnings
        if let limit, limit.max > 0 {
            let used = Double(limit.max - limit.remaining) / Double(limit.max)
            if used >= configuration.salesforce.budgetShare {
                warnings.append(
                    ConfigurationProblem(
                        file: file,
                        message: "\(Self.percent(used)) of the org's API requests in 24 hours are "
                            + "used, and Tidemark stops at "
                            + "\(Self.percent(configuration.salesforce.budgetShare)) "
                            + "(salesforce.budget.share); look who uses them in Setup, Company "
                            + "Information"))
            }
        }
        self.warnings = warnings
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}

/// A connection as commands show it.
struct ConnectionDocument: Encodable {
    struct Use: Encodable {
        let used: Int
        let limit: Int
    }

    let name: String
    let flow: String
    let organization: String
    let user: String
    @NullWhenAbsent var username: String?
    let instance: String
    let apiVersion: String
    @NullWhenAbsent var api: Use?
    let warnings: [ProblemDocument]

    init(
        _ configuration: Configuration, _ identity: Identity, limit: LimitsReport.Limit?,
        doubts: ConnectionDoubts
    ) {
        name = configuration.salesforce.name
        flow = configuration.salesforce.auth.flow.rawValue
        organization = identity.organizationID.description
        user = identity.userID.description
        _username = NullWhenAbsent(wrappedValue: identity.username)
        instance = identity.instanceURL
        apiVersion = configuration.salesforce.apiVersion
        _api = NullWhenAbsent(
            wrappedValue: limit.map { Use(used: $0.max - $0.remaining, limit: $0.max) })
        warnings = doubts.warnings.map(ProblemDocument.init)
    }

    func text(_ style: Style) -> String {
        var table = TextTable()
        table.add(["name", name])
        table.add(["org", organization])
        table.add(["user", "\(username ?? "") \(user)"])
        table.add(["instance", instance])
        table.add(["flow", flow])
        table.add(["API version", apiVersion])
        if let api {
            let share = api.limit > 0 ? Double(api.used) / Double(api.limit) : 0
            table.add([
                "API requests",
                "\(api.used) of \(api.limit) in 24 hours (\(ConnectionDoubts.percent(share)))",
            ])
        }
        let lines = warnings.map { style.yellow("warning ") + $0.description }
        return ([table.text] + lines).joined(separator: "\n")
    }
}

/// A problem of the configuration as JSON.
struct ProblemDocument: Encodable {
    let file: String
    let line: Int
    let column: Int
    let message: String
    @NullWhenAbsent var suggestion: String?
    /// As people read it.
    let description: String

    private enum CodingKeys: String, CodingKey {
        case file, line, column, message, suggestion
    }

    init(_ problem: ConfigurationProblem) {
        file = problem.file
        line = problem.line
        column = problem.column
        message = problem.message
        _suggestion = NullWhenAbsent(wrappedValue: problem.suggestion)
        description = problem.description
    }
}
