/// Records as tests and people see and change them: past sharing and field-level security, but
/// through the org's rules.
extension Org {
    /// Live records of `object` in creation order, each with all its fields, null where empty.
    package func records(of object: String, includingDeleted: Bool = false) -> [JSON] {
        withState { state in
            guard let schema = state.schema.object(object),
                let table = state.store.existingTable(schema.name)
            else { return [] }
            let rendering = state.openRendering
            return table.rows.filter { includingDeleted ? !$0.isPurged : !$0.isDeleted }
                .map { rendering.whole($0, schema) }
        }
    }

    /// One record, deleted or not; nil when it never was.
    package func record(_ object: String, id: String) -> JSON? {
        withState { state in
            guard let schema = state.schema.object(object),
                let record = state.store.record(schema.name, id: id)
            else { return nil }
            return state.openRendering.whole(record, schema)
        }
    }

    /// How many live records `object` has.
    package func count(of object: String) -> Int {
        withState { state in
            guard let schema = state.schema.object(object) else { return 0 }
            return state.store.existingTable(schema.name)?.rows.count { !$0.isDeleted } ?? 0
        }
    }

    /// Creates records as a person would, and returns their ids.
    @discardableResult
    package func seed(_ object: String, _ records: [JSON]) throws(EmulatorError) -> [String] {
        var ids: [String] = []
        for (index, record) in records.enumerated() {
            let id: String = try asPerson(object, index) {
                (state, schema, context) throws(Refusal) in
                let writes = try state.personIntake(record, schema)
                return try state.create(schema, writes, context)
            }
            ids.append(id)
        }
        return ids
    }

    /// Changes fields as a person would; read-only fields such as `IsConverted` included.
    package func edit(
        _ object: String, id: String, _ fields: JSON
    ) throws(EmulatorError) {
        try asPerson(object, 0) { (state, schema, context) throws(Refusal) in
            let writes = try state.personIntake(fields, schema)
            try state.update(schema, id: id, writes, context)
        }
    }

    /// Puts a record in the recycle bin as a person would.
    package func delete(_ object: String, id: String) throws(EmulatorError) {
        try asPerson(object, 0) { (state, schema, context) throws(Refusal) in
            try state.delete(schema, id: id, context)
        }
    }

    /// Runs `body` as a person's work; what throws leaves no trace.
    func asPerson<R: Sendable>(
        _ object: String, _ index: Int,
        _ body: (inout OrgState, ObjectSchema, WriteContext) throws(Refusal) -> R
    ) throws(EmulatorError) -> R {
        do throws(PersonalRefusal) {
            return try withState { (state) throws(PersonalRefusal) in
                guard let schema = state.schema.object(object) else { throw .unknownObject }
                defer { state.store.forgetChanges() }
                var context = WriteContext(now: state.now)
                context.author = .person
                let savepoint = state.savepoint
                do throws(Refusal) {
                    return try body(&state, schema, context)
                } catch {
                    state.rollBack(to: savepoint)
                    throw .refused(error)
                }
            }
        } catch {
            switch error {
            case .unknownObject: throw .unknownObject(object)
            case .refused(let refusal):
                throw .recordRefused(
                    object: object, index: index, code: refusal.code, message: refusal.message)
            }
        }
    }
}

private enum PersonalRefusal: Error {
    case unknownObject
    case refused(Refusal)
}

extension OrgState {
    /// Shows everything: people and tests are not bound by the API user's visibility.
    fileprivate var openRendering: RecordRendering {
        RecordRendering(
            evaluation: QueryEvaluation(
                store: store, schema: schema, visibility: Visibility(), includesDeleted: true),
            version: "v\(Self.versionMax).0")
    }

    func personIntake(
        _ record: JSON, _ object: ObjectSchema
    ) throws(Refusal) -> [FieldWrite] {
        let reader = RecordReader(object: object, hiddenFields: [])
        switch try reader.read(record.members ?? []) {
        case .writes(let writes): return writes
        case .refused(let refusal): throw refusal
        }
    }
}
