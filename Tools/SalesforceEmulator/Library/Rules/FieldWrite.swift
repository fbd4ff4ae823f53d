/// One member of a record body, read against the schema but not yet judged.
struct FieldWrite: Sendable {
    enum Value: Sendable {
        case stored(StoredValue?)
        /// `{"Account": {"Ext__c": "x"}}`: the record to look up, instead of its id.
        case related(object: String?, externalField: String, key: JSON)
    }

    let field: FieldSchema
    var value: Value
}

/// A record body after reading: what to write, or why this record alone is refused.
enum RecordIntake: Sendable {
    case writes([FieldWrite])
    case refused(Refusal)
}

/// Turns JSON members into typed values.
///
/// A value of the wrong JSON type refuses the whole request, before any record is touched
/// (recorded: one bad datetime in a collection answered 400 `JSON_PARSER_ERROR`); an unknown
/// column refuses only its record. So all bodies of a call are read before the first is executed.
struct RecordReader {
    let object: ObjectSchema
    /// Names that field-level security hides, lower-cased: to the API they do not exist.
    let hiddenFields: Set<String>

    func read(_ members: [JSON.Member]) throws(Refusal) -> RecordIntake {
        var writes: [FieldWrite] = []
        writes.reserveCapacity(members.count)
        var refusal: Refusal?
        for member in members {
            let name = member.name.lowercased()
            if name == "attributes" || name == "id" { continue }
            if let field = object.field(name), !hiddenFields.contains(name) {
                let value = try value(member.value, of: field)
                writes.append(FieldWrite(field: field, value: .stored(value)))
            } else if let write = related(member) {
                writes.append(write)
            } else if refusal == nil {
                refusal = .noSuchColumn(member.name, object: object.name)
            }
        }
        if let refusal { return .refused(refusal) }
        return .writes(writes)
    }

    /// A nested object in place of a lookup's id (REST API Developer Guide, "Insert or Update
    /// (Upsert) a Record Using an External ID", relationship examples).
    private func related(_ member: JSON.Member) -> FieldWrite? {
        guard let field = object.lookup(relationship: member.name),
            let parts = member.value.members,
            let key = parts.first(where: { $0.name != "attributes" })
        else { return nil }
        let type = member.value["attributes"]?["type"]?.string
        let target = type ?? (field.referenceTo.count == 1 ? field.referenceTo[0] : nil)
        return FieldWrite(
            field: field,
            value: .related(object: target, externalField: key.name, key: key.value))
    }

    /// The value typed; JSON strings are coerced to numbers and booleans (recorded:
    /// `"NumberOfEmployees":"10000"` was accepted for an int).
    func value(_ value: JSON, of field: FieldSchema) throws(Refusal) -> StoredValue? {
        if value.isNull { return nil }
        switch field.type {
        case .id, .reference, .string, .textarea, .picklist, .multipicklist, .email, .phone, .url,
            .combobox, .encryptedString:
            guard let text = value.string else {
                throw .wrongType(value, wanted: wanted(field.type))
            }
            return .text(text)
        case .boolean: return .bool(try bool(value))
        case .int, .double, .currency, .percent: return try number(value, of: field)
        case .date:
            if value == "" { return nil }
            guard let text = value.string, let days = Instant.parseDay(text) else {
                throw .wrongType(value, wanted: "date")
            }
            return .date(days)
        case .datetime:
            if value == "" { return nil }
            guard let text = value.string, let time = Instant.parseDateTime(text) else {
                throw .wrongType(value, wanted: "datetime")
            }
            return .dateTime(time)
        case .time:
            if value == "" { return nil }
            guard let text = value.string, let time = Instant.parseTime(text) else {
                throw .wrongType(value, wanted: "time")
            }
            return .text(time)
        case .address: throw .readOnly([field.name])
        }
    }

    private func wanted(_ type: FieldType) -> String {
        type == .id || type == .reference ? "reference" : "string"
    }

    private func bool(_ value: JSON) throws(Refusal) -> Bool {
        switch value {
        case .bool(let value): return value
        case .string("true"): return true
        case .string("false"), .string(""): return false
        default: throw .wrongType(value, wanted: "boolean")
        }
    }

    private func number(_ value: JSON, of field: FieldSchema) throws(Refusal) -> StoredValue? {
        let digits: String
        switch value {
        case .number(let written): digits = written
        case .string(""): return nil
        case .string(let written): digits = written
        default: throw .wrongType(value, wanted: field.type == .int ? "int" : "double")
        }
        guard let number = Double(digits), number.isFinite,
            !(field.type == .int && number != number.rounded())
        else { throw .wrongType(value, wanted: field.type == .int ? "int" : "double") }
        return .number(number)
    }
}
