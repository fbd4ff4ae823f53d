import Reconciliation
import Records
import Testing

/// A good plan made bad in one way, and the rule that must say so.
struct PlantedError: CustomTestStringConvertible, Sendable {
    let name: String
    let rule: PlanViolation.Rule
    let plant: @Sendable (inout Plan) -> Void

    init(
        _ name: String, _ rule: PlanViolation.Rule,
        _ plant: @escaping @Sendable (inout Plan) -> Void
    ) {
        self.name = name
        self.rule = rule
        self.plant = plant
    }

    var testDescription: String { name }
}

/// An operation with some of its parts replaced.
private func changed(
    _ operation: Operation, kind: Operation.Kind? = nil, keys: [UInt64]? = nil,
    record: RecordID?? = .none, upsertField: String?? = .none, changes: [Change]? = nil
) -> Operation {
    Operation(
        kind: kind ?? operation.kind, object: operation.object, keys: keys ?? operation.keys,
        recordID: record ?? operation.recordID, upsertField: upsertField ?? operation.upsertField,
        changes: changes ?? operation.changes, reason: operation.reason)
}

private func change(_ field: String, _ before: FieldValue, _ after: FieldValue) -> Change {
    Change(field: field, before: before, after: after, cause: Scene.cause(100))
}

@Suite struct PlanJudgeTests {
    /// Operations in this order: create for 1, update of record 0 for 2, create for 8, delete of
    /// record 1 for 3; then 4 settled on record 2, 5 on nothing, 6 ambiguous, 7 not found.
    static let desired = [
        key(
            1, by: any(("External_Id__c", "u1")),
            [want("LastName", .text("One")), want("Region__c", .text("EU"))]),
        key(
            2, by: any(("Email", "two@x.org")),
            [
                want("LastName", .text("Two")), want("Region__c", .text("EU"), .ifEmpty),
                want("Plan__c", .text("Pro"), .onCreate),
            ]),
        key(3, .absent, by: any(("Email", "three@x.org"))),
        key(4, by: any(("Email", "four@x.org")), [want("LastName", .text("Four"))]),
        key(5, .absent, by: any(("Email", "five@x.org"))),
        key(6, by: any(("Email", "six@x.org"))),
        key(7, .ifExists, by: any(("Email", "seven@x.org"))),
        key(8, by: all(("Email", "eight@x.org")), [want("LastName", .text("Eight"))]),
    ]
    static let observed = [
        Scene.record(
            0, ["Email": .text("two@x.org"), "LastName": .text("2"), "Region__c": .text("US")]),
        Scene.record(1, ["Email": .text("three@x.org")]),
        Scene.record(2, ["Email": .text("four@x.org"), "LastName": .text("Four")]),
        Scene.record(3, ["Email": .text("six@x.org")]),
        Scene.record(4, ["Email": .text("six@x.org")]),
    ]

    static func violations(_ plan: Plan) -> [PlanViolation] {
        judge(plan, desired: desired, observed: observed, description: Scene.contact)
    }

    static let good = reconcile(
        desired: desired, observed: observed, description: Scene.contact)

    @Test func theGoodPlanStands() {
        #expect(Self.violations(Self.good) == [])
        #expect(
            Self.good.verdicts == [
                "create", "update 0", "delete 1", "settled 2", "settled", "300", "404", "create",
            ])
        #expect(Self.good.operations.map(\.keys) == [[1], [2], [8], [3]])
    }

    static let keyErrors: [PlantedError] = [
        .init("a key is missing", .keyNotOnce) { $0.settled.removeFirst() },
        .init("a key is there twice", .keyNotOnce) { $0.settled.append($0.settled[0]) },
        .init("a key is operated and settled", .keyNotOnce) {
            $0.settled.append(SettledKey(key: 2, recordID: Scene.ids[0]))
        },
        .init("a key nobody asked about", .keyNotOnce) {
            $0.settled.append(SettledKey(key: 99, recordID: nil))
        },
        .init("one record in two operations", .recordTwice) {
            $0.operations.append($0.operations[1])
        },
    ]

    static let operationErrors: [PlantedError] = [
        .init("a create names a record", .wrongRecord) {
            $0.operations[0] = changed($0.operations[0], record: Scene.ids[9])
        },
        .init("a create although one matches", .createOverMatch) {
            $0.operations[1] = changed(
                $0.operations[1], kind: .create, record: .some(nil),
                changes: [change("LastName", .null, .text("Two"))])
        },
        .init("a create for an update action", .createUnasked) {
            $0.blocked.removeAll { $0.code == .notFound }
            $0.operations[0] = changed($0.operations[0], keys: [7])
        },
        .init("a create for a delete action", .createUnasked) {
            $0.operations[0] = changed($0.operations[0], keys: [5])
        },
        .init("an update without changes", .noDifference) {
            $0.operations[1] = changed($0.operations[1], changes: [])
        },
        .init("an update of another record", .wrongRecord) {
            $0.operations[1] = changed($0.operations[1], record: Scene.ids[2])
        },
        .init("an update of a record never seen", .wrongRecord) {
            $0.operations[1] = changed($0.operations[1], record: Scene.ids[9])
        },
        .init("an update of what should be gone", .updateUnasked) {
            $0.operations[3] = changed($0.operations[3], kind: .update)
        },
        .init("a delete nobody asked for", .deleteUnasked) {
            $0.operations[1] = changed($0.operations[1], kind: .delete, changes: [])
        },
        .init("an update as an upsert", .unsafeUpsert) {
            $0.operations[1] = changed($0.operations[1], upsertField: "External_Id__c")
        },
        .init("an upsert by a field that is not unique", .unsafeUpsert) {
            $0.operations[2] = changed($0.operations[2], upsertField: "Email")
        },
        .init("an upsert by a field that is not sent", .unsafeUpsert) {
            $0.operations[2] = changed($0.operations[2], upsertField: "External_Id__c")
        },
    ]

    private static func changesOfUpdate(_ changes: Change...) -> @Sendable (inout Plan) -> Void {
        { $0.operations[1] = changed($0.operations[1], changes: changes) }
    }

    static let fieldErrors: [PlantedError] = [
        .init(
            "a field that is not in describe", .unwritableField,
            changesOfUpdate(change("Hidden__c", .null, .text("x")))),
        .init(
            "a field in another spelling", .unwritableField,
            changesOfUpdate(change("lastname", .text("2"), .text("Two")))),
        .init(
            "a read-only field", .unwritableField,
            changesOfUpdate(change("Name", .null, .text("x")))),
        .init(
            "a value nobody asked for", .unaskedValue,
            changesOfUpdate(change("LastName", .text("2"), .text("Three")))),
        .init(
            "if-empty over a value", .unaskedValue,
            changesOfUpdate(change("Region__c", .text("US"), .text("EU")))),
        .init(
            "on-create in an update", .unaskedValue,
            changesOfUpdate(change("Plan__c", .null, .text("Pro")))),
        .init(
            "a value that does not differ", .noDifference,
            changesOfUpdate(change("Email", .text("two@x.org"), .text("TWO@x.org")))),
        .init(
            "a value before that was not seen", .wrongBefore,
            changesOfUpdate(change("LastName", .text("1"), .text("Two")))),
        .init(
            "a field twice", .disorder,
            changesOfUpdate(
                change("LastName", .text("2"), .text("Two")),
                change("LastName", .text("2"), .text("Two")))),
        .init("a delete with fields", .unaskedValue) {
            $0.operations[3] = changed(
                $0.operations[3], changes: [change("LastName", .null, .text("x"))])
        },
        .init("a create that sends null", .wrongBefore) {
            $0.operations[0] = changed(
                $0.operations[0], changes: [change("Region__c", .text("EU"), .null)])
        },
    ]

    static let verdictErrors: [PlantedError] = [
        .init("settled on another record", .wrongVerdict) {
            $0.settled = $0.settled.map {
                SettledKey(key: $0.key, recordID: $0.recordID.map { _ in Scene.ids[1] })
            }
        },
        .init("settled on nothing though it must exist", .wrongVerdict) { plan in
            plan.operations.removeFirst()
            plan.settled.append(SettledKey(key: 1, recordID: nil))
        },
        .init("settled though a field differs", .wrongVerdict) { plan in
            plan.operations.remove(at: 1)
            plan.settled.append(SettledKey(key: 2, recordID: Scene.ids[0]))
        },
        .init("settled though it should be gone", .wrongVerdict) { plan in
            plan.operations.removeLast()
            plan.settled.append(SettledKey(key: 3, recordID: Scene.ids[1]))
        },
        .init("ambiguous without all the records", .wrongVerdict) { plan in
            plan.blocked[0] = BlockedKey(
                key: 6, object: "Contact", code: .ambiguous, message: "", recordIDs: [Scene.ids[3]])
        },
        .init("not found though it must exist", .wrongVerdict) { plan in
            plan.operations.removeFirst()
            plan.blocked.append(
                BlockedKey(key: 1, object: "Contact", code: .notFound, message: ""))
        },
        .init("deferred for nothing", .wrongVerdict) { plan in
            plan.operations.removeFirst()
            plan.deferred.append(DeferredKey(key: 1, waitsFor: [4]))
        },
    ]

    @Test(arguments: keyErrors + operationErrors + fieldErrors + verdictErrors)
    func aPlantedErrorIsFound(error: PlantedError) {
        var plan = Self.good
        error.plant(&plan)
        #expect(Self.violations(plan).map(\.rule).contains(error.rule))
    }

    @Test func twoCreatesThatWouldMatchEachOtherAreFound() {
        let desired = [
            key(1, by: any(("Email", "ada@x.org")), [want("LastName", .text("L"))]),
            key(2, by: all(("Email", "ada@x.org")), [want("LastName", .text("L"))]),
        ]
        var plan = Plan()
        for state in desired {
            let alone = reconcile(desired: [state], observed: [], description: Scene.contact)
            plan.operations += alone.operations
        }
        let violations = judge(
            plan, desired: desired, observed: [], description: Scene.contact)
        #expect(violations.map(\.rule) == [.createsMeet, .createsMeet])
    }

    @Test func anOverruledValueIsFound() {
        let matchers = any(("Email", "ada@x.org"))
        let desired = [
            key(1, by: matchers, [want("LastName", .text("Old"), at: 10)]),
            key(2, by: all(("Email", "ada@x.org")), [want("LastName", .text("New"), at: 20)]),
        ]
        let observed = [Scene.record(0, ["Email": .text("ada@x.org")])]
        let operation = Operation(
            kind: .update, object: "Contact", keys: [1, 2], recordID: Scene.ids[0],
            upsertField: nil,
            changes: [
                Change(
                    field: "LastName", before: .null, after: .text("Old"), cause: Scene.cause(10))
            ], reason: "")
        let violations = judge(
            Plan(operations: [operation]), desired: desired, observed: observed,
            description: Scene.contact)
        #expect(violations.map(\.rule) == [.unaskedValue])
    }

    @Test func aDeleteThatALaterEventRevokedIsFound() {
        let desired = [
            key(1, .absent, at: 10, by: any(("Email", "ada@x.org"))),
            key(2, at: 20, by: all(("Email", "ada@x.org"))),
        ]
        let observed = [Scene.record(0, ["Email": .text("ada@x.org")])]
        let operation = Operation(
            kind: .delete, object: "Contact", keys: [1], recordID: Scene.ids[0], upsertField: nil,
            changes: [], reason: "")
        let plan = Plan(
            operations: [operation], settled: [SettledKey(key: 2, recordID: Scene.ids[0])])
        let violations = judge(
            plan, desired: desired, observed: observed, description: Scene.contact)
        #expect(violations.map(\.rule) == [.deleteUnasked])
    }
}
