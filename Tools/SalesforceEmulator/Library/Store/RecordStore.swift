/// All tables of the org, with an undo list for calls that must leave no trace when they fail.
struct RecordStore: Sendable {
    /// One change, as needed to take it back.
    private enum Change: Sendable {
        case inserted(object: String)
        case replaced(object: String, row: Int, old: StoredRecord)
    }

    private var tables: [String: RecordTable] = [:]
    /// Numbers of the last record of each object; a rollback does not give numbers back, as a
    /// database sequence does not.
    private var counters: [String: Int] = [:]
    private var changes: [Change] = []
    private let instance: String

    /// Two characters that tell records of one org's ids from another's.
    init(instance: String) { self.instance = instance }

    /// The table if any record of the object was ever written.
    func existingTable(_ object: String) -> RecordTable? { tables[object] }

    mutating func nextID(_ object: ObjectSchema) -> (id: String, number: Int) {
        let number = counters[object.name, default: 0] + 1
        counters[object.name] = number
        let id = RecordIdentifier.make(
            prefix: object.keyPrefix, instance: instance, number: number)
        return (id, number)
    }

    /// The record, deleted ones included; nil once it is gone from the recycle bin.
    func record(_ object: String, id: String) -> StoredRecord? {
        guard let table = tables[object], let row = table.row(of: id), !table.rows[row].isPurged
        else { return nil }
        return table.rows[row]
    }

    mutating func insert(_ record: StoredRecord, into object: ObjectSchema) {
        ensureTable(object)
        _ = tables[object.name]?.insert(record)
        changes.append(.inserted(object: object.name))
    }

    mutating func replace(_ record: StoredRecord, in object: ObjectSchema) {
        guard let row = tables[object.name]?.row(of: record.id),
            let old = tables[object.name]?.replace(row, with: record)
        else { return }
        changes.append(.replaced(object: object.name, row: row, old: old))
    }

    /// Live rows of `object` whose `field` equals `key`.
    mutating func liveRows(
        _ object: ObjectSchema, where field: FieldSchema, equals key: FoldedText
    ) -> [StoredRecord] {
        addIndex(object, on: field)
        guard let table = tables[object.name],
            let rows = table.rows(where: field, equals: key)
        else { return [] }
        return rows.map { table.rows[$0] }.filter { !$0.isDeleted }
    }

    mutating func addIndex(_ object: ObjectSchema, on field: FieldSchema) {
        ensureTable(object)
        tables[object.name]?.addIndex(on: field)
    }

    /// Where a later `rollBack` returns to. Only valid until the next `forgetChanges`.
    var savepoint: Int { changes.count }

    mutating func rollBack(to savepoint: Int) {
        while changes.count > savepoint, let change = changes.popLast() {
            switch change {
            case .inserted(let object): tables[object]?.removeLast()
            case .replaced(let object, let row, let old):
                _ = tables[object]?.replace(row, with: old)
            }
        }
    }

    /// Ends the call: what it changed stays.
    mutating func forgetChanges() { changes.removeAll(keepingCapacity: true) }

    private mutating func ensureTable(_ object: ObjectSchema) {
        if tables[object.name] == nil { tables[object.name] = RecordTable(object) }
    }
}
