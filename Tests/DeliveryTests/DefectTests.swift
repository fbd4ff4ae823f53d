import Projection
import Reconciliation
import Records
import SalesforceEmulator
import Testing

@testable import Delivery

extension DeliveryEngine {
    /// Lets something else make the plans.
    func plan(by reconciling: @escaping Reconciling) { self.reconciling = reconciling }
}

/// The judge is obeyed: what breaks a rule is not sent, and stops nobody else.
@Suite struct DefectTests {
    /// Plans as they should be, but for the person with this address, whose create is made of a
    /// value that nobody asked for.
    private static func spoiling(_ email: String) -> Reconciling {
        { desired, observed, description in
            var plan = reconcile(desired: desired, observed: observed, description: description)
            plan.operations = plan.operations.map { operation in
                guard operation.changes.contains(where: { $0.after == .text(email) }) else {
                    return operation
                }
                return Operation(
                    kind: operation.kind, object: operation.object, keys: operation.keys,
                    recordID: operation.recordID, upsertField: operation.upsertField,
                    changes: operation.changes.map { change in
                        guard change.field == "FirstName" else { return change }
                        return Change(
                            field: change.field, before: change.before, after: .text("Invented"),
                            cause: change.cause)
                    }, reason: operation.reason)
            }
            return plan
        }
    }

    @Test func aKeyWhosePlanBreaksARuleIsParkedAndTheOthersGoOn() async throws {
        try await withDelivery { bench in
            await bench.engine.plan(by: Self.spoiling("p2@example.com"))
            try await bench.send(TestPerson(1), TestPerson(2), TestPerson(3))
            let result = try await bench.settle()
            #expect(result.isComplete)
            #expect(bench.contacts() == ["p1@example.com Ann Lee1", "p3@example.com Ann Lee3"])
            #expect(
                try await bench.keys() == [
                    "p1@example.com settled", "p2@example.com parked/defect",
                    "p3@example.com settled",
                ])
            let blocked = try #require(try bench.outcomes().flatMap(\.blocked).first)
            #expect(blocked.status == 500)
            #expect(blocked.message.contains("unasked-value"))
            #expect(blocked.message.contains("defect of Tidemark"))
            #expect(!blocked.message.contains("Invented"))

            // A version without the defect, and a person's word.
            await bench.engine.plan(by: {
                reconcile(desired: $0, observed: $1, description: $2)
            })
            try await bench.decide(.retry(keys: [blocked.key.key]))
            try await bench.settle()
            #expect(bench.contacts().count == 3)
        }
    }

    // MARK: Which keys are concerned

    private func violation(_ keys: [UInt64]) -> PlanViolation {
        PlanViolation(rule: .wrongRecord, keys: keys, message: "wrong")
    }

    /// An update of record 1 for keys 1 and 2, another one of it for 3, a create for 4, and 5
    /// settled.
    private var plan: Plan {
        let shared = TestPlans.operation(.update, 1)
        let both = Operation(
            kind: .update, object: shared.object, keys: [1, 2], recordID: shared.recordID,
            upsertField: nil,
            changes: shared.changes, reason: shared.reason)
        let again = Operation(
            kind: .update, object: shared.object, keys: [3], recordID: shared.recordID,
            upsertField: nil,
            changes: shared.changes, reason: shared.reason)
        return Plan(
            operations: [both, again, TestPlans.operation(.create, 4)],
            settled: [SettledKey(key: 5, recordID: nil)])
    }

    @Test(arguments: [
        ([UInt64(2)], [UInt64(1), 2, 3]), ([3], [1, 2, 3]), ([4], [4]), ([5], [5]),
        ([4, 5], [4, 5]),
    ])
    func allKeysOfWhatIsWrongInPartAreConcerned(_ keys: [UInt64], _ concerned: [UInt64]) {
        var plan = plan
        let defects = Defects([violation(keys)], in: plan)
        #expect(defects.keys == Set(concerned))
        plan.leaveOut(defects, object: "Contact")
        #expect(plan.blocked.map(\.key) == concerned)
        #expect(plan.blocked.allSatisfy { $0.code == .defect && $0.status == 500 })
        let left = plan.operations.flatMap(\.keys) + plan.settled.map(\.key)
        #expect(Set(left) == Set([1, 2, 3, 4, 5]).subtracting(concerned))
    }

    @Test func aGoodPlanIsLeftAsItIs() {
        var changed = plan
        changed.leaveOut(Defects([], in: plan), object: "Contact")
        #expect(changed == plan)
    }
}
