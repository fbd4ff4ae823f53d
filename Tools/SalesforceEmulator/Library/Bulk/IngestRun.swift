/// The work of one ingest job, outside the org's lock: a job of a million rows must not keep
/// other calls waiting, so rows are executed in chunks, as Salesforce does.
///
/// Invariant: `outcomes` holds one entry for each row before `next`.
struct IngestRun: Sendable {
    /// Rows executed together (Bulk API Limits: batches are processed in chunks of 200).
    static let chunkRowCount = 200

    let jobID: String
    let operation: IngestWork.Operation
    let file: CSVFile
    let columns: BulkColumns
    let object: ObjectSchema
    /// The field of an upsert; nil for the other operations.
    let keyField: FieldSchema?
    let context: WriteContext
    /// What a fault does to rows.
    let fault: RowFault
    /// Keys that several rows share: these rows fail.
    private let doubledKeys: Set<FoldedText>
    private(set) var outcomes: [RowOutcome] = []
    private(set) var failedCount = 0

    var next: Int { outcomes.count }
    var isDone: Bool { next >= min(file.rows.count, fault.lastRow ?? .max) }

    /// Reads the whole file once; throws what fails the job as a whole.
    init(_ start: IngestStart) throws(JobFailure) {
        jobID = start.jobID
        operation = start.operation
        object = start.object
        keyField = start.keyField
        context = start.context
        fault = start.fault
        file = try CSVFile(start.data, start.dialect)
        columns = try BulkColumns(
            file.header, object: start.object, schema: start.schema,
            hiddenFields: start.hiddenFields, operation: start.operation)
        doubledKeys = Self.doubledKeys(file, columns, start.operation, start.keyField)
        outcomes.reserveCapacity(file.rows.count)
    }

    /// Executes rows from `next` up to `end`.
    mutating func execute(to end: Int, in org: inout OrgState) {
        for index in next..<end {
            do throws(Refusal) {
                outcomes.append(try execute(index, in: &org))
            } catch {
                failedCount += 1
                outcomes.append(.failed(Self.text(error)))
            }
        }
        org.store.forgetChanges()
    }

    private func execute(_ index: Int, in org: inout OrgState) throws(Refusal) -> RowOutcome {
        let row = try columns.row(file.cells(index), keyField: keyField)
        if let key = row.key, doubledKeys.contains(folded(key)) {
            let what = keyField.map { $0.type != .id } == true ? "external id" : "id"
            throw Refusal(
                "DUPLICATE_VALUE", "Duplicate \(what) specified: \(key)",
                fields: keyField.map { [$0.name] } ?? ["Id"])
        }
        if let refusal = fault.refusal(of: index) { throw refusal }
        switch operation {
        case .insert:
            guard row.key == nil else { throw Refusal.idInInsert }
            return .written(id: try org.create(object, row.writes, context), created: true)
        case .update:
            let id = try Self.id(row, "an update call")
            try org.update(object, id: id, row.writes, context)
            return .written(id: id, created: false)
        case .delete:
            let id = try Self.id(row, "a delete call")
            try org.delete(object, id: id, context)
            return .written(id: id, created: false)
        case .upsert: return try upsert(row, in: &org)
        }
    }

    private func upsert(_ row: BulkRow, in org: inout OrgState) throws(Refusal) -> RowOutcome {
        guard let keyField else { throw .notFound }
        // An empty external id is an error, an empty Id creates (SOAP API Developer Guide,
        // "upsert()").
        guard row.key != nil || keyField.type == .id else {
            throw Refusal(
                "MISSING_ARGUMENT", "\(keyField.name) not specified", fields: [keyField.name])
        }
        let outcome = try org.upsert(
            object, key: keyField, value: .optional(row.key), updateOnly: false, row.writes,
            context)
        switch outcome {
        case .written(let id, let created): return .written(id: id, created: created)
        case .ambiguous(let ids):
            throw Refusal(
                "DUPLICATE_EXTERNAL_ID",
                "\(keyField.name): more than one record found for external id field: "
                    + ids.joined(separator: ", "), fields: [])
        }
    }

    private static func id(_ row: BulkRow, _ call: String) throws(Refusal) -> String {
        guard let text = row.key else {
            throw Refusal("MISSING_ARGUMENT", "Id not specified in \(call)", fields: [])
        }
        guard let id = RecordIdentifier.canonical(text) else { throw .malformedID(text) }
        return id
    }

    // MARK: Keys

    /// Rows of one job that name the same record are reported as errors (Bulk API 2.0 Developer
    /// Guide, "Upsert": duplicate external IDs in the job data).
    private static func doubledKeys(
        _ file: CSVFile, _ columns: BulkColumns, _ operation: IngestWork.Operation,
        _ keyField: FieldSchema?
    ) -> Set<FoldedText> {
        let position = columns.columns.firstIndex { column in
            switch column.target {
            case .id: keyField == nil || keyField?.type == .id
            case .field(let field): field.name == keyField?.name
            case .related: false
            }
        }
        guard operation != .insert, let position else { return [] }
        var seen: Set<FoldedText> = []
        var doubled: Set<FoldedText> = []
        seen.reserveCapacity(file.rows.count)
        for index in file.rows.indices {
            let cells = file.cells(index)
            guard position < cells.count, !cells[position].isEmpty else { continue }
            let key = Self.folded(cells[position], keyField)
            if !seen.insert(key).inserted { doubled.insert(key) }
        }
        return doubled
    }

    private func folded(_ key: String) -> FoldedText { Self.folded(key, keyField) }

    private static func folded(_ key: String, _ field: FieldSchema?) -> FoldedText {
        guard let field, field.type != .id else {
            return FoldedText(RecordIdentifier.canonical(key) ?? key, caseSensitive: true)
        }
        return FoldedText(
            Canonicalization.trimmed(key) ?? "", caseSensitive: field.isCaseSensitive)
    }

    /// `CODE:message:fields --`, as recorded failed results have it.
    private static func text(_ refusal: Refusal) -> String {
        let fields = refusal.fields ?? []
        return "\(refusal.code):\(refusal.message):"
            + (fields.isEmpty ? "--" : fields.joined(separator: ",") + " --")
    }
}

/// What a job needs to run, copied from the org when it begins.
struct IngestStart: Sendable {
    let jobID: String
    let operation: IngestWork.Operation
    let object: ObjectSchema
    let keyField: FieldSchema?
    let schema: Schema
    let hiddenFields: Set<String>
    let dialect: CSVDialect
    let data: [UInt8]
    let context: WriteContext
    let fault: RowFault
}

/// What came of one row.
enum RowOutcome: Sendable {
    case written(id: String, created: Bool)
    /// The text of `sf__Error`.
    case failed(String)
}

/// What a fault does to the rows of a job.
struct RowFault: Sendable {
    private var refusals: [Int: Refusal] = [:]
    private var refusalOfAll: Refusal?
    /// The job fails when it comes to this row; nil when it does not.
    private(set) var lastRow: Int?
    /// The job's `errorMessage` then.
    private(set) var message = ""

    init(_ effect: FaultEffect?) {
        switch effect {
        case .lockRow(items: nil):
            refusalOfAll = Refusal(
                "UNABLE_TO_LOCK_ROW", FaultAnswers.lockMessage + "unknown", fields: [])
        case .status(_, let code, let message):
            (lastRow, self.message) = (0, "\(code) : \(message)")
        case .failJob(let rows, let message): (lastRow, self.message) = (rows, message)
        default: refusals = FaultAnswers.itemFaults(effect)
        }
    }

    func refusal(of row: Int) -> Refusal? { refusalOfAll ?? refusals[row] }

    /// Whether the job fails at row `next`.
    func fails(at next: Int) -> Bool { lastRow.map { next >= $0 } ?? false }
}
