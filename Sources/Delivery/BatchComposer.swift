import Crypto
import EventLog
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
    /// Some of its records stayed without an answer the last time.
    package let isSuspect: Bool

    /// The body of the intent entry.
    package func intent(
        epoch: UInt64, configuration: String, lane: Lane = .collections
    ) -> IntentEntry {
        return IntentEntry(
            epoch: epoch, configuration: configuration,
            request: IntentRequest(
                method: request.method, path: request.path, bytes: request.body, lane: lane,
                saving: request.saving),
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
    /// Bytes of the values in one call.
    package let valueBytesMax: Int

    package init(
        recordCountMax: Int, valueBytesMax: Int = DeliveryLimits().callValueBytesMax
    ) {
        self.recordCountMax = recordCountMax
        self.valueBytesMax = valueBytesMax
    }

    package init(limits: DeliveryLimits) {
        self.init(
            recordCountMax: limits.callRecordCountMax, valueBytesMax: limits.callValueBytesMax)
    }

    /// The batches of a plan, and what no request can carry.
    package struct Composition: Sendable {
        package var batches: [Batch] = []
        package var refused: [BlockedEntry] = []
    }

    package func compose(_ plan: ObjectPlan) -> Composition {
        var composition = Composition()
        for group in groups(plan) {
            for kept in plan.grouping.pieces(group.operations, countMax: group.countMax) {
                for operations in pieces(kept, countMax: group.countMax) {
                    add(operations, of: plan, to: &composition)
                }
            }
        }
        return composition
    }

    /// The two halves of a batch that was refused as a whole: one of them holds the record that
    /// spoiled it.
    package func halves(of batch: Batch, plan: ObjectPlan) -> [Batch] {
        let wanted = Set(batch.keys.flatMap(\.self))
        let operations = plan.plan.operations.filter { !wanted.isDisjoint(with: $0.keys) }
        var composition = Composition()
        for half in Self.halves(operations) { add(half, of: plan, to: &composition) }
        return composition.batches
    }

    /// What is left of a batch without the operations at some places.
    func rest(of batch: Batch, without places: Set<Int>, plan: ObjectPlan) -> [Batch] {
        let left = batch.keys.indices.filter { !places.contains($0) }.map { batch.keys[$0] }
        let wanted = Set(left.joined())
        var composition = Composition()
        add(
            plan.plan.operations.filter { !wanted.isDisjoint(with: $0.keys) }, of: plan,
            to: &composition)
        return composition.batches
    }

    private static func halves(_ operations: [Operation]) -> [[Operation]] {
        let middle = (operations.count + 1) / 2
        return [Array(operations.prefix(middle)), Array(operations.dropFirst(middle))]
            .filter { !$0.isEmpty }
    }

    /// Adds a batch. When the client refuses to build one, halves find the operations to blame: the
    /// others go.
    private func add(
        _ operations: [Operation], of plan: ObjectPlan, to composition: inout Composition
    ) {
        do throws(SalesforceError) {
            composition.batches.append(try batch(operations, of: plan))
        } catch {
            guard operations.count > 1 else {
                composition.refused += operations.flatMap { refusal(of: $0, plan, error) }
                return
            }
            for half in Self.halves(operations) { add(half, of: plan, to: &composition) }
        }
    }

    private func refusal(
        of operation: Operation, _ plan: ObjectPlan, _ error: SalesforceError
    ) -> [BlockedEntry] {
        plan.versions(operation.keys).map {
            BlockedEntry(
                key: $0, reason: .rejected, status: 400, message: "\(error)",
                recordIDs: operation.recordID.map { [$0] } ?? [])
        }
    }

    /// Cuts a group where a request is full, by count or by bytes. A record that is too large by
    /// itself goes alone.
    func pieces(_ operations: [Operation], countMax: Int) -> [[Operation]] {
        var pieces: [[Operation]] = []
        var piece: [Operation] = []
        var bytes = 0
        for operation in operations {
            let size = operation.valueBytes
            if piece.count == countMax || (!piece.isEmpty && bytes + size > valueBytesMax) {
                pieces.append(piece)
                piece = []
                bytes = 0
            }
            piece.append(operation)
            bytes += size
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }

    /// Operations that may share calls.
    private struct Group {
        /// Records in one request.
        let countMax: Int
        let operations: [Operation]
    }

    /// Operations by what may share a call, in a fixed order: creates, upserts, updates, deletes;
    /// those that were never without an answer first.
    ///
    /// A record may be what breaks the requests it is sent in, without a word. So those that stayed
    /// without an answer, or were refused again and again, share smaller and smaller calls, until
    /// the one to blame is alone.
    private func groups(_ plan: ObjectPlan) -> [Group] {
        let byName = Dictionary(grouping: plan.plan.operations) { operation in
            let doubts = min(Self.doubts(of: operation, plan), Self.doubtsToBeAlone)
            return "\(Self.name(operation)) \(doubts)"
        }
        return byName.sorted { $0.key < $1.key }.map { name, operations in
            let doubts = name.last?.wholeNumberValue ?? 0
            return Group(
                countMax: max(1, recordCountMax >> (doubts * Self.doublingsPerDoubt)),
                operations: operations)
        }
    }

    private static func doubts(of operation: Operation, _ plan: ObjectPlan) -> Int {
        operation.keys.compactMap { plan.records[$0]?.delivery }
            .map { max($0.doubts, $0.attempts - attemptsInCompany) }.max() ?? 0
    }

    /// Answers that asked to come again, before a record's company is blamed.
    private static let attemptsInCompany = 2

    /// 200, 25, 3, 1 records in a call.
    private static let doublingsPerDoubt = 3
    private static let doubtsToBeAlone = 3

    private static func name(_ operation: Operation) -> String {
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
            items: operations.map(Self.item), saving: plan.saving)
        return Batch(
            request: request, operations: operations.map { Self.intentOperation($0, plan) },
            keys: operations.map(\.keys),
            isSuspect: operations.contains { Self.doubts(of: $0, plan) > 0 })
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

    static func intentOperation(
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

extension Operation {
    /// About how many bytes its values take in an intent.
    fileprivate var valueBytes: Int {
        changes.reduce(0) { $0 + $1.before.json.utf8.count + $1.after.json.utf8.count }
    }
}

extension IntentRequest {
    init(
        method: String, path: String, bytes: [UInt8], lane: Lane, saving: SavingRules = .usual
    ) {
        let body = String(decoding: bytes, as: UTF8.self)
        var hash = SHA256()
        for part in [method, path, body] {
            hash.update(data: Array(part.utf8) + [UInt8(ascii: "\n")])
        }
        self.init(
            method: method, path: path, body: body, hash: HexText.of(hash.finalize()), lane: lane,
            headers: saving == .usual
                ? nil
                : Dictionary(uniqueKeysWithValues: saving.headers.map { ($0.name, $0.value) }))
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
