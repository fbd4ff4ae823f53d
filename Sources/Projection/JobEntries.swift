import Records

// What the log says of jobs of Bulk API 2.0: in the intents whose operations are a job's rows, and
// in the outcomes that tell how far the job is.

/// The job that an intent's operations are rows of.
package struct JobPart: Sendable, Hashable, Codable {
    /// Ours, and unique in the log: the epoch and a count.
    package let name: String
    package let object: String
    package let operation: JobOperation
    /// The unique external id field of an upsert.
    package let externalIDField: String?
    /// The columns of the job's file, in order; the same for all its intents.
    package let columns: [String]

    package init(
        name: String, object: String, operation: JobOperation, externalIDField: String?,
        columns: [String]
    ) {
        self.name = name
        self.object = object
        self.operation = operation
        self.externalIDField = externalIDField
        self.columns = columns
    }

    /// The column by which a row of the results is known again.
    package var keyColumn: String { externalIDField ?? "Id" }
}

/// What a job does with its rows: only what can be sent twice. Raw values are on disk.
package enum JobOperation: String, Sendable, Hashable, Codable {
    case update, upsert, delete
}

/// How far a job is.
package struct JobEntry: Sendable, Hashable, Codable {
    package let name: String
    /// Salesforce's id, from the moment it is known.
    package let id: String?
    /// Every row has its answer, or never will.
    package let isOver: Bool

    package init(name: String, id: String?, isOver: Bool = false) {
        self.name = name
        self.id = id
        self.isOver = isOver
    }
}

/// A job that is not over.
package struct OpenJob: Sendable, Hashable {
    package let part: JobPart
    /// Salesforce's id; `nil` while it is not known to exist.
    package var id: String?
    /// Positions of the intents whose operations are its rows.
    package var intents: [UInt64]

    package init(part: JobPart, id: String?, intents: [UInt64]) {
        self.part = part
        self.id = id
        self.intents = intents
    }

    func encoded() -> [UInt8] {
        var writer = RowWriter()
        writer.text(part.object)
        writer.text(part.operation.rawValue)
        writer.optional(part.externalIDField) { writer, field in writer.text(field) }
        writer.list(part.columns) { writer, column in writer.text(column) }
        writer.optional(id) { writer, id in writer.text(id) }
        writer.list(intents) { writer, position in writer.varint(position) }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], name: String) -> OpenJob? {
        var reader = RowReader(bytes)
        let object = reader.text()
        guard let operation = JobOperation(rawValue: reader.text()) else { return nil }
        let externalIDField = reader.optional { reader in reader.text() }
        let columns = reader.list { reader in reader.text() }
        let id = reader.optional { reader in reader.text() }
        let intents = reader.list { reader in reader.varint() }
        let part = JobPart(
            name: name, object: object, operation: operation, externalIDField: externalIDField,
            columns: columns)
        return reader.isComplete ? OpenJob(part: part, id: id, intents: intents) : nil
    }
}
