import Audit
import Records

/// A record as a fixture names it where an id stands: `{ Account: { External_Id__c: a1 } }`.
struct WantedRecord {
    let object: String
    let fields: [String: FieldValue]

    /// As messages say it.
    var text: String {
        let named = fields.sorted { $0.key < $1.key }
            .map { name, value in "\(name): \(value.asRecord?.text ?? PlainValue(value).text)" }
        return "\(object) { \(named.joined(separator: ", ")) }"
    }
}

extension FieldValue {
    /// The record that a fixture names here; `nil` for a plain value.
    var asRecord: WantedRecord? {
        guard case .object(let members) = self, members.count == 1, let only = members.first,
            case .object(let fields) = only.value
        else { return nil }
        return WantedRecord(object: only.key, fields: fields)
    }
}

/// Records of a fixture, to be found by what they hold.
struct NamedRecords {
    let descriptions: [String: ObjectDescription]
    private let byID: [RecordID: Record]

    /// - Parameter records: of one record several stands may be given: the last one counts.
    init(_ records: [Record], _ descriptions: [ObjectDescription]) {
        self.descriptions = Dictionary(
            descriptions.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
        byID = Dictionary(records.map { ($0.id, $0) }) { $1 }
    }

    /// The records that are as wanted, in the order of ids.
    func ids(of wanted: WantedRecord) -> [RecordID] {
        byID.values.filter { isSame(wanted, $0) }.map(\.id)
            .sorted { $0.description < $1.description }
    }

    /// Whether two values are the same to the field, as Salesforce compares; a record that is named
    /// is the same as its id.
    func isSame(_ expected: FieldValue, _ came: FieldValue, _ field: FieldDescription?) -> Bool {
        if let wanted = expected.asRecord {
            guard let record = record(came) else { return false }
            return isSame(wanted, record)
        }
        guard let field else { return expected == came }
        let typed: FieldValue
        do throws(CoercionError) {
            typed = try field.coerce(expected)
        } catch {
            // A value of another type than the field's is a difference, and is shown as one.
            return false
        }
        return field.canonical(typed) == field.canonical(came)
    }

    private func isSame(_ wanted: WantedRecord, _ record: Record) -> Bool {
        guard record.object.lowercased() == wanted.object.lowercased() else { return false }
        return wanted.fields.allSatisfy { name, value in
            if name.lowercased() == "id" { return value.text == record.id.description }
            let held = record.value(at: name) ?? .null
            guard let field = descriptions[record.object]?.field(name), value.asRecord == nil,
                let form = field.matchForm(value)
            else { return isSame(value, held, descriptions[record.object]?.field(name)) }
            // Found as a query finds it, which makes no difference of upper and lower case.
            return form == field.matchForm(held)
        }
    }

    private func record(_ value: FieldValue) -> Record? {
        value.text.flatMap { RecordID($0) }.flatMap { byID[$0] }
    }

    /// A value for people. An id that stands where a record was named is shown with what its record
    /// holds in the same fields.
    func text(_ value: FieldValue, besides expected: FieldValue?) -> String {
        if let wanted = value.asRecord { return wanted.text }
        let plain = PlainValue(value).text
        guard let wanted = expected?.asRecord, let record = record(value) else { return plain }
        var held: [String: FieldValue] = [:]
        for name in wanted.fields.keys { held[name] = record.value(at: name) ?? .null }
        return "\(plain), \(WantedRecord(object: record.object, fields: held).text)"
    }
}
