import Events
import Records
import Testing

@testable import Actions

/// Triggers recorded from segmentio/action-destinations (MIT): what their parser makes of a text,
/// and what their evaluation makes of a tree and an event. All of them hold for Tidemark.
@Suite(
    .enabled(
        if: RecordedCases.folder != nil,
        "skipped: TIDEMARK_REFERENCE does not name the recorded cases"))
struct TriggerConformanceTests {
    @Test func recordedTextsMeanTheRecordedTrees() throws {
        var count = 0
        for recorded in try RecordedCases.read("triggers.json") {
            let pair: (fql: String?, tree: JSONValue?)
            switch recorded.at("kind")?.string {
            case "trigger-parse":
                pair = (recorded.at("input.fql")?.string, recorded.at("expect.ast"))
            case "trigger-generate":
                pair = (recorded.at("expect.fql")?.string, recorded.at("input.ast"))
            default: continue
            }
            let tree = try #require(pair.tree)
            let trigger = try Trigger(try #require(pair.fql))
            let expected = try Self.expression(tree)
            #expect(trigger.expression == expected, "\(Self.id(recorded)): \(trigger)")
            count += 1
        }
        #expect(count == 60)
    }

    @Test func recordedEventsMatchAsRecorded() throws {
        var count = 0
        for recorded in try RecordedCases.read("triggers.json")
        where recorded.at("kind")?.string == "trigger-eval" {
            let bytes = try #require(recorded.at("input.event")).json
            let event = Event(source: "s", messageID: "m", receivedAt: 0, bytes: bytes)
            let expected = recorded.at("expect.matches") == .boolean(true)
            let tree = try Self.expression(try #require(recorded.at("input.ast")))
            #expect(tree.holds(for: event) == expected, "\(Self.id(recorded)), as a tree")
            if let text = recorded.at("input.fql_derived")?.string {
                #expect(
                    try Trigger(text).matches(event) == expected, "\(Self.id(recorded)): \(text)")
            }
            count += 1
        }
        #expect(count == 80)
    }

    // MARK: Their trees as ours

    private static func id(_ recorded: JSONValue) -> String { recorded.at("id")?.string ?? "?" }

    /// Their tree wraps a single condition in a group; ours does not.
    private static func expression(_ tree: JSONValue) throws -> TriggerExpression {
        guard tree.at("type")?.string == "group" else { return try condition(tree) }
        let parts = try (tree.at("children")?.items ?? []).map(expression)
        if parts.count == 1 { return parts[0] }
        return tree.at("operator")?.string == "or" ? .or(parts) : .and(parts)
    }

    private static func condition(_ tree: JSONValue) throws -> TriggerExpression {
        let type = try #require(tree.at("type")?.string)
        let roots = [
            "event-property": "properties", "event-trait": "traits", "event-context": "context",
            "event-type": "type",
        ]
        let root = roots[type] ?? type
        let names = tree.at("name")?.string.map { $0.split(separator: ".").map(String.init) } ?? []
        return .test(JSONPath([root] + names), try test(tree))
    }

    private static func test(_ tree: JSONValue) throws -> TriggerTest {
        let value = tree.at("value") ?? .null
        let text = value.plainText
        let name = try #require(tree.at("operator")?.string)
        switch name {
        case "exists": return .isPresent
        case "not_exists": return .isNull
        case "is_true": return .isBoolean(true)
        case "is_false": return .isBoolean(false)
        // Their `=` compares with the text of whatever stands beside it; numbers have operators of
        // their own, or say so by being no text where a number is meant.
        case "=": return .isText(text)
        case "!=": return .isNotText(text)
        case "contains": return .contains(text)
        case "not_contains": return .lacks(text)
        case "starts_with": return .matches(try #require(Glob(text + "*")))
        case "not_starts_with": return .mismatches(try #require(Glob(text + "*")))
        case "ends_with": return .matches(try #require(Glob("*" + text)))
        case "not_ends_with": return .mismatches(try #require(Glob("*" + text)))
        default:
            let relations: [String: NumberRelation] = [
                "number_equals": .equal, "number_not_equals": .unequal, "<": .less,
                "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
            ]
            return .number(
                try #require(relations[name]), try #require(DecimalNumber(text)))
        }
    }
}
