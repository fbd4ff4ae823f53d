import Events
import Foundation
import Records

@testable import Actions

/// An event of one source, as if it had come in now.
func event(_ json: String, source: String = "website", shared: String = "") -> Event {
    Event(
        source: source, messageID: "m-1", receivedAt: 1_767_323_045_000, bytes: Array(json.utf8),
        shared: Array(shared.utf8))
}

/// Compiles a mapping written as JSON, as if it stood in the configuration.
func compile(_ json: JSONValue) throws(ConfigurationError) -> Mapping {
    var compiler = MappingCompiler()
    let mapping = compiler.compile(ConfigurationNode(json))
    guard let mapping else {
        throw ConfigurationError(problems: compiler.problems.problems(in: "mapping"))
    }
    return mapping
}

func mapping(_ json: String) throws -> Mapping { try compile(JSONValue.parse(Array(json.utf8))) }

/// Compiles a mapping as a field of an action has it: its paths must be an event's.
@discardableResult
func configured(_ json: JSONValue) throws(ConfigurationError) -> Mapping {
    var compiler = MappingCompiler(roots: .event)
    let mapping = compiler.compile(ConfigurationNode(json))
    guard let mapping else {
        throw ConfigurationError(problems: compiler.problems.problems(in: "mapping"))
    }
    return mapping
}

/// The actions of a configuration that says nothing else.
func actions(_ yaml: String) throws(ConfigurationError) -> [Action] {
    let salesforce = """
        salesforce:
          loginUrl: http://127.0.0.1:1
          auth: { flow: client-credentials, clientId: a, clientSecret: b }
        """
    return try Configuration.parse(
        yaml: yaml + "\n" + salesforce, file: "/etc/tidemark.yaml", environment: [:]
    ).actions
}

/// Recorded cases of the reference products' own suites, when `TIDEMARK_REFERENCE` says where.
struct RecordedCases {
    static let folder = ProcessInfo.processInfo.environment["TIDEMARK_REFERENCE"]

    /// The cases of one file under `conformance/`.
    static func read(_ name: String) throws -> [JSONValue] {
        let path = (folder ?? "") + "/conformance/" + name
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        guard case .array(let cases)? = try JSONValue.parse(Array(bytes))["cases"] else {
            return []
        }
        return cases
    }
}

extension JSONValue {
    /// The value at a path such as `expect.outcome`.
    func at(_ path: String) -> JSONValue? {
        self[JSONPath(path.split(separator: ".").map(String.init))]
    }

    var items: [JSONValue] {
        if case .array(let items) = self { return items }
        return []
    }

    var memberList: [JSONMember] {
        if case .object(let members) = self { return members }
        return []
    }

    /// The text inside, or the text of a number or boolean.
    var plainText: String {
        switch self {
        case .string(let text), .number(let text): text
        case .boolean(let flag): flag ? "true" : "false"
        case .null, .array, .object: ""
        }
    }
}
