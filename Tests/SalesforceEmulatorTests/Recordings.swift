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

    /// Where two documents differ in their shape: members that only one has, and values of another
    /// kind. Null stands for any kind, arrays are judged by all their elements, and `extras` says
    /// whether either side may have members that the other lacks (fields of another org).
    static func differences(
        _ ours: JSON, _ theirs: JSON, extras: Bool = false, at path: String = "$"
    ) -> [String] {
        switch (ours, theirs) {
        case (.object(let left), .object(let right)):
            let names = (Set(left.map(\.name)).union(right.map(\.name))).sorted()
            return names.flatMap { name -> [String] in
                guard let mine = ours[name], let recorded = theirs[name] else {
                    return extras ? [] : ["\(path).\(name) is missing on one side"]
                }
                return differences(mine, recorded, extras: extras, at: "\(path).\(name)")
            }
        case (.array(let left), .array(let right)):
            guard let recorded = right.first else { return [] }
            return left.enumerated().flatMap {
                differences($1, recorded, extras: extras, at: "\(path)[\($0)]")
            }
        case (.null, _), (_, .null): return []
        default:
            return kind(ours) == kind(theirs)
                ? [] : ["\(path) is \(kind(ours)), recorded \(kind(theirs))"]
        }
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
