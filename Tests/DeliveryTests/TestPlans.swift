import Projection
import Reconciliation
import Records
import Salesforce

@testable import Delivery

/// Plans and batches made by hand, for the pure parts.
enum TestPlans {
    static let description = ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [FieldDescription(name: "LastName", type: .string, length: 80)])

    static func record(_ id: UInt64, doubts: Int = 0, approved: UInt64? = nil) -> DesiredRecord {
        let stamp = Stamp(position: id, eventTime: 0, action: 0)
        return DesiredRecord(
            id: id, object: "Contact", form: .any,
            matchers: [
                MatcherState(
                    term: .init(field: "Email", form: "p\(id)@x.org"),
                    value: .text("p\(id)@x.org"), stamp: stamp)
            ],
            presence: PresenceState(exists: stamp), changedAt: id,
            delivery: DeliveryState(doubts: doubts, approvedVersion: approved))
    }

    static func operation(
        _ kind: Operation.Kind, _ key: UInt64, value: FieldValue = .text("Lee"),
        upsertField: String? = nil
    ) -> Operation {
        let cause = Cause(position: key, messageID: "m\(key)", eventTime: 0, action: "a")
        let changes =
            kind == .delete
            ? [] : [Change(field: "LastName", before: .null, after: value, cause: cause)]
        return Operation(
            kind: kind, object: "Contact", keys: [key],
            recordID: kind == .create ? nil : recordID(key), upsertField: upsertField,
            changes: changes, reason: "a test plans it")
    }

    static func plan(_ operations: [Operation], records: [DesiredRecord]? = nil) -> ObjectPlan {
        let rows = records ?? operations.flatMap(\.keys).map { record($0) }
        return ObjectPlan(
            description: description,
            records: Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
            observed: [:], plan: Plan(operations: operations))
    }

    static func batch(_ kind: Operation.Kind, count: Int) throws -> Batch {
        let operations = (1...UInt64(count)).map { operation(kind, $0) }
        let batches = BatchComposer(recordCountMax: 200).compose(plan(operations)).batches
        guard let batch = batches.first, batches.count == 1 else {
            throw Unexpected(description: "\(batches.count) batches instead of one")
        }
        return batch
    }

    static func recordID(_ number: UInt64) -> RecordID {
        let digits = String(number)
        let text = "003" + String(repeating: "0", count: 12 - digits.count) + digits
        guard let id = RecordID(text) else { preconditionFailure("\(text) is an id") }
        return id
    }
}
