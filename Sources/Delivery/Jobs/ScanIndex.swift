import Projection
import Records

/// The records of an object that concern any dirty key, out of all that there are: what one scan
/// found.
///
/// Made only from a scan that was read to its end. That a key is not in it is then as good as a
/// query that finds nothing.
package struct ScanIndex: Sendable {
    private var byKey: [UInt64: [Record]] = [:]
    package private(set) var recordCount = 0

    package init() {}

    mutating func add(_ record: Record, keys: Set<UInt64>) {
        guard !keys.isEmpty else { return }
        recordCount += 1
        for key in keys { byKey[key, default: []].append(record) }
    }

    /// The records that concern any of the keys.
    func records(for keys: some Sequence<UInt64>) -> [Record] {
        keys.flatMap { byKey[$0] ?? [] }
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
