import Reconciliation
import Records
import Testing

@Suite struct CreationTests {
    static let name = want("LastName", .text("Lovelace"))

    @Test func aRecordIsCreatedWithItsFieldsAndMatcherValuesButNoNulls() {
        let matchers = any(("Email", "Ada@x.org"), ("External_Id__c", "u1"))
        let fields = [
            Self.name, want("Region__c", .null), want("Score__c", .text("7"), .ifEmpty),
            want("Origin__c", .text("web"), .onCreate),
        ]
        let made = plan([key(1, at: 70, by: matchers, fields)])
        #expect(
            made.sent == [
                "LastName": .text("Lovelace"), "Email": .text("Ada@x.org"),
                "External_Id__c": .text("u1"), "Score__c": number("7"), "Origin__c": .text("web"),
            ])
        let changes = made.operations.first?.changes ?? []
        #expect(changes.map(\.field) == changes.map(\.field).sorted())
        #expect(changes.first { $0.field == "Email" }?.cause.eventTime == 70)
        #expect(changes.allSatisfy { $0.before == .null })
    }

    @Test func aMappedFieldWinsOverTheMatchersValue() {
        let matchers = any(("Email", "ada@x.org"))
        let mapped = plan([key(1, by: matchers, [Self.name, want("Email", .text("a@y.org"))])])
        #expect(mapped.sent["Email"]?.text == "a@y.org")
        let cleared = plan([key(1, by: matchers, [Self.name, want("Email", .null)])])
        #expect(cleared.sent["Email"] == nil)
    }

    @Test func whatCannotBeCreatedIsNotCarried() {
        let matchers = any(
            ("Id", Scene.ids[9].description), ("Review__c", "r"), ("Email", "a@x.org"))
        let made = plan([key(1, by: matchers, [Self.name])])
        #expect(made.sent.keys.sorted() == ["Email", "LastName"])
    }

    @Test func missingRequiredFieldsAreNamedBeforeACallIsSpent() {
        let made = plan([key(1, by: any(("Email", "ada@x.org")), [want("LastName", .null)])])
        #expect(made.verdicts == ["400"])
        #expect(made.blocked.first?.message.contains("LastName") == true)
        let byName = plan([key(1, by: all(("LastName", "Lovelace"), ("Email", "ada@x.org")))])
        #expect(byName.verdicts == ["create"])
    }

    @Test(arguments: [
        want("Review__c", .text("r")), want("Hidden__c", .text("x")), want("Hidden__c", .null),
        want("Name", .text("Ada")), want("Score__c", .text("high")),
    ])
    func aFieldThatCannotBeSetBlocksTheCreate(wanted: DesiredField) {
        let made = plan([key(1, by: any(("Email", "ada@x.org")), [Self.name, wanted])])
        #expect(made.verdicts == ["400"])
        #expect(made.blocked.first?.message.contains(wanted.name) == true)
    }

    @Test func aNullForAFieldThatCannotBeSetIsNothing() {
        let fields = [Self.name, want("Review__c", .null)]
        #expect(plan([key(1, by: any(("Email", "a@x.org")), fields)]).verdicts == ["create"])
    }

    @Test(
        arguments: [
            (any(("Email", "a@x.org")), nil), (any(("External_Id__c", "u1")), "External_Id__c"),
            (any(("Email", "a@x.org"), ("External_Id__c", "u1")), "External_Id__c"),
            (all(("External_Id__c", "u1")), "External_Id__c"),
            (all(("Email", "a@x.org"), ("External_Id__c", "u1")), nil),
        ] as [(Matchers, String?)])
    func aUniqueExternalIDThatAloneFindsTheRecordMakesTheCreateAnUpsert(
        matchers: Matchers, field: String?
    ) {
        let made = plan([key(1, by: matchers, [Self.name])])
        #expect(made.operations.map(\.upsertField) == [field])
    }

    @Test func anUpsertNeverGoesByAValueThatWasNotLookedFor() {
        let matchers = any(("External_Id__c", "u1"))
        let other = plan([key(1, by: matchers, [Self.name, want("External_Id__c", .text("u2"))])])
        #expect(other.operations.map(\.upsertField) == [nil])
        let same = plan([key(1, by: matchers, [Self.name, want("External_Id__c", .text("U1 "))])])
        #expect(same.operations.map(\.upsertField) == ["External_Id__c"])
    }

    @Test func aCreateActionsRecordIsNoUpsert() {
        let made = plan([key(1, .new, by: .none, [Self.name, want("External_Id__c", .text("u1"))])])
        #expect(made.operations.map(\.upsertField) == [nil])
        #expect(
            made.operations.first?.reason == "A create action asks for a new record for this event."
        )
    }
}
