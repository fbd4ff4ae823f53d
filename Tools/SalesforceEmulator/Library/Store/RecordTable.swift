/// The records of one object, in creation order, with hash indexes over folded values.
///
/// Invariant: every index in `indexes` lists, under the folded value of its field, exactly the
/// rows that hold it, deleted rows included. Every change of a row goes through `insert`,
/// `replace` and `removeLast`, which keep that true.
struct RecordTable: Sendable {
    private(set) var rows: [StoredRecord] = []
    private var rowsByID: [String: Int] = [:]
    /// An array, not a dictionary: walking a dictionary's keys while changing its values would
    /// copy whole indexes on every write.
    private var indexes: [FieldIndex] = []
    private var indexPositions: [String: Int] = [:]

    /// Unique, external-id and lookup-key fields are indexed from the start, as in Salesforce;
    /// lookups too, because cascades follow them. Lookups of users are left out: one user holds
    /// nearly every record, and an index with one key narrows nothing.
    init(_ object: ObjectSchema) {
        for field in object.fields where field.type != .id {
            let isFollowed = field.type == .reference && !field.referenceTo.contains("User")
            if field.isUnique || field.isExternalID || field.isLookupKey || isFollowed {
                append(FieldIndex(field))
            }
        }
    }

    func row(of id: String) -> Int? { rowsByID[id] }

    mutating func insert(_ record: StoredRecord) -> Int {
        let row = rows.count
        rows.append(record)
        rowsByID[record.id] = row
        for index in indexes.indices { indexes[index].add(record, at: row) }
        return row
    }

    /// Puts `record` in place of the one at `row`, and returns that one.
    mutating func replace(_ row: Int, with record: StoredRecord) -> StoredRecord {
        let old = rows[row]
        for index in indexes.indices {
            let name = indexes[index].name
            guard old.values[name] != record.values[name] else { continue }
            indexes[index].remove(old, at: row)
            indexes[index].add(record, at: row)
        }
        rows[row] = record
        return old
    }

    /// Takes back the newest insert: only a rolled-back transaction may make a row vanish.
    mutating func removeLast() {
        guard let record = rows.popLast() else { return }
        rowsByID[record.id] = nil
        for index in indexes.indices { indexes[index].remove(record, at: rows.count) }
    }

    /// Rows whose `field` equals `key`, deleted ones included; nil when no index covers the field.
    func rows(where field: FieldSchema, equals key: FoldedText) -> [Int]? {
        if field.type == .id { return rowsByID[key.text].map { [$0] } ?? [] }
        return indexPositions[field.name].map { indexes[$0].rows(key) }
    }

    func hasIndex(on field: FieldSchema) -> Bool {
        field.type == .id || indexPositions[field.name] != nil
    }

    /// Builds an index for a text field that a query asks for; kept up to date from then on.
    mutating func addIndex(on field: FieldSchema) {
        guard !hasIndex(on: field) else { return }
        var index = FieldIndex(field)
        for (row, record) in rows.enumerated() { index.add(record, at: row) }
        append(index)
    }

    private mutating func append(_ index: FieldIndex) {
        indexPositions[index.name] = indexes.count
        indexes.append(index)
    }
}

/// Rows by the folded text of one field; records without a value are not listed.
private struct FieldIndex: Sendable {
    let name: String
    private let isCaseSensitive: Bool
    private var rowsByKey: [FoldedText: [Int]] = [:]

    init(_ field: FieldSchema) {
        name = field.name
        isCaseSensitive = field.isCaseSensitive || field.type == .reference
    }

    func rows(_ key: FoldedText) -> [Int] { rowsByKey[key] ?? [] }

    mutating func add(_ record: StoredRecord, at row: Int) {
        guard let key = key(record) else { return }
        rowsByKey[key, default: []].append(row)
    }

    mutating func remove(_ record: StoredRecord, at row: Int) {
        guard let key = key(record) else { return }
        rowsByKey[key]?.removeAll { $0 == row }
        if rowsByKey[key]?.isEmpty == true { rowsByKey[key] = nil }
    }

    private func key(_ record: StoredRecord) -> FoldedText? {
        record.text(name).map { FoldedText($0, caseSensitive: isCaseSensitive) }
    }
}
