import Reconciliation
import Records

/// The records of a rehearsal, and which key is linked to which.
struct RehearsalOrg {
    private let descriptions: [String: ObjectDescription]
    private var records: [RecordID: Record] = [:]
    private var links: [UInt64: RecordID] = [:]
    private var createdCount = 0

    init(_ descriptions: [ObjectDescription], _ records: [Record]) {
        self.descriptions = Dictionary(
            descriptions.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
        for record in records { self.records[record.id] = whole(record) }
    }

    var present: [Record] {
        records.values.sorted {
            ($0.object, $0.id.description) < ($1.object, $1.id.description)
        }
    }

    /// The record that a key is linked to, while it is there.
    func link(of key: UInt64) -> RecordID? { links[key].flatMap { records[$0]?.id } }

    /// The records that a lookup finds, as Salesforce compares.
    func records(found parent: ParentReference) -> [RecordID] {
        guard let field = descriptions[parent.object]?.matcherField(parent.field) else { return [] }
        return present.filter { record in
            record.object == parent.object
                && record.value(at: field.name).flatMap { field.matchForm($0) } == parent.form
        }.map(\.id)
    }

    func plan(
        _ desired: [DesiredState], _ description: ObjectDescription
    ) throws(DeliveryError) -> Plan {
        let linked = desired.map { $0.linked(to: links[$0.key]) }
        let observed = present.filter { $0.object == description.name }
            .map { asQueried($0, description) }
        let plan = reconcile(desired: linked, observed: observed, description: description)
        let violations = judge(
            plan, desired: linked, observed: observed, description: description)
        guard violations.isEmpty else {
            throw .planRefused(object: description.name, violations: violations)
        }
        return plan
    }

    mutating func apply(_ plan: Plan) {
        for settled in plan.settled { links[settled.key] = settled.recordID }
        for operation in plan.operations {
            let id = operation.recordID ?? newID(operation.object)
            for key in operation.keys {
                links[key] = operation.kind == .delete ? nil : id
            }
            if operation.kind == .delete {
                records[id] = nil
                continue
            }
            var fields = records[id]?.fields ?? [:]
            for change in operation.changes { fields[change.field] = change.after }
            records[id] = whole(Record(object: operation.object, id: id, fields: fields))
        }
    }

    /// With every field that describe knows: one that a fixture does not name is empty.
    private func whole(_ record: Record) -> Record {
        var fields = record.fields
        for field in descriptions[record.object]?.fields ?? []
        where field.name != "Id" && !RelationshipPath.isPath(field.name) {
            fields[field.name] = field.canonical(fields[field.name] ?? .null)
        }
        return Record(object: record.object, id: record.id, fields: fields)
    }

    /// As a query returns it: with what lies at the end of the paths that matchers follow.
    private func asQueried(_ record: Record, _ description: ObjectDescription) -> Record {
        let paths = description.fields.map(\.name).filter(RelationshipPath.isPath)
        guard !paths.isEmpty else { return record }
        var fields = record.fields
        for path in paths { fields[path] = value(at: path, of: record) }
        return Record(object: record.object, id: record.id, fields: fields)
    }

    private func value(at path: String, of record: Record) -> FieldValue {
        do throws(RelationshipPath.Fault) {
            let path = try RelationshipPath(path, from: record.object) { descriptions[$0] }
            var current = record
            for step in path.steps {
                guard let id = current.fields[step.field]?.text.flatMap({ RecordID($0) }),
                    let next = records[id]
                else { return .null }
                current = next
            }
            return current.value(at: path.end.name) ?? .null
        } catch {
            // A path that leads nowhere is in no description, so none is asked for.
            return .null
        }
    }

    private mutating func newID(_ object: String) -> RecordID {
        createdCount += 1
        return .rehearsed(createdCount, of: descriptions[object], isCreated: true)
    }
}

extension RecordID {
    /// The id of a record that is only played: the object's prefix and a number.
    ///
    /// - Parameter isCreated: the rehearsal itself makes it, so that its id is none of those that
    ///   records which were there before are given.
    package static func rehearsed(
        _ number: Int, of description: ObjectDescription?, isCreated: Bool
    ) -> RecordID {
        let prefix = description?.keyPrefix ?? "a00"
        let digits = String(number)
        let text =
            prefix + (isCreated ? "9" : "0") + String(repeating: "0", count: 11 - digits.count)
            + digits
        guard let id = RecordID(text) else {
            preconditionFailure("\(prefix) is no prefix of record ids")
        }
        return id
    }
}
