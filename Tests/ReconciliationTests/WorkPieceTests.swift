import Reconciliation
import Records
import Testing

/// Keys that resolve to the same record.
@Suite struct WorkPieceTests {
    static let byEmail = any(("Email", "ada@x.org"))
    static let byID = all(("External_Id__c", "u1"))
    static let record = Scene.record(
        0, ["Email": .text("ada@x.org"), "External_Id__c": .text("u1"), "LastName": .text("B")])

    @Test func oneOperationSettlesAllWithTheLatestValuePerField() {
        let one = key(
            1, by: Self.byEmail,
            [want("LastName", .text("Old"), at: 10), want("Region__c", .text("EU"), at: 30)])
        let two = key(
            2, by: Self.byID,
            [want("LastName", .text("New"), at: 20), want("Region__c", .text("US"), at: 20)])
        let made = plan([one, two], [Self.record])
        #expect(made.operations.map(\.keys) == [[1, 2]])
        #expect(made.sent == ["LastName": .text("New"), "Region__c": .text("EU")])
        #expect(plan([two, one], [Self.record]) == made)
    }

    @Test(
        arguments: [
            (Presence.exists, 10, Presence.absent, 20, "delete 0"),
            (.exists, 20, .absent, 10, "settled 0"), (.exists, 20, .absent, 20, "settled 0"),
            (.ifExists, 30, .absent, 20, "delete 0"), (.ifExists, 10, .exists, 20, "settled 0"),
            (.absent, 10, .absent, 20, "delete 0"),
        ] as [(Presence, Int64, Presence, Int64, String)])
    func theLatestOfExistsAndAbsentDecides(
        one: Presence, oneTime: Int64, other: Presence, otherTime: Int64, verdict: String
    ) {
        let states = [
            key(1, one, at: oneTime, by: Self.byEmail),
            key(2, other, at: otherTime, by: Self.byID),
        ]
        #expect(plan(states, [Self.record]).verdicts == [verdict, verdict])
        #expect(plan(states.reversed(), [Self.record]).verdicts == [verdict, verdict])
    }

    @Test func aDeletesKeyBringsNoFields() {
        let gone = key(1, .absent, at: 10, by: Self.byEmail, [want("LastName", .text("X"), at: 90)])
        let back = key(2, at: 20, by: Self.byID, [want("LastName", .text("Y"), at: 15)])
        #expect(plan([gone, back], [Self.record]).sent == ["LastName": .text("Y")])
    }

    @Test func ofOneEventsValuesTheLaterActionNamesWins() {
        let one = key(1, by: Self.byEmail, [want("Region__c", .text("EU"), action: "B")])
        let two = key(2, by: Self.byID, [want("Region__c", .text("US"), action: "A")])
        #expect(plan([one, two], [Self.record]).sent == ["Region__c": .text("EU")])
        #expect(plan([two, one], [Self.record]).sent == ["Region__c": .text("EU")])
    }

    @Test func aBadValueBlocksOnlyTheKeyItCameFrom() {
        let bad = key(1, by: Self.byEmail, [want("Score__c", .text("high"))])
        let good = key(2, by: Self.byID, [want("Region__c", .text("EU"))])
        let made = plan([bad, good], [Self.record])
        #expect(made.verdicts == ["400", "update 0"])
        #expect(made.sent == ["Region__c": .text("EU")])
    }

    @Test func aBadUpsertNeverTurnsIntoADelete() {
        let bad = key(1, at: 20, by: Self.byEmail, [want("Score__c", .text("high"))])
        let gone = key(2, .absent, at: 10, by: Self.byID)
        #expect(plan([bad, gone], [Self.record]).verdicts == ["400", "400"])
    }

    @Test func aBadValueDoesNotHoldUpADelete() {
        let bad = key(1, at: 10, by: Self.byEmail, [want("Score__c", .text("high"))])
        let gone = key(2, .absent, at: 20, by: Self.byID)
        #expect(plan([bad, gone], [Self.record]).verdicts == ["delete 0", "delete 0"])
    }

    @Test func aCreateActionsKeyIsNoPartOfIt() {
        let made = key(1, .new, by: .none, [want("LastName", .text("X"))], link: Scene.ids[0])
        let upsert = key(2, by: Self.byEmail, [want("LastName", .text("Y"))])
        #expect(plan([made, upsert], [Self.record]).verdicts == ["settled 0", "update 0"])
    }
}
