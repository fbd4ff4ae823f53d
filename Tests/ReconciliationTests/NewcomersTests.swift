import Reconciliation
import Records
import Testing

/// Keys that match nothing, and what one's new record means to another.
@Suite struct NewcomersTests {
    static func person(
        _ number: UInt64, _ matchers: Matchers, _ presence: Presence = .exists,
        at time: Int64 = 100,
        _ fields: [DesiredField] = [want("FirstName", .text("Ada"))]
    ) -> DesiredState {
        key(number, presence, at: time, by: matchers, fields + [want("LastName", .text("L"))])
    }

    static let byEmail = any(("Email", "ada@x.org"))

    @Test func keysByTheSameValueCreateOneRecord() {
        let strict = Self.person(2, all(("Email", "ADA@x.org"), ("FirstName", "Ada")))
        let made = plan([Self.person(1, Self.byEmail), strict])
        #expect(made.operations.map(\.keys) == [[1, 2]])
        #expect(made.verdicts == ["create", "create"])
        #expect(made.sent["FirstName"]?.text == "Ada")
    }

    @Test func aMappedFieldThatIsAnothersMatcherJoinsThem() {
        let mapping = Self.person(1, Self.byEmail, .exists, [want("External_Id__c", .text("u1"))])
        let made = plan([mapping, Self.person(2, any(("External_Id__c", "U1")))])
        #expect(made.operations.map(\.keys) == [[1, 2]])
        #expect(made.operations.map(\.upsertField) == ["External_Id__c"])
    }

    @Test func strangersCreateARecordEach() {
        let made = plan([Self.person(1, Self.byEmail), Self.person(2, any(("Email", "b@x.org")))])
        #expect(made.operations.map(\.keys) == [[1], [2]])
    }

    @Test func twoPeopleOfOneAddressAreTwoAndTheAddressAloneWaits() {
        let ada = Self.person(2, all(("Email", "family@x.org"), ("FirstName", "Ada")))
        let bob = Self.person(
            3, all(("Email", "family@x.org"), ("FirstName", "Bob")),
            .exists, [want("FirstName", .text("Bob"))])
        let either = Self.person(1, any(("Email", "family@x.org")), .exists, [])
        let made = plan([either, ada, bob])
        #expect(made.operations.map(\.keys) == [[2], [3]])
        #expect(made.verdicts == ["after 2,3", "create", "create"])
    }

    @Test func anUpdateActionJoinsTheRecordThatIsCreated() {
        let update = Self.person(
            2, all(("Email", "ada@x.org")), .ifExists, [want("Region__c", .text("EU"))])
        let made = plan([Self.person(1, Self.byEmail), update])
        #expect(made.operations.map(\.keys) == [[1, 2]])
        #expect(made.sent["Region__c"]?.text == "EU")
        #expect(plan([update]).verdicts == ["404"])
    }

    @Test func aLaterDeleteLeavesNothingToCreate() {
        let gone = key(2, .absent, at: 200, by: all(("Email", "ada@x.org")))
        #expect(plan([Self.person(1, Self.byEmail), gone]).verdicts == ["settled", "settled"])
        let earlier = key(2, .absent, at: 50, by: all(("Email", "ada@x.org")))
        #expect(plan([Self.person(1, Self.byEmail), earlier]).verdicts == ["create", "create"])
    }

    @Test func whatAnUpdateOfThisPlanWillMakeMatchIsDeferred() {
        let record = Scene.record(0, ["Email": .text("ada@x.org"), "LastName": .text("L")])
        let update = key(1, by: Self.byEmail, [want("External_Id__c", .text("u1"))])
        let made = plan([update, Self.person(2, any(("External_Id__c", "u1")))], [record])
        #expect(made.verdicts == ["update 0", "after 1"])
    }

    @Test func aCreateActionsRecordIsWaitedForToo() {
        let created = key(
            1, .new, by: .none, [want("LastName", .text("L")), want("Email", .text("ada@x.org"))])
        #expect(plan([created, Self.person(2, Self.byEmail)]).verdicts == ["create", "after 1"])
    }

    @Test func aRefusedCreateHoldsUpNobody() {
        let bad = Self.person(1, Self.byEmail, .exists, [want("Score__c", .text("high"))])
        let good = Self.person(2, all(("Email", "ada@x.org")))
        #expect(plan([bad, good]).verdicts == ["400", "create"])
    }

    @Test func aKeyThatWaitsOnlyForRefusedCreatesGoesOn() {
        let bad = [want("Score__c", .text("high"))]
        let ada = Self.person(
            2, all(("Email", "f@x.org"), ("FirstName", "Ada")), .exists,
            bad + [want("FirstName", .text("Ada"))])
        let bob = Self.person(
            3, all(("Email", "f@x.org"), ("FirstName", "Bob")), .exists,
            bad + [want("FirstName", .text("Bob"))])
        let either = Self.person(1, any(("Email", "f@x.org")), .exists, [])
        #expect(plan([either, ada, bob]).verdicts == ["create", "400", "400"])
    }

    @Test func aMixtureThatAThirdKeyWouldMatchIsNotMade() {
        // Together 1 and 2 would make a record with region and plan; 3 looks for exactly that.
        let one = Self.person(1, Self.byEmail, .exists, [want("Region__c", .text("EU"))])
        let two = Self.person(
            2, all(("Email", "ada@x.org")), .exists, [want("Plan__c", .text("Pro"))])
        let three = Self.person(
            3, all(("Region__c", "EU"), ("Plan__c", "Pro")), .exists,
            [want("Email", .text("else@x.org"))])
        let made = plan([one, two, three])
        #expect(made.operations.filter { $0.kind == .create }.map(\.keys) == [[2], [3]])
        #expect(made.deferred == [DeferredKey(key: 1, waitsFor: [2])])
    }

    @Test func linksToDeletedRecordsDoNotKeepKeysApart() {
        let one = key(
            1, by: Self.byEmail, [want("LastName", .text("L"))], link: Scene.ids[8])
        let made = plan([one, Self.person(2, all(("Email", "ada@x.org")))])
        #expect(made.operations.map(\.keys) == [[1, 2]])
    }
}
