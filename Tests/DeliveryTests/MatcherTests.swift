import Events
import Records
import SalesforceEmulator
import Testing

@testable import Delivery

/// Which fields can be matchers, what they compare, and how the operator joins them.
@Suite struct MatcherTests {
    struct Typed: Sendable, CustomTestStringConvertible {
        let field: String
        /// What the org holds, and what the event says of it.
        let stored: JSON
        let sent: FieldValue

        init(_ field: String, _ stored: JSON, _ sent: FieldValue) {
            self.field = field
            self.stored = stored
            self.sent = sent
        }

        var testDescription: String { field }
    }

    static let typed = [
        Typed("Text__c", "ACME, Inc.", .text(" acme, INC. ")),
        Typed("Text__c", "007", .text("007")),
        Typed("Text__c", "5", decimal("5")),
        Typed("Area__c", "two\nlines", .text("two\r\nlines")),
        Typed("Area__c", "two\r\nlines", .text("two\nlines")),
        Typed("Email__c", "ann@example.com", .text("Ann@Example.com")),
        Typed("Phone__c", "(415) 555-0100", .text("(415) 555-0100")),
        Typed("Url__c", "https://example.com/a?b=c&d", .text("https://example.com/a?b=c&d")),
        Typed("Int__c", 7, .text("7")),
        Typed("Number__c", 9007, decimal("9007")),
        Typed("Score__c", .number("7.5"), .text("7.50")),
        Typed("Amount__c", .number("12.5"), decimal("12.50")),
        Typed("Percent__c", 50, .text("50")),
        Typed("Flag__c", true, .text("true")),
        Typed("Flag__c", true, decimal("1")),
        Typed("Day__c", "2024-05-01", .text("2024-05-01")),
        Typed("Moment__c", "2024-05-01T10:00:00Z", .text("2024-05-01T12:00:00.000+02:00")),
        Typed("Time__c", "10:00:00.000Z", .text("10:00:00")),
        Typed("Pick__c", "Pro", .text("pro")),
        Typed("Many__c", "Books;Wine", .list([.text("Wine"), .text("Books")])),
        Typed("Combo__c", "Call", .text("Call")),
    ]

    /// An update found by one field.
    private static func update(_ field: String, name: String = "update") -> String {
        """
        {"name":"\(name)","object":"\(EveryField.object)","trigger":"type = \\"identify\\"",\
        "operation":"update","matchers":{"\(field)":"$.traits.value"},\
        "fields":{"Short__c":"$.traits.mark"},"from":"start"}
        """
    }

    private static func marks(_ org: Org) -> [String] {
        org.records(of: EveryField.object).map { $0["Short__c"]?.string ?? "-" }
    }

    @Test(arguments: typed)
    func aFilterableFieldOfAnyTypeIsAMatcher(_ typed: Typed) async throws {
        try await withDelivery(Self.update(typed.field), options: EveryField.options) { bench in
            try bench.org.seed(
                EveryField.object, [.object([JSON.Member(typed.field, typed.stored)]), [:]])
            _ = try await bench.log.append([
                EveryField.event("u", ["value": typed.sent, "mark": .text("found")])
            ])
            try await bench.settle()
            #expect(Self.marks(bench.org) == ["found", "-"])
        }
    }

    /// An id of 15 characters names the record as one of 18 does.
    @Test func aReferenceIsAMatcher() async throws {
        try await withDelivery(Self.update("Parent__c"), options: EveryField.options) { bench in
            let parent = try bench.org.seed("Contact", [["LastName": "Lee"]])[0]
            try bench.org.seed(EveryField.object, [["Parent__c": .string(parent)], [:]])
            _ = try await bench.log.append([
                EveryField.event(
                    "u", ["value": .text(String(parent.prefix(15))), "mark": .text("found")])
            ])
            try await bench.settle()
            #expect(Self.marks(bench.org) == ["found", "-"])
        }
    }

    /// What no query may ask for is not asked: everything else of the object goes on.
    @Test(arguments: ["Long__c", "Rich__c", "Parent__r.Description"])
    func aMatcherThatCannotBeFilteredStopsItsOwnKeysOnly(field: String) async throws {
        let rules =
            Self.update(field, name: "bad") + ","
            + Self.update("Text__c", name: "good").replacing("traits.value", with: "traits.text")
        try await withDelivery(rules, options: EveryField.options) { bench in
            let parent = try bench.org.seed("Contact", [["LastName": "Lee", "Description": "d"]])[0]
            try bench.org.seed(
                EveryField.object, [["Text__c": "t", "Parent__c": .string(parent)]])
            _ = try await bench.log.append([
                EveryField.event("1", ["value": .text("d"), "mark": .text("bad")]),
                EveryField.event("2", ["text": .text("t"), "mark": .text("found")]),
            ])
            let result = try await bench.settle()
            #expect(result.isComplete)
            #expect(Self.marks(bench.org) == ["found"])
            #expect(try await bench.keys() == ["d parked/rejected", "t settled"])
            for record in try bench.projector.state.records(after: 0, countMax: .max) {
                guard case .parked(let parking) = record.delivery.status else { continue }
                #expect(parking.message.contains(field))
            }
        }
    }

    // MARK: The operator

    struct Joined: Sendable, CustomTestStringConvertible {
        let word: String
        let operation: String
        /// `Email` and `External_Id__c` of the records there are.
        let records: [(email: String, id: String)]
        /// Emails of all records in the end; `!` behind those that were written.
        let end: [String]
        let key: String

        var testDescription: String { "\(operation) \(word), \(records.count) there" }
    }

    static let joined = [
        Joined(
            word: "or", operation: "upsert", records: [("p1@example.com", "x")],
            end: ["p1@example.com!"], key: "settled"),
        Joined(
            word: "or", operation: "upsert", records: [("other@example.com", "u1")],
            end: ["p1@example.com!"], key: "settled"),
        Joined(
            word: "or", operation: "upsert",
            records: [("p1@example.com", "x"), ("other@example.com", "u1")],
            end: ["other@example.com", "p1@example.com"], key: "parked/ambiguous"),
        Joined(
            word: "or", operation: "update",
            records: [("p1@example.com", "x"), ("other@example.com", "u1")],
            end: ["other@example.com", "p1@example.com"], key: "parked/ambiguous"),
        Joined(
            word: "or", operation: "delete",
            records: [("p1@example.com", "x"), ("other@example.com", "u1")],
            end: ["other@example.com", "p1@example.com"], key: "parked/ambiguous"),
        Joined(
            word: "and", operation: "upsert",
            records: [("p1@example.com", "x"), ("p1@example.com", "u1")],
            end: ["p1@example.com", "p1@example.com!"], key: "settled"),
        Joined(
            word: "and", operation: "upsert",
            records: [("p1@example.com", "x"), ("other@example.com", "u2")],
            end: ["other@example.com", "p1@example.com", "p1@example.com!"], key: "settled"),
        Joined(
            word: "and", operation: "update", records: [("p1@example.com", "x")],
            end: ["p1@example.com"], key: "parked/not-found"),
        Joined(
            word: "and", operation: "delete",
            records: [("p1@example.com", "x"), ("p1@example.com", "u1")],
            end: ["p1@example.com"], key: "settled"),
        Joined(
            word: "and", operation: "delete", records: [("p1@example.com", "x")],
            end: ["p1@example.com"], key: "settled"),
    ]

    @Test(arguments: joined)
    func theOperatorJoinsTheMatchers(_ given: Joined) async throws {
        let rule = TestRules.action(
            given.operation, matchers: #""Email":"$.traits.email","External_Id__c":"$.userId""#,
            fields: given.operation == "delete" ? "" : TestRules.fields,
            more: #""from":"start","matchersOperator":"\#(given.word.uppercased())""#)
        try await withDelivery(rule) { bench in
            try bench.org.seed(
                "Contact",
                given.records.map {
                    [
                        "LastName": "Old", "Email": .string($0.email),
                        "External_Id__c": .string($0.id),
                    ]
                })
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let end = bench.org.records(of: "Contact").map { record in
                (record["Email"]?.string ?? "-")
                    + (record["LastName"]?.string == "Lee1" ? "!" : "")
            }
            #expect(end.sorted() == given.end)
            #expect(try await bench.keys().map { $0.hasSuffix(" \(given.key)") } == [true])
        }
    }

    /// By `or` with another matcher an unknown id is one alias more, and the record that is made
    /// does not bear it.
    @Test func anUnknownIdBesideAnotherMatcherDoesNotStandInTheWay() async throws {
        let rule = TestRules.action(
            matchers: #""Email":"$.traits.email","Id":"$.userId""#)
        try await withDelivery(rule) { bench in
            var person = TestPerson(1)
            person.user = "003000000000001AAA"
            try await bench.send(person)
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(bench.writes() == ["create Contact"])
            person.first = "Bea"
            person.time = 5
            try await bench.send(person)
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])
        }
    }
}
