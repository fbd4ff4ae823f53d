import Reconciliation
import Records
import Testing

/// Fields of which Salesforce makes something else, by automation or by rule.
@Suite struct RewriteTests {
    static let matchers = any(("External_Id__c", "u1"))

    static func wants(_ value: String, after last: LastWrite?) -> DesiredField {
        DesiredField(
            name: "Region__c", value: .text(value), policy: .always, cause: Scene.cause(100),
            lastWrite: last)
    }

    static func record(_ region: String) -> Record {
        Scene.record(0, ["External_Id__c": .text("u1"), "Region__c": .text(region)])
    }

    static let twice = LastWrite(wrote: .text("EU"), read: .text("Europe"))

    @Test func whatSalesforceMadeOfOurValueTwiceIsAgreedWith() {
        let made = plan(
            [key(1, by: Self.matchers, [Self.wants("EU", after: Self.twice)])],
            [Self.record("Europe")])
        #expect(made.verdicts == ["settled 0"])
        #expect(
            made.rewritten == [
                RewrittenField(
                    keys: [1], recordID: Scene.ids[0], field: "Region__c", wanted: .text("EU"),
                    held: .text("Europe"))
            ])
    }

    @Test(arguments: [
        ("EU", "Asia", twice), ("US", "Europe", twice),
        ("EU", "Europe", LastWrite(wrote: .text("EU"))),
        ("EU", "Europe", LastWrite(wrote: .text("US"), read: .text("Europe"))),
    ])
    func anotherValueThanTheOneItMakesIsADifference(
        wanted: String, held: String, last: LastWrite
    ) {
        let made = plan(
            [key(1, by: Self.matchers, [Self.wants(wanted, after: last)])], [Self.record(held)])
        #expect(made.sent == ["Region__c": .text(wanted)])
        #expect(made.rewritten.isEmpty)
    }

    @Test func aRewrittenFieldIsLeftOutOfWhatElseChanges() {
        let fields = [Self.wants("EU", after: Self.twice), want("FirstName", .text("Ada"))]
        let made = plan([key(1, by: Self.matchers, fields)], [Self.record("Europe")])
        #expect(made.sent == ["FirstName": .text("Ada")])
        #expect(made.rewritten.map(\.field) == ["Region__c"])
    }

    @Test func theFirstTimeItMayBeAPersonsEditAndTheSecondTimeItIsNot() {
        let first = LastWrite(.text("EU"), over: .text("US"), following: nil)
        #expect(first == LastWrite(wrote: .text("EU")))
        let second = LastWrite(.text("EU"), over: .text("Europe"), following: first)
        #expect(second == Self.twice)
        // Another value of ours in between, or a record made anew, begins the count again.
        #expect(LastWrite(.text("US"), over: .text("Europe"), following: second).read == nil)
        #expect(LastWrite(.text("EU"), over: nil, following: second).read == nil)
        // Sent along though it agreed, it says nothing.
        #expect(LastWrite(.text("EU"), over: .text("EU"), following: first).read == nil)
    }

    @Test func aFieldThatWouldGetADefaultIsCreatedWithItsNull() {
        let made = plan(
            [
                key(
                    1, by: Self.matchers,
                    [
                        want("LastName", .text("Byron")), want("Tier__c", .null),
                        want("FirstName", .null),
                    ])
            ])
        #expect(
            made.sent == [
                "External_Id__c": .text("u1"), "LastName": .text("Byron"), "Tier__c": .null,
            ])
    }
}

/// What a stage does to the rest of an opportunity.
@Suite struct StageTests {
    static let opportunity = ObjectDescription(
        name: "Opportunity", keyPrefix: "006", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [
            FieldDescription(
                name: "External_Id__c", type: .string, length: 40, isExternalID: true,
                isUnique: true),
            FieldDescription(name: "StageName", type: .picklist, length: 255),
            FieldDescription(name: "Probability", type: .percent, precision: 3, scale: 0),
            FieldDescription(name: "Amount", type: .currency, precision: 18, scale: 2),
        ])

    static let record = Record(
        object: "Opportunity", id: Scene.ids[0],
        fields: [
            "External_Id__c": .text("o1"), "StageName": .text("Prospecting"),
            "Probability": number("35"), "Amount": number("100"),
        ])

    static func plan(stage: String) -> Plan {
        let state = DesiredState(
            object: "Opportunity", key: 1, presence: .exists, presenceCause: Scene.cause(100),
            matchers: any(("External_Id__c", "o1")),
            fields: [
                want("StageName", .text(stage)), want("Probability", number("35")),
                want("Amount", number("100")),
            ], link: nil)
        let plan = reconcile(desired: [state], observed: [record], description: opportunity)
        #expect(
            judge(plan, desired: [state], observed: [record], description: opportunity) == [])
        return plan
    }

    @Test func aProbabilityOfOursGoesAlongWhenTheStageChanges() {
        let made = Self.plan(stage: "Closed Won")
        #expect(made.sent == ["StageName": .text("Closed Won"), "Probability": number("35")])
        #expect(made.operations.first?.reason == "StageName differs.")
    }

    @Test func withoutAChangeOfStageNothingGoes() {
        #expect(Self.plan(stage: "Prospecting").operations.isEmpty)
    }
}
