import Foundation

@testable import SalesforceEmulator

/// Recorded answers of real orgs, kept outside the project; `TIDEMARK_REFERENCE` names their
/// folder. Without it the suites that need them are skipped, and the test run says so.
enum Recordings {
    static let folder = ProcessInfo.processInfo.environment["TIDEMARK_REFERENCE"]
    static var areAvailable: Bool { folder != nil }

    static func json(_ path: String) throws -> JSON {
        let url = URL(fileURLWithPath: folder ?? "")
            .appendingPathComponent("reference/salesforce-fixtures/\(path)")
        return try JSON.parse(Array(try Data(contentsOf: url)))
    }
}

/// The shape of a document: names and kinds, without values.
enum Shape {
    /// Members of the first object found, with the kind of each value.
    static func members(_ json: JSON) -> [String: String] {
        let object = json.array?.first ?? json
        var shape: [String: String] = [:]
        for member in object.members ?? [] { shape[member.name] = kind(member.value) }
        return shape
    }

    static func kind(_ json: JSON) -> String {
        switch json {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
