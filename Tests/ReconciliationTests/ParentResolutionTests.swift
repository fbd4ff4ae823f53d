import Records
import Testing

@testable import Reconciliation

/// From a lookup and what is known of its parent to an id, a wait or a reason.
@Suite struct ParentResolutionTests {
    private static func acme(_ missing: MissingParent = .wait) -> ParentReference {
        ParentReference(
            object: "Account", field: "External_Id__c", value: .text("Acme"), form: "acme",
            missing: missing)
    }

    private static func lookup(
        _ missing: MissingParent = .wait, _ policy: WritePolicy = .always, at time: Int64 = 100
    ) -> DesiredField {
        DesiredField(
            name: "AccountId", value: .null, policy: policy, cause: Scene.cause(time),
            parent: acme(missing))
    }

    private static func known(
        _ records: [RecordID] = [], own: KnownParents.Own? = nil
    ) -> KnownParents {
        var known = KnownParents()
        for record in records { known.add(record, at: acme().place) }
        if let own { known.note(own, at: acme().place) }
        return known
    }

    /// What becomes of a new contact with this lookup: `create`, or the code it is blocked with.
    private static func verdict(_ missing: MissingParent, _ known: KnownParents) -> String {
        let state = key(
            1, by: any(("Email", "a@x.org")), [want("LastName", .text("Lee")), lookup(missing)])
        let plan = plan([state.resolved(with: known)])
        guard let operation = plan.operations.first else {
            return plan.blocked.map(\.code.rawValue).joined()
        }
        let sent = operation.changes.first { $0.field == "AccountId" }?.after.text
        return operation.kind.rawValue + (sent.map { " " + $0 } ?? "")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var records = 0
        var own: KnownParents.Own?
        /// For `wait`, `skip-field` and `park`.
        let verdicts: [String]

        var testDescription: String { name }
    }

    private static let found = "create 003000000000000AAA"
    private static let waits = "waiting-for-parent"

    @Test(arguments: [
        Case(name: "nowhere", verdicts: [waits, "create", "parent-missing"]),
        Case(name: "found", records: 1, verdicts: [found, found, found]),
        Case(
            name: "found twice", records: 2,
            verdicts: ["parent-ambiguous", "parent-ambiguous", "parent-ambiguous"]),
        Case(name: "on its way", own: .onItsWay, verdicts: [waits, waits, waits]),
        Case(name: "found, and ours", records: 1, own: .onItsWay, verdicts: [found, found, found]),
        // What a query finds beside a create in doubt may not stay the only one.
        Case(name: "in doubt", records: 1, own: .inDoubt, verdicts: [waits, waits, waits]),
        Case(name: "waiting itself", own: .waiting, verdicts: [waits, waits, waits]),
        Case(
            name: "parked", own: .parked("rejected"),
            verdicts: [waits, "create", "parent-missing"]),
        Case(
            name: "parked, and there", records: 1, own: .parked("x"),
            verdicts: [found, found, found]),
        Case(
            name: "to be deleted", records: 1, own: .absent,
            verdicts: [waits, "create", "parent-missing"]),
        Case(name: "in a circle", own: .circular, verdicts: [waits, "create", "parent-missing"]),
        Case(
            name: "settled and gone", own: .settled, verdicts: [waits, "create", "parent-missing"]),
    ])
    func aParentDecidesByItsStanding(_ example: Case) {
        let known = Self.known(Array(Scene.ids.prefix(example.records)), own: example.own)
        let verdicts = MissingParent.allCases.map { Self.verdict($0, known) }
        #expect(verdicts == example.verdicts)
    }

    @Test func aReasonNamesTheFieldAndNoValue() throws {
        for own: KnownParents.Own? in [nil, .inDoubt, .parked("rejected"), .onItsWay] {
            let state = key(1, by: any(("Email", "a@x.org")), [Self.lookup()])
            let plan = plan([state.resolved(with: Self.known(own: own))])
            let blocked = try #require(plan.blocked.first)
            #expect(blocked.field == "AccountId" && blocked.status == 424)
            #expect(blocked.message.contains("AccountId"))
            #expect(!blocked.message.lowercased().contains("acme"))
        }
    }

    @Test func anAmbiguousParentNamesTheFirstOfItsRecords() throws {
        let state = key(1, by: any(("Email", "a@x.org")), [Self.lookup(.park)])
        let plan = plan([state.resolved(with: Self.known(Scene.ids))])
        let blocked = try #require(plan.blocked.first)
        #expect(blocked.status == 300)
        #expect(blocked.recordIDs == Array(Scene.ids.prefix(ParentObstacle.recordCountMax)))
    }

    @Test func aParentThatThePlanCreatesIsShownByItsPlace() throws {
        var known = Self.known(own: .onItsWay)
        known.promise(Self.acme().place)
        let state = key(
            1, by: any(("Email", "a@x.org")), [want("LastName", .text("Lee")), Self.lookup()])
        let change = try #require(
            plan([state.resolved(with: known)]).operations.first?.changes.first)
        #expect(change.after.text == KnownParents.promisedID)
        #expect(change.parent == Self.acme())
    }

    // MARK: On records that are there

    private static let held = Scene.record(
        7,
        [
            "Email": .text("a@x.org"), "LastName": .text("Lee"),
            "AccountId": .text(Scene.ids[3].description),
        ])

    @Test func aParentWithoutAnIDNeverEmptiesItsField() {
        let unasked = key(1, by: any(("Email", "a@x.org")), [Self.lookup()])
        for state in [unasked, unasked.resolved(with: Self.known())] {
            #expect(plan([state], [Self.held]).verdicts == ["424"])
        }
    }

    @Test func aSkippedFieldLeavesWhatIsThere() {
        let state = key(1, by: any(("Email", "a@x.org")), [Self.lookup(.skipField)])
        #expect(plan([state.resolved(with: Self.known())], [Self.held]).verdicts == ["settled 7"])
    }

    @Test func theSameParentIsNoDifferenceAndAnotherIsOne() {
        let state = key(1, by: any(("Email", "a@x.org")), [Self.lookup()])
        let same = state.resolved(with: Self.known([Scene.ids[3]]))
        #expect(plan([same], [Self.held]).verdicts == ["settled 7"])
        let moved = plan([state.resolved(with: Self.known([Scene.ids[4]]))], [Self.held])
        #expect(moved.verdicts == ["update 7"])
        #expect(moved.sent == ["AccountId": .text(Scene.ids[4].description)])
        #expect(moved.operations.first?.changes.first?.before == Self.held.fields["AccountId"])
    }

    @Test(arguments: [WritePolicy.ifEmpty, .onCreate])
    func nobodyWaitsForAParentThatIsNotToBeWritten(_ policy: WritePolicy) {
        let state = key(1, by: any(("Email", "a@x.org")), [Self.lookup(.wait, policy)])
        #expect(plan([state.resolved(with: Self.known())], [Self.held]).verdicts == ["settled 7"])
    }

    @Test func aKeyThatWantsTheRecordGoneWaitsForNoParent() {
        let state = key(1, .absent, by: any(("Email", "a@x.org")), [Self.lookup()])
        #expect(plan([state.resolved(with: Self.known())], [Self.held]).verdicts == ["delete 7"])
    }

    @Test func ofTwoKeysOfOneRecordOnlyTheOneWithTheLookupWaits() {
        let waiting = key(1, by: any(("Email", "a@x.org")), [Self.lookup()])
        let other = key(
            2, by: any(("Email", "a@x.org"), ("External_Id__c", "7")),
            [want("FirstName", .text("Bea"))])
        let states = [waiting, other].map { $0.resolved(with: Self.known()) }
        #expect(plan(states, [Self.held]).verdicts == ["424", "update 7"])
    }

    /// Two keys of which one creates, with its parent, what the other looks for over that parent.
    @Test func aRecordIsFoundOverTheParentThatItIsCreatedWith() {
        let creator = key(
            1, by: any(("Email", "a@x.org")), [want("LastName", .text("Lee")), Self.lookup()])
        let seeker = key(
            2, by: all(("Account.External_Id__c", "ACME"), ("LastName", "Lee")),
            [want("FirstName", .text("Bea"))])
        let states = [creator, seeker].map { $0.resolved(with: Self.known([Scene.ids[3]])) }
        #expect(plan(states).operations.count == 1)
    }
}
