import Crypto
import Projection
import Reconciliation
import Records
import Salesforce

/// Operations that go out in one call, with the exact request and the intent that records it.
package struct Batch: Sendable {
    package let request: CollectionsRequest
    /// In the order of the request's records.
    package let operations: [IntentOperation]
    /// The keys of each operation, in the same order.
    package let keys: [[UInt64]]

    /// The body of the intent entry.
    package func intent(epoch: UInt64, configuration: String) -> IntentEntry {
        let body = String(decoding: request.body, as: UTF8.self)
        var hash = SHA256()
        for part in [request.method, request.path, body] {
            hash.update(data: Array(part.utf8) + [UInt8(ascii: "\n")])
        }
        let hex = hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        return IntentEntry(
            epoch: epoch, configuration: configuration,
            request: IntentRequest(
                method: request.method, path: request.path, body: body, hash: hex),
            operations: operations)
    }
}

/// Packs the operations of a plan into as few Collections calls as they need.
///
/// One call holds operations of one object and one kind: an update sends only its own changed
/// fields, so an absent field is never sent as null.
package struct BatchComposer: Sendable {
    /// Records in one call.
    package let recordCountMax: Int

    package init(recordCountMax: Int) { self.recordCountMax = recordCountMax }

    /// - Throws: `invalidRequest` when an operation cannot be put into a request; nothing was sent.
    package func batches(of plan: ObjectPlan) throws(SalesforceError) -> [Batch] {
        var batches: [Batch] = []
        for (_, operations) in lanes(plan.plan.operations) {
            var rest = operations[...]
            while !rest.isEmpty {
                batches.append(try batch(Array(rest.prefix(recordCountMax)), of: plan))
                rest = rest.dropFirst(recordCountMax)
            }
        }
        return batches
    }

    /// The two halves of a batch that was refused as a whole: one of them holds the record that
    /// spoiled it.
    package func halves(
        of operations: [Operation], plan: ObjectPlan
    ) throws(SalesforceError) -> [Batch] {
        let middle = (operations.count + 1) / 2
        return [
            try batch(Array(operations.prefix(middle)), of: plan),
            try batch(Array(operations.dropFirst(middle)), of: plan),
        ]
    }

    /// Operations by what may share a call, in a fixed order: creates, upserts, updates, deletes.
    private func lanes(_ operations: [Operation]) -> [(name: String, operations: [Operation])] {
        Dictionary(grouping: operations, by: Self.lane)
            .map { (name: $0.key, operations: $0.value) }
            .sorted { $0.name < $1.name }
    }

    private static func lane(_ operation: Operation) -> String {
        switch operation.kind {
        case .create: operation.upsertField.map { "2 upsert \($0)" } ?? "1 create"
        case .update: "3 update"
        case .delete: "4 delete"
        }
    }

    private func batch(
        _ operations: [Operation], of plan: ObjectPlan
    ) throws(SalesforceError) -> Batch {
        let request = try CollectionsRequest(
            kind: Self.kind(operations), object: plan.description.name,
            items: operations.map(Self.item))
        return Batch(
            request: request, operations: operations.map { Self.intentOperation($0, plan) },
            keys: operations.map(\.keys))
    }

    private static func kind(_ operations: [Operation]) -> CollectionsRequest.Kind {
        guard let first = operations.first else { return .create }
        return switch first.kind {
        case .create: first.upsertField.map { .upsert(field: $0) } ?? .create
        case .update: .update
        case .delete: .delete
        }
    }

    private static func item(_ operation: Operation) -> CollectionsItem {
        let fields = Dictionary(
            operation.changes.map { ($0.field, $0.after) }, uniquingKeysWith: { first, _ in first })
        return CollectionsItem(
            recordID: operation.recordID, fields: operation.kind == .delete ? [:] : fields)
    }

    private static func intentOperation(
        _ operation: Operation, _ plan: ObjectPlan
    ) -> IntentOperation {
        let modstamp = operation.recordID
            .flatMap { plan.observed[$0]?.fields[Observation.modstampField]?.text }
        return IntentOperation(
            kind: OperationKind(operation.kind), keys: plan.versions(operation.keys),
            recordID: operation.recordID, upsertField: operation.upsertField,
            changes: operation.changes.map(IntentChange.init), reason: operation.reason,
            observedModstamp: modstamp)
    }
}

extension OperationKind {
    init(_ kind: Operation.Kind) {
        switch kind {
        case .create: self = .create
        case .update: self = .update
        case .delete: self = .delete
        }
    }
}

extension IntentChange {
    init(_ change: Change) {
        self.init(
            field: change.field, before: change.before, after: change.after,
            event: change.cause.position, messageID: change.cause.messageID,
            eventTime: change.cause.eventTime, action: change.cause.action)
    }
}
