import Projection
import Reconciliation
import Records
import Salesforce

/// What the rows of one job have in common: what is done, by which field, and the columns.
///
/// One set of columns for all rows, so that a field which is not to be written is never in the
/// file.
package struct JobGroup: Sendable, Hashable {
    package let operation: JobOperation
    /// Of an upsert.
    package let externalIDField: String?
    package let columns: [String]

    /// The group of an operation; `nil` when no job can carry it.
    ///
    /// Jobs repeat nothing and answer late, so only what can be sent twice goes by one: updates and
    /// deletes by id, upserts by a unique external id. What was refused or stayed without an answer
    /// before goes by a call, whose answer says more; so does what is to be saved under other rules
    /// than the usual ones, which only calls can say.
    package init?(
        _ operation: Reconciliation.Operation, records: [UInt64: DesiredRecord],
        saving: SavingRules = .usual
    ) {
        guard saving == .usual || operation.kind == .delete else { return nil }
        let deliveries = operation.keys.compactMap { records[$0]?.delivery }
        guard deliveries.allSatisfy({ $0.attempts == 0 && $0.doubts == 0 }),
            operation.changes.allSatisfy({ CSVWriting.canHold($0.after) })
        else { return nil }
        let fields = operation.changes.map(\.field).sorted()
        switch operation.kind {
        case .create:
            guard let field = operation.upsertField, fields.contains(field) else { return nil }
            self.operation = .upsert
            externalIDField = field
            columns = fields
        case .update:
            guard operation.recordID != nil, !fields.isEmpty else { return nil }
            self.operation = .update
            externalIDField = nil
            columns = ["Id"] + fields
        case .delete:
            guard operation.recordID != nil else { return nil }
            self.operation = .delete
            externalIDField = nil
            columns = ["Id"]
        }
        guard Set(columns.map { $0.lowercased() }).count == columns.count else { return nil }
    }

    /// The cells of an operation of this group, in the order of the columns.
    func cells(_ operation: Reconciliation.Operation) -> [FieldValue] {
        let values = Dictionary(
            operation.changes.map { ($0.field, $0.after) }, uniquingKeysWith: { first, _ in first })
        return columns.map { column in
            if column == "Id", let id = operation.recordID { return .text(id.description) }
            return values[column] ?? .null
        }
    }

    /// What the results of a job call the row of an operation.
    static func rowKey(_ operation: IntentOperation) -> String? {
        if let id = operation.recordID { return id.description }
        guard let field = operation.upsertField,
            let value = operation.changes.first(where: { $0.field == field })?.after
        else { return nil }
        return rowKey(value)
    }

    static func rowKey(_ operation: Reconciliation.Operation) -> String? {
        if let id = operation.recordID { return id.description }
        guard let field = operation.upsertField,
            let value = operation.changes.first(where: { $0.field == field })?.after
        else { return nil }
        return rowKey(value)
    }

    private static func rowKey(_ value: FieldValue) -> String? {
        switch value {
        case .text(let text): text
        case .number(let number): number.description
        default: nil
        }
    }

    /// The request that makes a job of this group.
    static func request(_ part: JobPart) -> BulkJobRequest {
        let operation: BulkJobRequest.Operation =
            switch part.operation {
            case .update: .update
            case .delete: .delete
            case .upsert: .upsert(field: part.externalIDField ?? "")
            }
        return BulkJobRequest(object: part.object, operation: operation)
    }
}

/// Where the rows of a job stand in the log, by what the results call them.
///
/// Holds 64-bit hashes, not the texts: a million rows take tens of megabytes. A row whose hash is
/// taken is not let into the job.
struct RowIndex: Sendable {
    struct Place: Sendable, Hashable {
        let intent: UInt64
        let index: Int
    }

    private var places: [Int: Place] = [:]

    var count: Int { places.count }

    func contains(_ key: String) -> Bool { places[Self.hash(key)] != nil }

    mutating func add(_ key: String, at place: Place) { places[Self.hash(key)] = place }

    func place(of key: String) -> Place? { places[Self.hash(key)] }

    private static func hash(_ key: String) -> Int {
        // An id comes back in 15 or 18 characters, a number in any form.
        let known =
            RecordID(key)?.description ?? DecimalNumber(key)?.description ?? key
        var hasher = Hasher()
        for byte in known.utf8 { hasher.combine(byte) }
        return hasher.finalize()
    }
}
