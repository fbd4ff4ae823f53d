import Projection
import Records

/// The records of an object that concern any dirty key, out of all that there are: what one scan
/// found.
///
/// Made only from a scan that was read to its end. That a key is not in it is then as good as a
/// query that finds nothing.
///
/// Holds a row of bytes for each record, not the record: a million of them are a hundred megabytes
/// instead of a thousand.
package struct ScanIndex: Sendable {
    /// Where the row of a record of `key` lies.
    private struct Place: Sendable {
        let key: UInt64
        let chunk: UInt32
        let start: UInt32
        let end: UInt32
    }

    private let object: String
    private let fields: [String]
    private var places: [Place] = []
    /// Rows, some megabytes together: one array for all would be copied whenever it grows.
    private var chunks: [[UInt8]] = [[]]
    private var isSorted = true
    /// Bytes that the rows and their places take.
    package private(set) var byteCount = 0

    private let chunkBytes: Int

    /// - Parameter fields: the names under which each record has its values.
    package init(object: String, fields: [String], chunkBytes: Int = 4 << 20) {
        self.object = object
        self.fields = fields
        self.chunkBytes = chunkBytes
    }

    mutating func add(_ record: Record, keys: Set<UInt64>) {
        guard !keys.isEmpty else { return }
        var writer = RowWriter()
        writer.text(record.id.description)
        for field in fields { writer.value(record.fields[field] ?? .null) }
        if chunks[chunks.count - 1].count >= chunkBytes {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(chunkBytes + chunkBytes / 16)
        }
        let last = chunks.count - 1
        let start = chunks[last].count
        chunks[last] += writer.bytes
        for key in keys {
            places.append(
                Place(
                    key: key, chunk: UInt32(last), start: UInt32(start),
                    end: UInt32(chunks[last].count)))
        }
        byteCount += writer.bytes.count + keys.count * MemoryLayout<Place>.stride
        isSorted = false
    }

    /// Puts what was added in the order in which it is looked for. Call once all is there.
    mutating func close() {
        places.sort { ($0.key, $0.chunk, $0.start) < ($1.key, $1.chunk, $1.start) }
        isSorted = true
    }

    /// The records that concern any of the keys.
    func records(for keys: some Sequence<UInt64>) -> [Record] {
        precondition(isSorted, "the index is closed before it is read")
        var records: [Record] = []
        for key in keys {
            var index = firstPlace(of: key)
            while index < places.count, places[index].key == key {
                records.append(record(at: places[index]))
                index += 1
            }
        }
        return records
    }

    /// Where `key` stands in ``places``, or would stand.
    private func firstPlace(of key: UInt64) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func record(at place: Place) -> Record {
        let chunk = chunks[Int(place.chunk)]
        var reader = RowReader(Array(chunk[Int(place.start)..<Int(place.end)]))
        let id = RecordID(answered: reader.text())
        var values: [String: FieldValue] = [:]
        for field in fields { values[field] = reader.value() }
        guard let id, reader.isComplete else {
            preconditionFailure("a row that was just written cannot be read")
        }
        return Record(object: object, id: id, fields: values)
    }
}

/// Which dirty keys a record is about, by what the state knows: the aliases that its matcher fields
/// name, and its link.
struct RecordKeys: Sendable {
    private let object: String
    private let state: StateStore
    /// Fields that name a key each by itself, and sets of fields that name one together.
    private let anyFields: [FieldDescription]
    private let allFields: [[FieldDescription]]

    init(configuration: ConfigurationEntry, description: ObjectDescription, state: StateStore) {
        object = description.name
        self.state = state
        var any: Set<String> = []
        var all: Set<[String]> = []
        for action in configuration.actions where action.object == description.name {
            let names = action.matchers.map(\.field)
            if action.matchersOperator == .and { all.insert(names) } else { any.formUnion(names) }
        }
        anyFields = any.sorted().map { description.matcherField($0) }
        allFields = all.sorted { $0.joined() < $1.joined() }
            .map { $0.map { description.matcherField($0) } }
    }

    func keys(of record: Record) throws(ProjectionError) -> Set<UInt64> {
        var keys = Set(try state.ids(linkedTo: record.id))
        for field in anyFields {
            guard let term = term(field, record) else { continue }
            let key = MatcherKey(object: object, terms: [term])
            if let id = try state.id(named: key) { keys.insert(id) }
        }
        for fields in allFields {
            let terms = fields.compactMap { term($0, record) }
            guard terms.count == fields.count else { continue }
            let key = MatcherKey(object: object, terms: terms)
            if let id = try state.id(named: key) { keys.insert(id) }
        }
        var dirty: Set<UInt64> = []
        for key in keys where try state.isDirty(key) { dirty.insert(key) }
        return dirty
    }

    private func term(_ field: FieldDescription, _ record: Record) -> MatcherKey.Term? {
        record.value(at: field.name).flatMap { field.matchForm($0) }
            .map { MatcherKey.Term(field: field.name, form: $0) }
    }
}
