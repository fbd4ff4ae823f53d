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
    @Test func recordedMappingsGiveTheRecordedValues() throws {
        var counts: [String: Int] = [:]
        for recorded in try RecordedCases.read("mapping.json") {
            let id = recorded.at("id")?.string ?? "?"
            let kind = try #require(recorded.at("kind")?.string)
            if OverruledCases.rulings[id] != nil {
                try Self.checkOverruled(recorded, id)
                counts["overruled", default: 0] += 1
                continue
            }
            counts[kind, default: 0] += 1
            switch kind {
            case "template": try Self.checkTemplate(recorded, id)
            case "flatten": try Self.checkFlatten(recorded, id)
            default: try Self.checkMapping(recorded, id)
            }
        }
        #expect(counts == ["mapping": 82, "template": 7, "flatten": 3, "overruled": 5])
    }

    /// A case that is answered as recorded after all needs no ruling.
    private static func checkOverruled(_ recorded: JSONValue, _ id: String) throws {
        let recordedResult = recorded.at("expect.result").map { FieldValue($0) }
        if let template = recorded.at("input.template")?.string {
            let bytes = try #require(recorded.at("input.data")).json
            let event = Event(source: "s", messageID: "m", receivedAt: 0, bytes: bytes)
            let text = try TemplateText(template).text(from: event)
            #expect(FieldValue.text(text) != recordedResult, "\(id)")
        } else if let result = recordedResult {
            let event = Event(source: "s", messageID: "m", receivedAt: 0, bytes: Array("{}".utf8))
            let mapping = try compile(try #require(recorded.at("input.mapping")))
            #expect(mapping.value(for: event) != result, "\(id)")
        } else {
            // The event itself is refused, at the door.
            let bytes = try #require(recorded.at("input.event")).json
            #expect(throws: EventRejection.self, "\(id)") {
                _ = try EventParser.validate(bytes)
            }
        }
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
        #expect(template.text(from: event) == recorded.at("expect.result")?.string, "\(id)")
    }

    private static func checkFlatten(_ recorded: JSONValue, _ id: String) throws {
        let data = FieldValue(try #require(recorded.at("input.data") ?? recorded.at("input.event")))
        let expected = FieldValue(try #require(recorded.at("expect.result")))
        #expect(data.flattened(separator: ".", keepsLists: false) == expected, "\(id)")
    }

    /// What the recorded actions of the Salesforce destination map, as users of it write it.
    @Test func theMappingsOfRecordedActionsCompile() throws {
        var count = 0
        for recorded in try RecordedCases.read("actions.json") {
            for member in recorded.at("input.mapping")?.memberList ?? [] {
                #expect(throws: Never.self, "\(recorded.at("id")?.string ?? "?"), \(member.name)") {
                    try configured(member.value)
                }
                count += 1
            }
        }
        #expect(count > 100)
    }
}
