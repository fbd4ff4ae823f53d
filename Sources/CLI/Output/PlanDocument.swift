import Audit
import Delivery
import Events
import Projection
import Reconciliation
import Records

/// What `plan` prints as JSON.
struct PlanDocument: Encodable {
    struct ChangeDocument: Encodable {
        let field: String
        let before: PlainValue
        /// Null for a parent that this plan creates: it has no id yet.
        let after: PlainValue
        /// The parent that the field points to, as it was looked up.
        @NullWhenAbsent var lookup: LookupDocument?
        let event: EventReference
        let action: String

        init(_ change: Change) {
            let isPromised = change.after.text == KnownParents.promisedID
            field = change.field
            before = PlainValue(change.before)
            after = PlainValue(isPromised ? .null : change.after)
            _lookup = NullWhenAbsent(wrappedValue: change.parent.map(LookupDocument.init))
            event = EventReference(
                position: change.cause.position, messageID: change.cause.messageID,
                eventTime: Timestamp.format(change.cause.eventTime))
            action = change.cause.action
        }
    }

    struct LookupDocument: Encodable {
        let object: String
        let field: String
        let value: PlainValue

        init(_ parent: ParentReference) {
            object = parent.object
            field = parent.field
            value = PlainValue(parent.value)
        }
    }

    struct OperationDocument: Encodable {
        let object: String
        let operation: String
        let key: [String: String]
        @NullWhenAbsent var recordId: String?
        let changes: [ChangeDocument]
        let reason: String
    }

    struct BlockedDocument: Encodable {
        let object: String
        let key: [String: String]
        let status: Int
        let code: String
        let message: String
        let recordIds: [String]
    }

    /// What sending would cost, altogether and by the kind of call.
    struct RewrittenDocument: Encodable {
        let object: String
        let key: [String: String]
        let recordId: String
        let field: String
        let desired: PlainValue
        let observed: PlainValue
    }

    struct Price: Encodable {
        struct LanePrice: Encodable {
            let apiCalls: Int
            let bulkJobs: Int
            let records: Int
        }

        let apiCalls: Int
        let bulkJobs: Int
        let lanes: [String: LanePrice]

        init(_ price: PlanPrice) {
            apiCalls = price.apiCalls
            bulkJobs = price.bulkJobs
            lanes = Dictionary(
                uniqueKeysWithValues: price.lanes.map { lane, share in
                    (
                        lane.rawValue,
                        LanePrice(
                            apiCalls: share.apiCalls, bulkJobs: share.bulkJobs,
                            records: share.records)
                    )
                })
        }
    }

    struct Basis: Encodable {
        let position: UInt64
        let configuration: String
        /// Events after it do not count; null when all do.
        @NullWhenAbsent var asOf: UInt64?
    }

    let operations: [OperationDocument]
    let blocked: [BlockedDocument]
    /// Fields that are left as they are, because Salesforce makes that of what was written.
    let rewritten: [RewrittenDocument]
    /// Keys that were looked at and agree.
    let unchanged: Int
    /// Keys that were not looked at, because they wait for a person: by reason.
    let parked: [String: Int]
    /// What sending the plan would cost.
    let price: Price
    let basedOn: Basis

    init(
        _ plans: [ObjectPlan], parked: [String: Int], position: UInt64, configuration: String,
        asOf: UInt64?, limits: DeliveryLimits
    ) {
        self.parked = parked
        let composer = BatchComposer(limits: limits)
        let compositions = plans.map { composer.compose($0) }
        operations = plans.flatMap { plan in plan.plan.operations.map { Self.document($0, plan) } }
        blocked = zip(plans, compositions).flatMap { plan, composition in
            (plan.observationOutcome.blocked + composition.refused).map(Self.document)
        }
        rewritten = plans.flatMap { plan in plan.plan.rewritten.map { Self.document($0, plan) } }
        unchanged = plans.reduce(0) { $0 + $1.plan.settled.count }
        price = Price(PlanPrice(plans, limits: limits))
        basedOn = Basis(position: position, configuration: configuration, asOf: asOf)
    }

    private static func document(_ operation: Operation, _ plan: ObjectPlan) -> OperationDocument {
        OperationDocument(
            object: operation.object, operation: operation.kind.rawValue,
            key: plan.versions(operation.keys).first?.key.fields ?? [:],
            recordId: operation.recordID?.description,
            changes: operation.changes.map(ChangeDocument.init),
            reason: operation.reason)
    }

    private static func document(
        _ rewritten: RewrittenField, _ plan: ObjectPlan
    ) -> RewrittenDocument {
        RewrittenDocument(
            object: plan.description.name,
            key: plan.versions(rewritten.keys).first?.key.fields ?? [:],
            recordId: rewritten.recordID.description, field: rewritten.field,
            desired: PlainValue(rewritten.wanted), observed: PlainValue(rewritten.held))
    }

    private static func document(_ blocked: BlockedEntry) -> BlockedDocument {
        BlockedDocument(
            object: blocked.key.key.object, key: blocked.key.key.fields, status: blocked.status,
            code: blocked.reason.rawValue, message: blocked.message,
            recordIds: blocked.recordIDs.map(\.description))
    }
}

/// A plan for people: one block an operation, with Terraform's signs.
struct PlanText {
    private let document: PlanDocument
    private let style: Style

    init(_ document: PlanDocument, _ style: Style) {
        self.document = document
        self.style = style
    }

    var text: String {
        var blocks = document.operations.map(block)
        blocks += document.blocked.map { blocked in
            style.yellow("! \(blocked.object) \(Self.key(blocked.key))")
                + "\n    \(blocked.status) \(blocked.code): \(blocked.message)"
                + blocked.recordIds.map { "\n    \($0)" }.joined()
        }
        blocks += document.rewritten.map { rewritten in
            style.dim(
                "= \(rewritten.object) \(Self.key(rewritten.key)) \(rewritten.recordId)"
                    + "\n    \(rewritten.field): Salesforce makes \(shown(rewritten.observed)) of "
                    + "\(shown(rewritten.desired)), and is left so")
        }
        blocks.append(summary)
        return blocks.joined(separator: "\n\n")
    }

    private func block(_ operation: PlanDocument.OperationDocument) -> String {
        let target = operation.recordId.map { " \($0)" } ?? ""
        let title = "\(sign(operation)) \(operation.object) \(Self.key(operation.key))\(target)"
        var table = TextTable()
        for change in operation.changes {
            let after = shownAfter(change)
            let value =
                operation.operation == "update" ? "\(shown(change.before)) → \(after)" : after
            table.add([
                "    \(change.field)", value,
                "event \(change.event.position), \(change.event.eventTime), \(change.action)",
            ])
        }
        let changes = operation.changes.isEmpty ? "" : "\n" + table.text
        return title + "  " + style.dim(operation.reason) + changes
    }

    private func sign(_ operation: PlanDocument.OperationDocument) -> String {
        switch operation.operation {
        case "create": style.green("+ create")
        case "delete": style.red("- delete")
        default: style.yellow("~ update")
        }
    }

    /// A parent with the way it was found; one that the plan creates has no id to show.
    private func shownAfter(_ change: PlanDocument.ChangeDocument) -> String {
        guard let lookup = change.lookup else { return shown(change.after) }
        let found = "\(lookup.object) by \(lookup.field) \(shown(lookup.value))"
        return change.after.value.isNull
            ? "the new \(found)" : "\(shown(change.after)) (\(found))"
    }

    private func shown(_ value: PlainValue) -> String {
        value.value.text.map { "\"\($0)\"" } ?? value.text
    }

    private var summary: String {
        let counts = Dictionary(grouping: document.operations, by: \.operation).mapValues(\.count)
        let parts = ["create", "update", "delete"].map { "\(counts[$0] ?? 0) to \($0)" }
        return style.bold("Plan: " + parts.joined(separator: ", "))
            + ", \(document.unchanged) unchanged, \(document.blocked.count) blocked; "
            + "\(document.price.apiCalls.of("API call"))"
            + (document.price.bulkJobs > 0
                ? " and \(document.price.bulkJobs.of("Bulk job"))" : "")
            + " to send it.\n" + parked
            + style.dim("Based on position \(document.basedOn.position)\(without).")
    }

    private var without: String {
        document.basedOn.asOf.map { ", as if no event had come after position \($0)" } ?? ""
    }

    private var parked: String {
        let count = document.parked.values.reduce(0, +)
        guard count > 0 else { return "" }
        return style.yellow("Not looked at: \(count.of("parked key")) (`tidemark parked`).") + "\n"
    }

    static func key(_ key: [String: String]) -> String {
        key.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(TextTable.printable($0.value))" }.joined(separator: " ")
    }
}
