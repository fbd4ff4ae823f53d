/// What one column of an ingest file writes.
struct BulkColumn: Sendable {
    enum Target: Sendable {
        case id
        case field(FieldSchema)
        /// `Account.Ext__c`, or `User:Owner.Ext__c` for a polymorphic lookup (Bulk API 2.0
        /// Developer Guide, "Relationship Fields in a Header Row").
        case related(lookup: FieldSchema, object: String, key: String)
    }

    let target: Target
    /// A header whose case differs from the API name comes back without values in failed results
    /// (a known issue of Salesforce, cited by OpenFn/adaptors 886).
    let isSpelledExactly: Bool
}

/// The header of an ingest file, checked against the schema.
struct BulkColumns: Sendable {
    let columns: [BulkColumn]
    private let reader: RecordReader

    init(
        _ header: [String], object: ObjectSchema, schema: Schema, hiddenFields: Set<String>,
        operation: IngestWork.Operation
    ) throws(JobFailure) {
        guard !header.isEmpty else { throw .invalidBatch("Failed to parse CSV. File is empty") }
        var columns: [BulkColumn] = []
        var seen: Set<String> = []
        for name in header {
            guard seen.insert(name.lowercased()).inserted else {
                throw .invalidBatch("Duplicate field name : \(name)")
            }
            guard
                let column = Self.column(name, object, schema, hiddenFields)
            else { throw .invalidBatch("Field name not found : \(name)") }
            columns.append(column)
        }
        // Only Id may stand in a delete ("Prepare CSV Files").
        if operation == .delete, columns.count != 1 || seen != ["id"] {
            throw .invalidBatch("The 'delete' batch must contain only ids")
        }
        self.columns = columns
        reader = RecordReader(object: object, hiddenFields: hiddenFields)
    }

    private static func column(
        _ name: String, _ object: ObjectSchema, _ schema: Schema, _ hidden: Set<String>
    ) -> BulkColumn? {
        if let field = object.field(name) {
            guard !hidden.contains(name.lowercased()) else { return nil }
            let target = field.type == .id ? BulkColumn.Target.id : .field(field)
            return BulkColumn(target: target, isSpelledExactly: field.name == name)
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        let typed = parts[0].split(separator: ":").map(String.init)
        guard let relationship = typed.last, typed.count <= 2,
            let lookup = object.lookup(relationship: relationship),
            !hidden.contains(lookup.name.lowercased()),
            typed.count == 2 || lookup.referenceTo.count == 1
        else { return nil }
        let wanted = typed.count == 2 ? typed[0] : lookup.referenceTo[0]
        guard let target = schema.object(wanted), lookup.referenceTo.contains(target.name),
            let key = target.field(parts[1]), key.isLookupKey
        else { return nil }
        return BulkColumn(
            target: .related(lookup: lookup, object: target.name, key: key.name),
            isSpelledExactly: lookup.relationshipName == relationship && key.name == parts[1])
    }
}

/// One row of an ingest file as the write rules take it.
struct BulkRow: Sendable {
    /// The Id cell, or the external id of an upsert; nil when it is empty or missing.
    var key: String?
    var writes: [FieldWrite] = []
}

extension BulkColumns {
    /// What a null looks like; an empty cell leaves the field alone ("Prepare CSV Files").
    static let null = "#N/A"

    /// Reads the cells of a row. `keyField` is the external id of an upsert, Id otherwise.
    func row(_ cells: [String], keyField: FieldSchema?) throws(Refusal) -> BulkRow {
        guard cells.count == columns.count else {
            throw Refusal(
                "INVALID_FIELD",
                "The row has \(cells.count) values, the header \(columns.count)", fields: [])
        }
        var row = BulkRow()
        for (index, column) in columns.enumerated() where !cells[index].isEmpty {
            let cell = cells[index]
            switch column.target {
            case .id:
                if keyField == nil || keyField?.type == .id {
                    row.key = cell
                } else {
                    throw Refusal(
                        "INVALID_FIELD",
                        "cannot specify both an external ID reference and a "
                            + "salesforce id", fields: ["Id"])
                }
            case .field(let field):
                if field.name == keyField?.name {
                    row.key = cell == Self.null ? nil : cell
                    continue
                }
                let value = cell == Self.null ? nil : try value(cell, field, index)
                row.writes.append(FieldWrite(field: field, value: .stored(value)))
            case .related(let lookup, let object, let key):
                let value: FieldWrite.Value =
                    cell == Self.null
                    ? .stored(nil)
                    : .related(object: object, externalField: key, key: .string(cell))
                row.writes.append(FieldWrite(field: lookup, value: value))
            }
        }
        return row
    }

    /// A cell typed; one that cannot be fails its row alone (recorded: `xsd:date`, columns
    /// counted from 0).
    private func value(
        _ cell: String, _ field: FieldSchema, _ column: Int
    ) throws(Refusal) -> StoredValue? {
        do { return try reader.value(.string(Self.written(cell, field)), of: field) } catch {
            throw Refusal(
                "INVALID_FIELD",
                "Failed to deserialize field at col \(column). Due to, '\(cell)' is not a valid "
                    + "value for the type \(field.type.soapType)", fields: [field.name])
        }
    }

    /// The cell in the form that JSON bodies use: booleans by their many names, offsets with a
    /// colon ("Valid CSV Record Rows"; "Valid Date Format in Records": `±HHmm`).
    private static func written(_ cell: String, _ field: FieldSchema) -> String {
        switch field.type {
        case .boolean:
            switch cell.lowercased() {
            case "yes", "y", "true", "on", "1": return "true"
            case "no", "n", "false", "off", "0": return "false"
            default: return cell
            }
        case .datetime:
            let bytes = Array(cell.utf8)
            guard bytes.count > 19, let sign = bytes.dropLast(4).last,
                sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
                bytes.suffix(4).allSatisfy({ (0x30...0x39).contains($0) })
            else { return cell }
            return String(cell.dropLast(2)) + ":" + cell.suffix(2)
        default: return cell
        }
    }
}
