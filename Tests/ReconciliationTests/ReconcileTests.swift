import Reconciliation
import Records
import Testing

/// One cell of the operation table.
struct OperationCell: CustomTestStringConvertible, Sendable {
    let presence: Presence
    let matchers: Matchers
    let matchCount: Int
    let verdict: String

    var testDescription: String { "\(presence.rawValue), \(matchCount) match: \(verdict)" }
}

@Suite struct ReconcileTests {
    static let byAny = any(("Email", "ada@x.org"), ("External_Id__c", "u1"))
    static let byAll = all(("Email", "ada@x.org"), ("External_Id__c", "u1"))

    static let cells: [OperationCell] = [byAny, byAll].flatMap { matchers in
        [
            (Presence.exists, ["create", "update 0", "300"]),
            (.ifExists, ["404", "update 0", "300"]),
            (.absent, ["settled", "delete 0", "300"]),
        ].flatMap { presence, verdicts in
            verdicts.enumerated().map { count, verdict in
                OperationCell(
                    presence: presence, matchers: matchers, matchCount: count, verdict: verdict)
            }
        }
    }

    static func ada(_ number: Int) -> Record {
        Scene.record(number, ["Email": .text("ada@x.org"), "External_Id__c": .text("U1")])
    }

    @Test(arguments: cells)
    func presenceAndMatchesDecide(cell: OperationCell) {
        let state = key(1, cell.presence, by: cell.matchers, [want("LastName", .text("Lovelace"))])
        let observed = (0..<cell.matchCount).map(Self.ada)
        #expect(plan([state], observed).verdicts == [cell.verdict])
    }

    /// The records that a key's links lead to and that are there, none found by a matcher.
    @Test(arguments: [
        ([0, 1], "300"), ([0], "update 0"), ([1], "update 1"), ([], "create"),
    ])
    func aKeyThatJoinedAnotherMatchesWhatIsLeftOfBothRecords(left: [Int], verdict: String) {
        let state = key(
            1, by: Self.byAny, [want("LastName", .text("Lovelace"))], link: Scene.ids[0],
            joinedLinks: [Scene.ids[1]])
        let plan = plan([state], left.map { Scene.record($0) })
        #expect(plan.verdicts == [verdict])
        let named = verdict == "300" ? left.map { Scene.ids[$0] } : []
        #expect(plan.blocked.flatMap(\.recordIDs) == named)
    }

    @Test(arguments: 0...2)
    func aCreateActionMatchesNothingButItsLink(matchCount: Int) {
        let observed = (0..<matchCount).map(Self.ada)
        let fields = [want("LastName", .text("Lovelace")), want("Email", .text("ada@x.org"))]
        let fresh = key(1, .new, by: .none, fields)
        #expect(plan([fresh], observed).verdicts == ["create"])
        let linked = key(1, .new, by: .none, fields, link: Scene.ids[0])
        #expect(plan([linked], observed).verdicts == ["settled 0"])
    }

    @Test func anAndMatchesOnlyWhatSatisfiesAllConditions() {
        let observed = [
            Scene.record(0, ["Email": .text("ada@x.org"), "External_Id__c": .text("other")]),
            Scene.record(1, ["Email": .text("ADA@x.org "), "External_Id__c": .text("u1")]),
        ]
        let fields = [want("LastName", .text("Lovelace"))]
        #expect(plan([key(1, by: Self.byAll, fields)], observed).verdicts == ["update 1"])
        #expect(plan([key(1, by: Self.byAny, fields)], observed).verdicts == ["300"])
    }

    @Test func severalMatchesAreNamedInOrder() {
        let blocked = plan([key(1, by: Self.byAny)], [Self.ada(2), Self.ada(0), Self.ada(1)])
            .blocked
        #expect(blocked.map(\.recordIDs) == [[Scene.ids[0], Scene.ids[1], Scene.ids[2]]])
        #expect(blocked.first?.message.contains("ada@x.org") == false)
        #expect(blocked.first?.message.contains("Email") == true)
    }

    @Test func anEditedMatcherFieldCostsNeitherTheLinkNorADuplicate() {
        let edited = Scene.record(0, ["Email": .text("new@x.org"), "LastName": .text("Byron")])
        let state = key(
            1, by: any(("Email", "ada@x.org")), [want("LastName", .text("Lovelace"))],
            link: Scene.ids[0])
        #expect(plan([state], [edited]).verdicts == ["update 0"])
    }

    @Test func theLinkCountsAsAMatchBesideOthers() {
        let linked = Scene.record(0)
        let found = Scene.record(1, ["Email": .text("ada@x.org")])
        let matchers = any(("Email", "ada@x.org"))
        let state = key(1, by: matchers, link: Scene.ids[0])
        #expect(plan([state], [linked, found]).verdicts == ["300"])
        let decided = key(1, by: matchers, link: Scene.ids[0], isLinkDecided: true)
        #expect(plan([decided], [linked, found]).verdicts == ["settled 0"])
        #expect(plan([decided], [found]).verdicts == ["settled 1"])
    }

    @Test func aDeletedLinkedRecordIsCreatedAgain() {
        let state = key(
            1, by: any(("Email", "ada@x.org")), [want("LastName", .text("Lovelace"))],
            link: Scene.ids[0])
        #expect(plan([state], []).verdicts == ["create"])
    }

    @Test func theIdGoesStraightToItsRecord() {
        let state = key(
            1, by: any(("Id", Scene.ids[3].short)), [want("LastName", .text("Lovelace"))])
        #expect(plan([state], [Scene.record(2), Scene.record(3)]).verdicts == ["update 3"])
    }

    @Test func aRelationshipPathIsComparedWithoutCase() {
        let observed = [
            Scene.record(0, ["Account": .object(["External_Id__c": .text("ACME")])]),
            Scene.record(1, ["Account": .object(["External_Id__c": .null])]), Scene.record(2),
        ]
        let fields = [want("LastName", .text("Lovelace"))]
        let found = plan([key(1, by: any(("Account.External_Id__c", "acme")), fields)], observed)
        #expect(found.verdicts == ["update 0"])
        let none = plan([key(1, by: any(("Account.External_Id__c", "umbrella")), fields)], observed)
        #expect(none.verdicts == ["create"])
        #expect(none.sent.keys.sorted() == ["LastName"])
    }

    @Test func anEarlierAliasStillFindsTheRecordAndTheLatestIsCarried() {
        let values = ["old@x.org", "new@x.org"].map {
            MatcherValue(field: "Email", value: .text($0))
        }
        let matchers = Matchers.any(values, current: [values[1]])
        let fields = [want("LastName", .text("Lovelace"))]
        let old = Scene.record(0, ["Email": .text("old@x.org")])
        #expect(plan([key(1, by: matchers, fields)], [old]).verdicts == ["update 0"])
        #expect(plan([key(1, by: matchers, fields)]).sent["Email"]?.text == "new@x.org")
    }

    @Test func aMatcherWithoutAValueIsRefusedNotDropped() {
        let observed = [Self.ada(0)]
        for matchers in [all(("Email", "ada@x.org"), ("External_Id__c", " ")), any(), all()] {
            #expect(plan([key(1, by: matchers)], observed).verdicts == ["400"])
        }
        let partly = any(("Email", "ada@x.org"), ("External_Id__c", ""))
        #expect(plan([key(1, by: partly)], observed).verdicts == ["settled 0"])
    }

    @Test func aHiddenMatcherFieldIsRefusedBeforeItDuplicates() {
        let unknown = plan([key(1, by: any(("Hidden__c", "x")))])
        #expect(unknown.blocked.map(\.code) == [.rejected])
        #expect(unknown.blocked.first?.message.contains("Hidden__c") == true)
        let blind = Record(object: "Contact", id: Scene.ids[0], fields: ["LastName": .null])
        #expect(plan([key(1, by: any(("Email", "a@x.org")))], [blind]).verdicts == ["400"])
    }

    @Test func aRecordReturnedByTwoQueriesCountsOnce() {
        let parts = [
            Record(object: "Contact", id: Scene.ids[0], fields: ["Email": .text("ada@x.org")]),
            Record(
                object: "Contact", id: Scene.ids[0],
                fields: ["LastName": .text("Byron"), "Email": .text("ada@x.org")]),
        ]
        let state = key(1, by: any(("Email", "ada@x.org")), [want("LastName", .text("Lovelace"))])
        #expect(
            reconcile(desired: [state], observed: parts, description: Scene.contact).verdicts
                == ["update 0"])
    }

    @Test func operationsComeBySmallestKeyAndDeletesLast() {
        let observed = (0..<3).map { Scene.record($0, ["Email": .text("p\($0)@x.org")]) }
        let desired = [
            key(1, .absent, by: any(("Email", "p0@x.org"))),
            key(4, by: any(("Email", "p9@x.org")), [want("LastName", .text("Nine"))]),
            key(3, by: any(("Email", "p1@x.org")), [want("LastName", .text("One"))]),
            key(2, .absent, by: any(("Email", "p2@x.org"))),
        ]
        let operations = plan(desired, observed).operations
        #expect(operations.map(\.kind) == [.update, .create, .delete, .delete])
        #expect(operations.map(\.keys) == [[3], [4], [1], [2]])
        #expect(plan(desired.reversed(), observed.reversed()).operations == operations)
    }

    @Test func theReasonNamesFieldsButNoValues() {
        let observed = [Scene.record(0, ["Email": .text("ada@x.org")])]
        let state = key(
            1, by: any(("Email", "ada@x.org")),
            [want("LastName", .text("Lovelace")), want("Region__c", .text("EU"))])
        #expect(
            plan([state], observed).operations.map(\.reason)
                == ["2 fields differ: LastName and Region__c."])
        #expect(plan([state]).operations.map(\.reason) == ["No record matches Email."])
    }

    @Test func whatTheUserMayNotDoToTheObjectIsRefused() {
        let fields = [want("LastName", .text("Lovelace"))]
        let none = Scene.contact(creates: false, updates: false, deletes: false)
        let matchers = any(("Email", "ada@x.org"))
        #expect(plan([key(1, by: matchers, fields)], [], none).verdicts == ["400"])
        #expect(plan([key(1, by: matchers, fields)], [Self.ada(0)], none).verdicts == ["400"])
        #expect(plan([key(1, .absent, by: matchers)], [Self.ada(0)], none).verdicts == ["400"])
        #expect(plan([key(1, by: matchers)], [Self.ada(0)], none).verdicts == ["settled 0"])
    }
}
