extension Org {
    /// Merges records as a person would (SOAP API Developer Guide, "merge()").
    ///
    /// The losers go to the recycle bin and name the winner in `MasterRecordId`; the winner is
    /// saved, with `fields` where given; children of the losers become the winner's without being
    /// edited themselves. Throws `recordRefused` and changes nothing when the object cannot be
    /// merged or a record is not there; at most two losers, as in the screen and the API.
    package func merge(
        _ object: String, winner: String, losers: [String], fields: JSON = [:]
    ) throws(EmulatorError) {
        try asPerson(object, 0) { (state, schema, context) throws(Refusal) in
            try state.merge(schema, winner: winner, losers: losers, fields, context)
        }
    }

    /// Merges one record into another.
    package func merge(
        _ object: String, winner: String, loser: String
    ) throws(EmulatorError) {
        try merge(object, winner: winner, losers: [loser])
    }

    /// Takes a record out of the recycle bin as a person would; its children stay there.
    package func undelete(_ object: String, id: String) throws(EmulatorError) {
        try asPerson(object, 0) { (state, schema, context) throws(Refusal) in
            guard var record = state.store.record(schema.name, id: id), record.isDeleted else {
                throw .notFound
            }
            record.isDeleted = false
            record.values["MasterRecordId"] = nil
            record.modifiedAt = context.second
            try state.checkUnique(record, schema, changed: record.values)
            state.store.replace(record, in: schema)
        }
    }

    /// Empties one record from the recycle bin: not even `queryAll` finds it any more.
    package func purge(_ object: String, id: String) throws(EmulatorError) {
        try asPerson(object, 0) { (state, schema, context) throws(Refusal) in
            guard var record = state.store.record(schema.name, id: id) else { throw .notFound }
            if !record.isDeleted { try state.delete(schema, id: id, context) }
            record.isDeleted = true
            record.isPurged = true
            state.store.replace(record, in: schema)
        }
    }
}

extension OrgState {
    /// Records merged into one winner (SOAP API Developer Guide, "merge()": up to three records).
    static let mergeLoserCountMax = 2

    fileprivate mutating func merge(
        _ object: ObjectSchema, winner: String, losers: [String], _ fields: JSON,
        _ context: WriteContext
    ) throws(Refusal) {
        guard object.isMergeable, let master = object.field("MasterRecordId") else {
            throw Refusal("INVALID_TYPE", "\(object.name) records cannot be merged")
        }
        guard !losers.isEmpty, losers.count <= Self.mergeLoserCountMax, !losers.contains(winner)
        else { throw Refusal("INVALID_INPUT", "a merge takes a winner and one or two losers") }
        for loser in losers {
            guard let record = store.record(object.name, id: loser), !record.isDeleted else {
                throw .notFound
            }
            adoptChildren(of: loser, by: winner, object, context)
            let write = FieldWrite(field: master, value: .stored(.text(winner)))
            try update(object, id: loser, [write], context)
            try delete(object, id: loser, context)
        }
        // The losers are gone by now: the winner may take over a value that must be unique.
        let writes = try personIntake(fields, object)
        try update(object, id: winner, writes, context)
    }

    private mutating func adoptChildren(
        of loser: String, by winner: String, _ object: ObjectSchema, _ context: WriteContext
    ) {
        let key = FoldedText(loser, caseSensitive: true)
        for child in schema.objects {
            for lookup in child.fields
            where lookup.referenceTo.contains(object.name) && lookup.name != "MasterRecordId" {
                for var row in store.liveRows(child, where: lookup, equals: key) {
                    row.values[lookup.name] = .text(winner)
                    row.modifiedAt = context.second
                    store.replace(row, in: child)
                }
            }
        }
    }
}
