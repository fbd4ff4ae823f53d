import Reconciliation
import Records

/// Salesforce as far as a plan can tell: records that keep what they are sent.
///
/// What Salesforce changes on saving is done here by hand, apart from the product's own canonical
/// forms: emails in lower case, datetimes in the form in which queries answer them.
struct Org {
    private(set) var records: [RecordID: Record] = [:]
    private var createdCount = 0

    init(_ records: [Record]) {
        for record in records { self.records[record.id] = record }
    }

    var all: [Record] { records.values.sorted { $0.id.description < $1.id.description } }

    /// Applies a plan and gives back, by key, the record that each operated key is now linked to.
    mutating func apply(_ plan: Plan) -> [UInt64: RecordID] {
        var links: [UInt64: RecordID] = [:]
        for operation in plan.operations {
            switch operation.kind {
            case .create:
                // Above those that the tests seed, so that no id is given twice.
                let record = Scene.record(30 + createdCount)
                createdCount += 1
                records[record.id] = stored(record, operation.changes)
                for key in operation.keys { links[key] = record.id }
            case .update:
                guard let id = operation.recordID, let record = records[id] else { continue }
                records[id] = stored(record, operation.changes)
                for key in operation.keys { links[key] = id }
            case .delete:
                if let id = operation.recordID { records[id] = nil }
            }
        }
        for settled in plan.settled { links[settled.key] = settled.recordID }
        return links
    }

    private func stored(_ record: Record, _ changes: [Change]) -> Record {
        var fields = record.fields
        for change in changes { fields[change.field] = stored(change.after, in: change.field) }
        return Record(object: record.object, id: record.id, fields: fields)
    }

    private func stored(_ value: FieldValue, in field: String) -> FieldValue {
        guard let text = value.text else { return value }
        switch field {
        case "Email": return .text(text.lowercased())
        case "Seen__c": return .text(text.dropLast() + ".000+0000")
        default: return text.isEmpty ? .null : value
        }
    }
}
