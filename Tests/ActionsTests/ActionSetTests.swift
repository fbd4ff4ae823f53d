import Events
import Foundation
import Records
import Testing

@testable import Actions

@Suite struct ActionSetTests {
    @Test func theNormalFormSpellsEverythingOut() throws {
        let set = ActionSet(
            actions: try actions(
                """
                actions:
                  - name: Contacts
                    object: Contact
                    trigger: type = "identify"
                    operation: upsert
                    matchers: { Email: $.traits.email }
                    fields: { Score__c: 1.50, LastName: $.traits.last }
                """))
        let expected =
            #"{"actions":[{"enabled":true,"fields":{"LastName":{"null":"clear","value":"#
            + #"{"@path":"$.traits.last"},"write":"always"},"Score__c":{"null":"clear","#
            + #""value":1.5,"write":"always"}},"from":"start","matchers":{"Email":{"@path":"$.traits.email"}},"#
            + #""matchersOperator":"or","name":"Contacts","object":"Contact","operation":"upsert","#
            + #""order":"event-time","trigger":"type = \"identify\""}]}"#
        #expect(String(decoding: set.normalisedJSON(), as: UTF8.self) == expected)
    }

    @Test func orderAndSpellingInTheFileMakeNoDifference() throws {
        func set(_ matchers: String, _ fields: String) throws -> ActionSet {
            ActionSet(
                actions: try actions(
                    """
                    actions:
                      - name: A
                        object: Contact
                        trigger: type = "identify"
                        operation: update
                        matchers: { \(matchers) }
                        fields: { \(fields) }
                    """))
        }
        let first = try set(
            "Email: $.traits.a, Ext__c: $.userId", "LastName: $.traits.c, Phone: $.traits.d")
        let second = try set(
            "Ext__c: { \"@path\": $.userId }, Email: $.traits.a",
            "Phone: { value: $.traits.d }, LastName: $.traits.c")
        #expect(first == second)
        #expect(first.normalisedJSON() == second.normalisedJSON())
    }

    @Test(arguments: [1, 42, 20_261_123])
    func readingBackGivesAnEqualSetThatBehavesAlike(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let original = try ActionSet(normalisedJSON: Array(Self.json(&random).utf8))
            let bytes = original.normalisedJSON()
            let copy = try ActionSet(normalisedJSON: bytes)
            #expect(copy == original, "seed \(seed)")
            #expect(copy.normalisedJSON() == bytes, "seed \(seed)")
            for _ in 0..<5 {
                let event = Self.randomEvent(&random)
                let results = original.actions.map { $0.evaluate(event) }
                #expect(copy.actions.map { $0.evaluate(event) } == results, "seed \(seed)")
            }
        }
    }

    @Test func anActionSurvivesTheStandardEncoders() throws {
        let set = try ActionSet(
            normalisedJSON: Array(
                #"""
                {"actions":[{"name":"A","object":"Contact","trigger":"type = 'identify'",
                "operation":"update","matchers":{"Id":"$.userId"},
                "fields":{"N__c":12345678901234567890.123456789}}]}
                """#.utf8))
        let data = try JSONEncoder().encode(set.actions)
        #expect(try JSONDecoder().decode([Action].self, from: data) == set.actions)
    }

    @Test(arguments: ["", "[]", #"{"actions":[{"name":"A"}]}"#, #"{"actions":[],"more":1}"#])
    func damagedBytesAreRefused(text: String) {
        #expect(throws: ConfigurationError.self) {
            try ActionSet(normalisedJSON: Array(text.utf8))
        }
    }

    // MARK: Random sets and events

    private static func json(_ random: inout SeededGenerator) -> String {
        let actions = (0..<Int.random(in: 0...3, using: &random)).map { index in
            action("A\(index)", &random)
        }
        return "{\"actions\":[\(actions.joined(separator: ","))]}"
    }

    private static func action(_ name: String, _ random: inout SeededGenerator) -> String {
        let operation = random.one(of: ["create", "upsert", "update", "delete"])
        var members = [
            "\"name\":\"\(name)\"", "\"object\":\"Contact\"", "\"operation\":\"\(operation)\"",
            "\"trigger\":" + random.one(of: [#""type = 'identify'""#, #""traits.a != null""#]),
        ]
        if operation != "create" {
            let matcher = mapping(depth: 1, &random)
            members.append("\"matchers\":{\"Email\":\"$.traits.a\",\"X__c\":\(matcher)}")
            members.append("\"matchersOperator\":" + random.one(of: [#""or""#, #""and""#]))
        }
        if operation != "delete" {
            let write = random.one(of: ["always", "if-empty", "on-create"])
            let null = random.one(of: ["clear", "ignore"])
            members.append(
                "\"fields\":{\"F\":{\"value\":\(mapping(depth: 3, &random)),\"write\":\"\(write)\","
                    + "\"null\":\"\(null)\"},\"G\":\(mapping(depth: 2, &random))}")
        }
        let optional = [
            #""sources":["website","app"]"#, #""enabled":false"#, #""order":"arrival""#,
            #""from":"2026-01-02T03:04:05.678Z""#, #""from":17"#, #""from":"now""#,
            #""null":"ignore""#,
        ]
        let extra = random.one(of: optional)
        return "{" + (members + [extra]).joined(separator: ",") + "}"
    }

    /// Never an object without a directive at the top: there, that is a group of settings.
    private static func mapping(depth: Int, _ random: inout SeededGenerator) -> String {
        let leaves = [
            #""$.traits.a""#, #"{"@path":"traits.b[0]"}"#, #"{"@template":"{{traits.a}}-x"}"#,
            "null",
            "true", "1.250", #""text""#, #"{"@literal":"$.x"}"#,
            #"{"@literal":{"k":"$.traits.a"}}"#,
        ]
        guard depth > 0 else { return random.one(of: leaves) }
        let inner = mapping(depth: depth - 1, &random)
        let other = mapping(depth: depth - 1, &random)
        return random.one(
            of: leaves + [
                "{\"@excludeWhenNull\":\(inner)}",
                "{\"@case\":{\"operator\":\"upper\",\"value\":{\"@excludeWhenNull\":\(inner)}}}",
                "{\"@json\":{\"mode\":\"encode\",\"value\":\(inner)}}",
                "{\"@merge\":{\"direction\":\"left\",\"objects\":[{\"m\":\(inner)},\"$.traits\"]}}",
                "{\"@flatten\":{\"separator\":\"_\",\"value\":{\"k\":\(inner)}}}",
                "{\"@arrayPath\":[{\"@literal\":[1,\(other)]},{\"it\":\"$[0]\"}]}",
                "{\"@transform\":{\"apply\":{\"t\":\(inner)},\"mapping\":{\"u\":\"$.t\"}}}",
                #"{"@liquid":"{{ traits.a | default: 'x' | upcase }}"}"#,
                "{\"@if\":{\"exists\":\(inner),\"then\":\(other),\"else\":\"e\"}}",
                "{\"@if\":{\"blank\":\(inner),\"else\":\(other)}}", "[\(inner),\(other)]",
                "{\"@path\":{\"@excludeWhenNull\":\(inner)}}",
            ])
    }

    private static func randomEvent(_ random: inout SeededGenerator) -> Event {
        let type = random.one(of: ["identify", "track"])
        let value = random.one(of: [#""é""#, "null", "0", "[1]", "{\"k\":true}", "\"\""])
        return event(
            "{\"type\":\"\(type)\",\"traits\":{\"a\":\(value),\"b\":[\(value)]}}",
            source: random.one(of: ["website", "app", "other"]))
    }
}
