import Projection
import Reconciliation
import Records

/// What a job that runs may change of the records that other keys look for: the records that it
/// writes, and the matcher values that these will have. Pure.
///
/// Holds 64-bit hashes, not the texts. Two that collide make a key wait for the job, no more.
struct JobReach: Sendable {
    private let creates: Bool
    private let columns: Set<String>
    /// Matcher fields whose values nothing but a write changes; in lower case.
    private let plain: Set<String>
    private var hashes: Set<Int> = []

    /// - Parameter matchers: the fields by which actions look for the object's records.
    init(_ part: JobPart, matchers: Set<String>, _ description: ObjectDescription) {
        creates = part.operation == .upsert
        let names = Set(matchers.map { $0.lowercased() })
        columns = Set(part.columns.map { $0.lowercased() }).intersection(names)
        plain = names.filter { description.field($0)?.isUpdateable == true }
    }

    /// Takes a row.
    mutating func add(_ operation: IntentOperation, of description: ObjectDescription) {
        if let id = operation.recordID { hashes.insert(Self.hash(id)) }
        for change in operation.changes where columns.contains(change.field.lowercased()) {
            guard let form = description.field(change.field)?.matchForm(change.after) else {
                continue
            }
            hashes.insert(Self.hash(change.field, form))
        }
    }

    /// Whether the key may be about a record of the job, as far as it says itself.
    func mayTouch(_ record: DesiredRecord) -> Bool {
        if record.delivery.links.contains(where: touches) { return true }
        return record.form != .creation && record.matchers.contains { mayMatch($0.term) }
    }

    /// Whether a record that the job writes may come to have the value: because the job writes it,
    /// or because it may follow from what the job writes, as a formula does or a parent's field.
    private func mayMatch(_ term: MatcherKey.Term) -> Bool {
        let field = term.field.lowercased()
        if field == "id" { return RecordID(term.form).map(touches) ?? true }
        if columns.contains(field) { return hashes.contains(Self.hash(field, term.form)) }
        // A new record may have a default in it.
        return creates || !plain.contains(field)
    }

    func touches(_ record: RecordID) -> Bool { hashes.contains(Self.hash(record)) }

    private static func hash(_ record: RecordID) -> Int {
        var hasher = Hasher()
        hasher.combine(record)
        return hasher.finalize()
    }

    private static func hash(_ field: String, _ form: String) -> Int {
        var hasher = Hasher()
        hasher.combine(field.lowercased())
        for byte in form.utf8 { hasher.combine(byte) }
        return hasher.finalize()
    }
}

extension ObjectPlan {
    /// Takes out what concerns records of jobs that run: it waits until they are over. There is
    /// never a second write under way for a record.
    ///
    /// - Returns: the keys that wait.
    mutating func leaveOut(_ reaches: [JobReach]) -> Set<UInt64> {
        guard !reaches.isEmpty else { return [] }
        func isReached(_ id: RecordID?) -> Bool {
            id.map { id in reaches.contains { $0.touches(id) } } ?? false
        }
        let operated = plan.operations.filter { isReached($0.recordID) }.flatMap(\.keys)
        let settled = plan.settled.filter { isReached($0.recordID) }.map(\.key)
        let blocked = plan.blocked.filter { $0.recordIDs.contains(where: isReached) }.map(\.key)
        let keys = Set(operated + settled + blocked)
        plan.leaveOut(keys)
        return keys
    }
}
