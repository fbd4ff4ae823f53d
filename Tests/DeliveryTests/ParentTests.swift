import Projection
import Records
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Records that point to others, from event to record.
@Suite struct ParentTests {
    @Test(arguments: [[0, 1], [1, 0]])
    func aContactAndItsAccountOfOneBurstMeetInAnyOrder(_ order: [Int]) async throws {
        try await withDelivery(ParentScene.rules) { bench in
            let events = [ParentScene.account("a1"), ParentScene.contact(1, account: "A1")]
            try await bench.send(order.map { events[$0] })
            let result = try await bench.settle()
            #expect(result.isComplete)
            #expect(bench.employments() == ["p1@example.com → a1"])
            // Two looks and two writes: the account's id is known from its own create.
            #expect(result.report.apiCalls == 2 + 4, "two describes, then four calls")
            #expect(bench.writes() == ["create Account", "create Contact"])
        }
    }

    @Test func severalLevelsAreMadeFromTheTop() async throws {
        try await withDelivery(ParentScene.rules) { bench in
            try await bench.send([
                ParentScene.contact(1, account: "c"), ParentScene.account("c", parent: "b"),
                ParentScene.account("b", parent: "a"), ParentScene.account("a"),
            ])
            #expect(try await bench.settle().isComplete)
            #expect(bench.hierarchy() == ["a → -", "b → a", "c → b"])
            #expect(bench.employments() == ["p1@example.com → c"])
            // And nothing is left to do.
            let calls = bench.org.statistics.callCount
            try await bench.settle()
            #expect(bench.org.statistics.callCount == calls)
        }
    }

    @Test func moreLevelsThanARoundTakesAreAllMade() async throws {
        let depth = ParentOrder.levelCountMax + 3
        try await withDelivery(ParentScene.accounts) { bench in
            try await bench.send(
                (0..<depth).reversed().map { level in
                    ParentScene.account("\(level)", parent: level == 0 ? nil : "\(level - 1)")
                })
            #expect(try await bench.settle().isComplete)
            let expected = (0..<depth).map { "\($0) → \($0 == 0 ? "-" : "\($0 - 1)")" }
            #expect(bench.hierarchy() == expected.sorted())
        }
    }

    // MARK: A parent that comes later

    @Test func aParentOfALaterEventFreesItsChildren() async throws {
        try await withDelivery(ParentScene.rules) { bench in
            try await bench.send((1...3).map { ParentScene.contact($0, account: "a1") })
            let first = try await bench.settle()
            #expect(first.isComplete, "waiting is no work that is left")
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix("parked/waiting-for-parent") })
            #expect(
                try Set(bench.parkedMessages())
                    == ["AccountId waits: no Account has this External_Id__c"])
            #expect(bench.org.records(of: "Contact").isEmpty)
            // Steps without news ask nothing.
            let calls = bench.org.statistics.callCount
            for _ in 0..<3 { #expect(try await bench.engine.step().didWork == false) }
            #expect(bench.org.statistics.callCount == calls)

            try await bench.send([ParentScene.account("a1")])
            #expect(try await bench.settle().isComplete)
            #expect(bench.employments() == (1...3).map { "p\($0)@example.com → a1" })
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
        }
    }

    @Test func aParentThatAPersonMakesIsFoundByTheSlowLook() async throws {
        try await withDelivery(ParentScene.contacts()) { bench in
            try await bench.send((1...3).map { ParentScene.contact($0, account: "a1") })
            try await bench.settle()
            try bench.org.seed("Account", [["Name": "Firm", "External_Id__c": "A1"]])
            // Not before its time, and then with one call for all.
            let calls = bench.org.statistics.callCount
            let wait = try await bench.engine.step().wait
            #expect(bench.org.statistics.callCount == calls)
            bench.clock.advance(by: try #require(wait))
            _ = try await bench.engine.step()
            #expect(bench.org.statistics.calls[.query] ?? 0 > 0)
            try await bench.settle()
            #expect(bench.employments() == (1...3).map { "p\($0)@example.com → A1" })
        }
    }

    @Test func aLookForManyMissingParentsCostsOneCallInItsInterval() async throws {
        try await withDelivery(ParentScene.contacts()) { bench in
            try await bench.send((1...300).map { ParentScene.contact($0, account: "a\($0)") })
            try await bench.settle()
            let calls = bench.org.statistics.callCount
            for _ in 0..<10 {
                bench.clock.advance(by: bench.settings.limits.parentLookInterval / 5)
                try await bench.settle()
            }
            #expect(bench.org.statistics.callCount - calls == 2)
            #expect(try bench.outcomes().allSatisfy { $0.awoken == nil })
        }
    }

    @Test func aNewEventLooksAgainAtOnce() async throws {
        try await withDelivery(ParentScene.contacts()) { bench in
            try await bench.send([ParentScene.contact(1, account: "a1")])
            try await bench.settle()
            try bench.org.seed("Account", [["Name": "Firm", "External_Id__c": "a2"]])
            try await bench.send([ParentScene.contact(1, account: "a2", time: 10)])
            try await bench.settle()
            #expect(bench.employments() == ["p1@example.com → a2"])
        }
    }

    // MARK: A parent without a definite id

    /// Found by name, which is not unique: the account's create has to wait out its fence.
    private static let byName =
        ParentScene.contacts(ParentScene.lookup("Name")) + ","
        + ParentScene.action(
            "Account", on: "group", matchers: #""Name":"$.traits.name""#,
            fields: #""Industry":"$.traits.industry""#)

    @Test(arguments: [FaultEffect.cutAfter, .cutBefore, .late(milliseconds: nil)])
    func aParentInDoubtKeepsItsChildrenWaiting(_ effect: FaultEffect) async throws {
        try await withDelivery(Self.byName) { bench in
            bench.org.inject(Fault(on: .create, effect))
            try await bench.send([
                ParentScene.contact(1, account: "Firm a1"), ParentScene.account("a1"),
            ])
            try await bench.settle()
            #expect(bench.org.records(of: "Contact").isEmpty)
            #expect(
                try bench.parkedMessages()
                    == ["AccountId waits: the create of its Account is in doubt"])
            bench.org.releaseLateCalls()
            bench.passFence()
            #expect(try await bench.settle().isComplete)
            #expect(bench.employments() == ["p1@example.com → Firm a1"])
            #expect(bench.org.records(of: "Account").count == 1)
        }
    }

    @Test func aParkedParentKeepsItsChildrenWaitingAndSaysSo() async throws {
        try await withDelivery(ParentScene.rules) { bench in
            // Too long for Account.Name.
            let name = String(repeating: "x", count: 300)
            try await bench.send([
                ParentScene.contact(1, account: "a1"), ParentScene.account("a1", name: name),
            ])
            try await bench.settle()
            #expect(
                try bench.parkedMessages().contains(
                    "AccountId waits: its Account is parked (rejected)"))
            try await bench.send([ParentScene.account("a1", time: 10)])
            #expect(try await bench.settle().isComplete)
            #expect(bench.employments() == ["p1@example.com → a1"])
        }
    }

    // MARK: What a missing parent means

    @Test func aFieldIsSkippedWhenItsLookupSaysSo() async throws {
        let rules = ParentScene.contacts(ParentScene.lookup(more: #","missing":"skip-field""#))
        try await withDelivery(rules) { bench in
            try await bench.send([ParentScene.contact(1, account: "a1")])
            #expect(try await bench.settle().isComplete)
            #expect(bench.employments() == ["p1@example.com → -"])
            #expect(try await bench.keys() == ["p1@example.com settled"])
        }
    }

    @Test func aKeyIsParkedWhenItsLookupSaysSoAndRetriedByAPerson() async throws {
        let rules = ParentScene.contacts(ParentScene.lookup(more: #","missing":"park""#))
        try await withDelivery(rules) { bench in
            try await bench.send([ParentScene.contact(1, account: "a1")])
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com parked/parent-missing"])
            try bench.org.seed("Account", [["Name": "Firm", "External_Id__c": "a1"]])
            bench.clock.advance(by: .seconds(3_600))
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com parked/parent-missing"])
            let record = try #require(
                try bench.projector.state.records(after: 0, countMax: 1).first)
            try await bench.decide(.retry(keys: [record.reference]))
            try await bench.settle()
            #expect(bench.employments() == ["p1@example.com → a1"])
        }
    }

    @Test func severalPossibleParentsParkTheChildWithTheirIDs() async throws {
        let rules = ParentScene.contacts(ParentScene.lookup("Name"))
        try await withDelivery(rules) { bench in
            let ids = try bench.org.seed("Account", [["Name": "Firm"], ["Name": "FIRM "]])
            try await bench.send([ParentScene.contact(1, account: "firm")])
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com parked/parent-ambiguous"])
            let blocked = try #require(try bench.outcomes().flatMap(\.blocked).first)
            #expect(blocked.status == 300)
            #expect(blocked.recordIDs.map(\.description) == ids.sorted())
        }
    }

    @Test func aNullClearsTheFieldAndIsNoParent() async throws {
        try await withDelivery(ParentScene.rules) { bench in
            try await bench.send([
                ParentScene.account("a1"), ParentScene.contact(1, account: "a1"),
            ])
            try await bench.settle()
            try await bench.send([ParentScene.contact(1, account: nil, time: 10)])
            try await bench.settle()
            #expect(bench.employments() == ["p1@example.com → -"])
        }
    }

    @Test func aRecordMovesToItsNewParent() async throws {
        try await withDelivery(ParentScene.rules) { bench in
            try await bench.send([
                ParentScene.account("a1"), ParentScene.account("a2"),
                ParentScene.contact(1, account: "a1"),
            ])
            try await bench.settle()
            try await bench.send([ParentScene.contact(1, account: "a2", time: 10)])
            try await bench.settle()
            #expect(bench.employments() == ["p1@example.com → a2"])
        }
    }

    @Test func aParentOfOursIsFoundThoughAPersonEditedItsField() async throws {
        try await withDelivery(ParentScene.rules) { bench in
            try await bench.send([ParentScene.account("a1")])
            try await bench.settle()
            let id = try #require(bench.org.records(of: "Account").first?["Id"]?.string)
            try bench.org.edit("Account", id: id, ["External_Id__c": "edited"])
            try await bench.send([ParentScene.contact(1, account: "a1")])
            try await bench.settle()
            #expect(bench.org.records(of: "Contact").map { $0["AccountId"]?.string } == [id])
        }
    }

    // MARK: Circles

    /// An account and its main contact, each of which looks the other up.
    private static let mainContact =
        ParentScene.contacts() + ","
        + ParentScene.action(
            "Account", on: "group", matchers: #""External_Id__c":"$.groupId""#,
            fields: """
                "Name":"$.traits.name","Main_Contact__c":{"lookup":{"object":"Contact",\
                "field":"Email","value":"$.traits.parent"}}
                """)

    /// One is made without its lookup, and given it when the other is there.
    @Test(arguments: [1, 40])
    func recordsThatLookEachOtherUpAreMadeAndTied(_ count: Int) async throws {
        try await withDelivery(ParentScene.accounts) { bench in
            bench.org.add(
                .lookup("Main_Contact__c", "Main Contact", ["Contact"], as: "Main_Contact__r"),
                to: "Account")
            try await bench.engine.configure(TestRules.actions(Self.mainContact))
            for number in 0..<count {
                try await bench.send([
                    ParentScene.account("a\(number)", parent: "p\(number)@example.com"),
                    ParentScene.contact(number, account: "a\(number)"),
                ])
            }
            #expect(try await bench.settle().isComplete)
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
            #expect(
                bench.employments() == (0..<count).map { "p\($0)@example.com → a\($0)" }.sorted())
            let emails = Dictionary(
                bench.org.records(of: "Contact").map { ($0["Id"]?.string, $0["Email"]?.string) },
                uniquingKeysWith: { first, _ in first })
            for account in bench.org.records(of: "Account") {
                let number = account["External_Id__c"]?.string?.dropFirst() ?? ""
                #expect(emails[account["Main_Contact__c"]?.string] == "p\(number)@example.com")
            }
            // Two creates and the update that ties them.
            #expect(bench.writes().count == 3 * count)
        }
    }

    /// The create of the first has no answer: it is there once, and tied after its fence.
    @Test(arguments: [FaultEffect.cutAfter, .cutBefore])
    func aCircleWhoseFirstCreateIsInDoubtIsTiedLater(_ effect: FaultEffect) async throws {
        try await withDelivery(ParentScene.accounts) { bench in
            bench.org.add(
                .lookup("Main_Contact__c", "Main Contact", ["Contact"], as: "Main_Contact__r"),
                to: "Account")
            try await bench.engine.configure(TestRules.actions(Self.mainContact))
            bench.org.inject(Fault(on: .create, effect))
            bench.org.inject(Fault(on: .upsert, effect))
            try await bench.send([
                ParentScene.account("a1", parent: "p1@example.com"),
                ParentScene.contact(1, account: "a1"),
            ])
            try await bench.settle()
            bench.passFence()
            #expect(try await bench.settle().isComplete)
            #expect(bench.org.count(of: "Account") == 1)
            #expect(bench.employments() == ["p1@example.com → a1"])
            #expect(bench.org.records(of: "Account").first?["Main_Contact__c"]?.string != nil)
        }
    }

    /// Salesforce lets no hierarchy of accounts loop: the record is there, and what closes the
    /// circle is parked with that reason.
    @Test func accountsAboveEachOtherAreMadeAndTheLoopIsParked() async throws {
        try await withDelivery(ParentScene.accounts) { bench in
            try await bench.send([
                ParentScene.account("a", parent: "b"), ParentScene.account("b", parent: "a"),
                ParentScene.account("c", parent: "a"),
            ])
            #expect(try await bench.settle().isComplete)
            #expect(bench.hierarchy() == ["a → -", "b → a", "c → a"])
            #expect(
                try await bench.keys() == ["a parked/rejected", "b settled", "c settled"])
            // An event that breaks the circle frees it.
            try await bench.send([ParentScene.account("a", parent: "0", time: 10)])
            try bench.org.seed("Account", [["Name": "Top", "External_Id__c": "0"]])
            #expect(try await bench.settle().isComplete)
            #expect(bench.hierarchy() == ["0 → -", "a → 0", "b → a", "c → a"])
        }
    }

    // MARK: Deletes

    private static let deletes =
        rulesOfDeletes("Account", "External_Id__c", "$.groupId", on: "group") + ","
        + rulesOfDeletes("Case", "Subject", "$.userId", on: "identify") + ","
        + ParentScene.action(
            "Case", on: "track", matchers: #""Subject":"$.userId""#,
            fields: #""Description":"x","AccountId":\#(ParentScene.lookup())"#)

    private static func rulesOfDeletes(
        _ object: String, _ field: String, _ path: String, on kind: String
    ) -> String {
        """
        {"name":"\(object) goes","object":"\(object)","trigger":"type = \\"\(kind)\\"",\
        "operation":"delete","matchers":{"\(field)":"\(path)"},"fields":{},"from":"start"}
        """
    }

    /// An account with cases cannot be deleted, so they go first, whatever came first.
    @Test(arguments: [2_000, 4], [true, false])
    func childrenAreDeletedBeforeTheirParents(
        _ roundKeyCount: Int, _ goesByJobs: Bool
    ) async throws {
        let settings = DeliverySettings.test {
            if goesByJobs { $0 = JobTests.settings }
            $0.limits.roundKeyCountMax = roundKeyCount
        }
        try await withDelivery(Self.deletes, settings: settings) { bench in
            let accounts = try bench.org.seed(
                "Account",
                (0..<30).map { ["Name": .string("\($0)"), "External_Id__c": .string("a\($0)")] })
            try bench.org.seed(
                "Case",
                accounts.enumerated().map { number, account in
                    ["Subject": .string("u\(number)"), "AccountId": .string(account)]
                })
            try await bench.send((0..<30).map { ParentScene.account("a\($0)") })
            try await bench.send((0..<30).map { ParentScene.contact($0, account: nil) })
            #expect(try await bench.settle().isComplete)
            #expect(bench.org.count(of: "Account") == 0)
            #expect(bench.org.count(of: "Case") == 0)
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
            #expect(bench.org.statistics.refused == 0)
        }
    }

    // MARK: Relationship paths as matchers

    @Test func aRecordIsFoundByItsParentsField() async throws {
        let rules = ParentScene.action(
            "Contact", on: "identify",
            matchers: #""Account.External_Id__c":"$.traits.account""#,
            fields: #""LastName":"$.traits.last""#)
        try await withDelivery(rules) { bench in
            let accounts = try bench.org.seed(
                "Account",
                [["Name": "A", "External_Id__c": "a1"], ["Name": "B", "External_Id__c": "a2"]])
            try bench.org.seed(
                "Contact",
                accounts.map { ["LastName": "Old", "AccountId": .string($0)] })
            try await bench.send([ParentScene.contact(1, account: "A1", last: "New")])
            try await bench.settle()
            let names = bench.org.records(of: "Contact").map { $0["LastName"]?.string ?? "" }
            #expect(names.sorted() == ["New", "Old"])
            // The parent's field is never written into the child.
            try await bench.send([ParentScene.contact(2, account: "a3", last: "Third")])
            try await bench.settle()
            #expect(bench.org.records(of: "Contact").count == 3)
        }
    }

    @Test func aPathThatLeadsNowhereBlocksItsKeysAndNothingElse() async throws {
        let broken = ParentScene.action(
            "Contact", on: "group", matchers: #""Nobody.External_Id__c":"$.groupId""#,
            fields: #""LastName":"$.traits.name""#)
        try await withDelivery(ParentScene.contacts() + "," + broken) { bench in
            try bench.org.seed("Account", [["Name": "Firm", "External_Id__c": "a1"]])
            try await bench.send([
                ParentScene.contact(1, account: "a1"), ParentScene.account("a1"),
            ])
            try await bench.settle()
            #expect(bench.employments() == ["p1@example.com → a1"])
            #expect(try await bench.keys().contains("a1 parked/rejected"))
        }
    }

    // MARK: Batches

    @Test func recordsOfOneParentShareACall() async throws {
        let settings = DeliverySettings.test { $0.limits.callRecordCountMax = 4 }
        try await withDelivery(ParentScene.contacts(), settings: settings) { bench in
            try bench.org.seed(
                "Account",
                (0..<6).map { ["Name": .string("\($0)"), "External_Id__c": .string("a\($0)")] })
            // Three contacts of each account, the accounts taking turns.
            try await bench.send((0..<18).map { ParentScene.contact($0, account: "a\($0 % 6)") })
            try await bench.settle()
            #expect(bench.org.records(of: "Contact").count == 18)
            for intent in try bench.intents().map(\.intent) {
                let parents = intent.operations.map { operation in
                    operation.changes.first { $0.field == "AccountId" }?.after.text ?? ""
                }
                // An account's three contacts are together or, none of them, elsewhere.
                for count in Dictionary(grouping: parents, by: \.self).values.map(\.count) {
                    #expect(count == 3)
                }
            }
        }
    }
}
