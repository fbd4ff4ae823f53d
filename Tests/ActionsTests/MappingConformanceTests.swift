import Events
import Records
import Testing

@testable import Actions

/// Mappings and templates recorded from segmentio/action-destinations (MIT).
@Suite(
    .enabled(
        if: RecordedCases.folder != nil,
        "skipped: TIDEMARK_REFERENCE does not name the recorded cases"))
struct MappingConformanceTests {
    /// Cases that Tidemark answers otherwise, with what rules them out.
    static let overruled = [
        "seg-map-001":
            "their entry point turns a bare list into an object; here a mapping makes one "
            + "field's value, and a list is a list",
        "seg-map-002": "the same for a bare number",
        "seg-map-004": "the same for a bare text",
        "seg-map-013": "an event is always one JSON object: the door refuses anything else",
        "seg-tpl-008":
            "\"[object Object]\" says nothing of the value; a value is only ever changed "
            + "when nothing is lost, so an object is written as JSON",
    ]
    static let supported = ["@path", "@template", "@literal", "@if", "@case"]

    @Test func recordedMappingsGiveTheRecordedValues() throws {
        var counts = (run: 0, overruled: 0, later: 0)
        for recorded in try RecordedCases.read("mapping.json") {
            let id = recorded.at("id")?.string ?? "?"
            let kind = recorded.at("kind")?.string
            let used = Self.directives(in: recorded.at("input") ?? .null)
            if kind == "flatten" || !used.allSatisfy(Self.supported.contains) {
                counts.later += 1
            } else if Self.overruled[id] != nil {
                counts.overruled += 1
            } else if kind == "template" {
                try Self.checkTemplate(recorded, id)
                counts.run += 1
            } else {
                try Self.checkMapping(recorded, id)
                counts.run += 1
            }
        }
        // 56 of the 97 need directives that do not exist yet.
        #expect(counts == (36, 5, 56), "run, overruled, not supported yet")
    }

    private static func checkMapping(_ recorded: JSONValue, _ id: String) throws {
        let source = try #require(recorded.at("input.mapping"))
        if recorded.at("expect.outcome")?.string == "error" {
            #expect(throws: ConfigurationError.self, "\(id)") { try compile(source) }
            return
        }
        let bytes = try #require(recorded.at("input.event")).json
        let event = Event(source: "s", messageID: "m", receivedAt: 0, bytes: bytes)
        let result = try compile(source).value(for: event)
        #expect(result == recorded.at("expect.result").map { FieldValue($0) }, "\(id)")
    }

    private static func checkTemplate(_ recorded: JSONValue, _ id: String) throws {
        let template = try TemplateText(try #require(recorded.at("input.template")?.string))
        let bytes = try #require(recorded.at("input.data")).json
        let event = Event(source: "s", messageID: "m", receivedAt: 0, bytes: bytes)
        #expect(template.text(for: event) == recorded.at("expect.result")?.string, "\(id)")
    }

    private static func directives(in value: JSONValue) -> [String] {
        value.items.flatMap(directives)
            + value.memberList.flatMap { member in
                (member.name.hasPrefix("@") ? [member.name] : []) + directives(in: member.value)
            }
    }
}
