/// One record as the org keeps it, deleted ones included (they lie in the recycle bin).
struct StoredRecord: Sendable, Equatable {
    let id: String
    /// Values by field name; a field without a value is absent. System times are kept apart
    /// because every record has them.
    var values: FieldValues
    var isDeleted = false
    /// Gone from the recycle bin too; such a record is always deleted as well.
    var isPurged = false
    /// Milliseconds since 1970 UTC, whole seconds: what Salesforce shows of them.
    var createdAt: Int64
    var modifiedAt: Int64

    /// The value of any field, system fields included.
    func value(of field: FieldSchema) -> StoredValue? {
        switch field.name {
        case "Id": .text(id)
        case "IsDeleted": .bool(isDeleted)
        case "CreatedDate": .dateTime(createdAt)
        case "LastModifiedDate", "SystemModstamp": .dateTime(modifiedAt)
        default: values[field.name]
        }
    }

    func text(_ field: String) -> String? {
        if case .text(let text) = values[field] { text } else { nil }
    }
}
