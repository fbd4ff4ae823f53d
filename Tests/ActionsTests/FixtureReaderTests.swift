import Records
import Testing

@testable import Actions

@Suite struct FixtureReaderTests {
    private func read(_ yaml: String) throws(ConfigurationError) -> [Fixture] {
        try Fixture.parse(yaml: yaml, file: "tests/a.yaml")
    }

    @Test func aCaseIsReadWhole() throws {
        let fixtures = try read(
            """
            tests:
              - name: One
                receivedAt: 2026-02-01T00:00:00Z
                events:
                  - { type: identify, source: app, userId: u1, traits: { age: 1.50, a: ~ } }
                records:
                  Contact: [{ Id: "003000000000001AAA", Score__c: 2, Email: null }]
                expect:
                  operations:
                    - { update: Contact, record: "003000000000001AAA", fields: { Score__c: 3 } }
                    - { delete: Lead }
                  blocked: [{ object: Contact, code: ambiguous }]
                  records: { Contact: [] }
            """)
        let fixture = try #require(fixtures.first)
        #expect(fixtures.count == 1 && fixture.name == "One" && fixture.line == 2)
        #expect(fixture.receivedAt == 1_769_904_000_000)
        let event = try #require(fixture.events.first)
        #expect(event.source == "app")
        let sent = #"{"type":"identify","userId":"u1","traits":{"age":1.50,"a":null}}"#
        #expect(String(decoding: event.bytes, as: UTF8.self) == sent)
        let record = try #require(fixture.records.first)
        #expect(record.id == RecordID("003000000000001AAA"))
        #expect(record.fields == ["Score__c": .number(DecimalNumber(2)), "Email": .null])
        let operations = try #require(fixture.expectation.operations)
        #expect(operations.map(\.kind) == [.update, .delete])
        #expect(operations[0].fields == ["Score__c": .number(DecimalNumber(3))])
        #expect(operations[1].object == "Lead" && operations[1].fields == nil)
        #expect(fixture.expectation.blocked?.map(\.code) == ["ambiguous"])
        #expect(fixture.expectation.records == ["Contact": []])
    }

    @Test func whatIsNotMentionedIsNotCompared() throws {
        let fixture = try #require(try read("tests: [{ name: One, expect: {} }]").first)
        #expect(fixture.expectation.operations == nil && fixture.expectation.blocked == nil)
        #expect(fixture.expectation.records == nil && fixture.events.isEmpty)
    }

    @Test func everyMistakeIsNamedWithItsPlace() {
        let error = #expect(throws: ConfigurationError.self) {
            try read(
                """
                tests:
                  - nam: One
                    receivedAt: yesterday
                    events: [identify]
                    records: { Contact: [{ Id: me }] }
                    expect:
                      operations: [{ create: Contact, delete: Contact }]
                      blocked: [{ object: Contact }]
                """)
        }
        let shown = error?.problems.map(\.description).joined(separator: "\n") ?? ""
        for part in [
            "tests/a.yaml:2:5: a case has no key \"nam\"", "did you mean \"name\"?",
            "name is missing", "tests/a.yaml:3:17: receivedAt takes a time",
            "tests/a.yaml:4:14: an event is a group of keys, found a text",
            "Id takes a record id of 15 or 18 characters",
            "an operation says one of create, update and delete", "code is missing",
        ] {
            #expect(shown.contains(part), "\(part) in\n\(shown)")
        }
    }

    @Test(arguments: ["", "tests: []", "tests: 3", "- name: One", "tests: ["])
    func aFileWithoutCasesIsRefused(yaml: String) {
        #expect(throws: ConfigurationError.self) { try read(yaml) }
    }
}
