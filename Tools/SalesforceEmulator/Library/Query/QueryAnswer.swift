/// Builds record JSON for queries and single reads.
struct RecordRendering {
    let evaluation: QueryEvaluation
    let version: String

    func record(_ record: StoredRecord, _ object: ObjectSchema, _ paths: [BoundPath]) -> JSON {
        var members = [attributes(record, object)]
        append(paths.map { ($0, 0) }, of: record, object, to: &members)
        return .object(members)
    }

    /// Every visible field, in describe order: what a read without `fields` returns.
    func whole(_ record: StoredRecord, _ object: ObjectSchema) -> JSON {
        let paths = object.fields.filter { evaluation.visibility.shows($0, of: object) }
            .map { BoundPath(steps: [], field: $0) }
        return self.record(record, object, paths)
    }

    private func attributes(_ record: StoredRecord, _ object: ObjectSchema) -> JSON.Member {
        JSON.Member(
            "attributes",
            [
                "type": .string(object.name),
                "url": .string("/services/data/\(version)/sobjects/\(object.name)/\(record.id)"),
            ])
    }

    /// Adds the paths in the order selected; those through the same lookup share one nested
    /// object, which stands where the first of them stood (recorded: relationship queries).
    private func append(
        _ paths: [(path: BoundPath, depth: Int)], of record: StoredRecord, _ object: ObjectSchema,
        to members: inout [JSON.Member]
    ) {
        var done: Set<String> = []
        for (path, depth) in paths {
            guard depth < path.steps.count else {
                guard done.insert(path.field.name).inserted else { continue }
                members.append(JSON.Member(path.field.name, value(record, path.field)))
                continue
            }
            let step = path.steps[depth]
            guard done.insert(step.relationship).inserted else { continue }
            let nested = paths.filter {
                depth < $0.path.steps.count
                    && $0.path.steps[depth].relationship == step.relationship
            }.map { ($0.path, depth + 1) }
            members.append(
                JSON.Member(step.relationship, parent(of: record, step, nested)))
        }
    }

    private func parent(
        of record: StoredRecord, _ step: BoundPath.Step, _ paths: [(path: BoundPath, depth: Int)]
    ) -> JSON {
        guard let (parent, object) = evaluation.parent(of: record, step) else { return .null }
        var members = [attributes(parent, object)]
        append(paths, of: parent, object, to: &members)
        return .object(members)
    }

    private func value(_ record: StoredRecord, _ field: FieldSchema) -> JSON {
        if field.type == .address { return address(record, field) }
        let value = record.value(of: field)?.json(as: field.type) ?? .null
        // Classic encrypted text shows how long it is, and nothing more (Salesforce Help, "Encrypt
        // Custom Fields").
        guard field.type == .encryptedString, evaluation.visibility.masksEncryptedText,
            let text = value.string
        else { return value }
        return .string(String(repeating: "*", count: text.utf16.count))
    }

    /// A compound address with lower-case keys, null when all its parts are empty (recorded).
    private func address(_ record: StoredRecord, _ field: FieldSchema) -> JSON {
        let prefix = String(field.name.dropLast("Address".count))
        var isEmpty = true
        let keys = [
            "City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State",
            "Street",
        ]
        let members = keys.map { key in
            let value = record.values[prefix + key]?.json(as: .double) ?? .null
            if !value.isNull { isEmpty = false }
            return JSON.Member(key.prefix(1).lowercased() + key.dropFirst(), value)
        }
        return isEmpty ? .null : .object(members)
    }
}

/// Open result sets, by locator. A lost one answers `INVALID_QUERY_LOCATOR`.
struct QueryCursors: Sendable {
    /// Salesforce drops a user's oldest cursor when too many are open.
    static let cursorCountMax = 50

    struct Cursor: Sendable {
        let query: BoundQuery
        let rows: [Int]
        let includesDeleted: Bool
        let pageRowMax: Int
    }

    private var cursors: [String: Cursor] = [:]
    private var order: [String] = []
    private var openedCount = 0

    mutating func open(_ cursor: Cursor) -> String {
        openedCount += 1
        let locator = RecordIdentifier.make(prefix: "0r8", instance: "ak", number: openedCount)
        cursors[locator] = cursor
        order.append(locator)
        if order.count > Self.cursorCountMax { cursors[order.removeFirst()] = nil }
        return locator
    }

    func cursor(_ locator: String) -> Cursor? { cursors[locator] }

    mutating func closeAll() {
        cursors.removeAll()
        order.removeAll()
    }
}
