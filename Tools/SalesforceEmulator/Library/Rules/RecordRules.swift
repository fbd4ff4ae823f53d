/// Rules that need more than the one value: defaults, references, uniqueness, children.
extension OrgState {
    /// Values that a new record has though nobody wrote them.
    func defaults(_ object: ObjectSchema, id: String, number: Int) -> FieldValues {
        var values = FieldValues()
        for field in object.roles.defaulted {
            switch field.defaultValue {
            case .bool(let value) where field.name != "IsDeleted":
                values[field.name] = .bool(value)
            case .string(let text): values[field.name] = .text(text)
            default: break
            }
        }
        for name in ["OwnerId", "CreatedById", "LastModifiedById"] where object.field(name) != nil {
            values[name] = .text(userID)
        }
        if let field = object.roles.autoNumber {
            let digits = String(100_000_000 + 1_000 + number)
            values[field.name] = .text(String(digits.dropFirst()))
        }
        // A custom object's Name is defaulted to the record's own id.
        if object.isCustom { values["Name"] = .text(id) }
        return values
    }

    /// The value to store for a write: a nested external id becomes the id of its record.
    mutating func resolve(_ write: FieldWrite) throws(Refusal) -> StoredValue? {
        guard case .related(let target, let externalField, let key) = write.value else {
            if case .stored(let value) = write.value { return value }
            return nil
        }
        // A polymorphic lookup cannot be resolved without `attributes.type` (recorded).
        guard let name = target, let object = schema.object(name) else {
            throw Refusal(
                "INVALID_FIELD",
                "The \(write.field.name) relationship needs attributes with a type", fields: [])
        }
        guard let field = object.field(externalField), field.isLookupKey else {
            throw .noSuchColumn(externalField, object: object.name)
        }
        let text = key.string ?? ""
        let found = store.liveRows(
            object, where: field, equals: FoldedText(text, caseSensitive: field.isCaseSensitive))
        guard found.count == 1 else {
            throw Refusal(
                "INVALID_FIELD",
                "Foreign key external ID: \(text) not found for field \(field.name) in entity "
                    + object.name, fields: [])
        }
        return .text(found[0].id)
    }

    /// A lookup must hold a live record of an object that it may refer to.
    func checkReference(_ value: StoredValue, in field: FieldSchema) throws(Refusal) {
        guard field.type == .reference, case .text(let id) = value else { return }
        guard let canonical = RecordIdentifier.canonical(id),
            let object = schema.object(ofID: canonical), field.referenceTo.contains(object.name)
        else {
            throw Refusal(
                "MALFORMED_ID", "\(field.label): id value of incorrect type: \(id)",
                fields: [field.name])
        }
        guard let record = store.record(object.name, id: canonical) else {
            throw Refusal(
                "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields: [field.name])
        }
        guard !record.isDeleted else {
            throw Refusal("ENTITY_IS_DELETED", "entity is deleted", fields: [field.name])
        }
        if visibility.hiddenRecords.contains(canonical) {
            throw Refusal(
                "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
                "insufficient access rights on cross-reference id", fields: [field.name])
        }
    }

    /// A unique field holds each value once among live records. The message names the holder by
    /// its 15-character id, or masks it when the user may not see that record (both recorded).
    mutating func checkUnique(
        _ record: StoredRecord, _ object: ObjectSchema, changed: FieldValues
    ) throws(Refusal) {
        for field in object.roles.unique where changed[field.name] != nil {
            guard let text = record.text(field.name) else { continue }
            let key = FoldedText(text, caseSensitive: field.isCaseSensitive)
            let holder = store.liveRows(object, where: field, equals: key)
                .first { $0.id != record.id }
            guard let holder else { continue }
            let isHidden = visibility.hiddenRecords.contains(holder.id)
            let name = isHidden ? "<unknown>" : field.name
            let id = isHidden ? "<unknown>" : RecordIdentifier.short(holder.id)
            throw Refusal(
                "DUPLICATE_VALUE",
                "duplicate value found: \(name) duplicates value on record with id: \(id)",
                fields: [])
        }
    }

    /// An active assignment rule changes the owner of what the API writes, unless the call says
    /// `Sforce-Auto-Assign: FALSE` or names the owner (REST API Developer Guide, "Assignment Rule
    /// Header": the default is TRUE).
    func assignOwner(
        _ record: inout StoredRecord, _ object: ObjectSchema, _ writes: [FieldWrite],
        _ context: WriteContext
    ) {
        guard context.author == .api, context.assigns, let owner = assignmentOwners[object.name],
            !writes.contains(where: { $0.field.name == "OwnerId" })
        else { return }
        record.values["OwnerId"] = .text(owner)
    }

    /// An account cannot be above itself in its hierarchy: a save that would close a circle is
    /// refused (SOAP API Developer Guide, "StatusCode": CIRCULAR_DEPENDENCY).
    func checkHierarchy(_ record: StoredRecord, _ object: ObjectSchema) throws(Refusal) {
        guard object.name == "Account" else { return }
        var above = record.text("ParentId")
        var seen: Set<String> = []
        while let id = above, seen.insert(id).inserted {
            guard id != record.id else {
                throw Refusal(
                    "CIRCULAR_DEPENDENCY", "The account hierarchy would loop: Parent Account ID",
                    fields: ["ParentId"])
            }
            above = store.record("Account", id: id)?.text("ParentId")
        }
    }

    /// Accounts and contacts with cases cannot be deleted (recorded message for a contact).
    mutating func checkNoCases(
        _ record: StoredRecord, _ object: ObjectSchema
    ) throws(Refusal) {
        guard object.name == "Account" || object.name == "Contact",
            let cases = schema.object("Case"), let lookup = cases.field("\(object.name)Id")
        else { return }
        let key = FoldedText(record.id, caseSensitive: true)
        let numbers = store.liveRows(cases, where: lookup, equals: key)
            .compactMap { $0.text("CaseNumber") }
        guard !numbers.isEmpty else { return }
        throw Refusal(
            "DELETE_FAILED",
            "Your attempt to delete \(record.text("Name") ?? record.id) could not be completed "
                + "because it is associated with the following cases.: "
                + numbers.joined(separator: ", ") + "\n", fields: [])
    }

    /// Custom lookups to a deleted record are emptied: the default of the choice "What to do if the
    /// lookup record is deleted?" (Salesforce Help, "Relationships Among Objects").
    mutating func clearLookups(
        to record: StoredRecord, _ object: ObjectSchema, _ context: WriteContext
    ) {
        let key = FoldedText(record.id, caseSensitive: true)
        for child in schema.objects {
            for field in child.fields
            where field.isCustom && field.type == .reference
                && field.referenceTo.contains(object.name)
            {
                for var row in store.liveRows(child, where: field, equals: key) {
                    row.values[field.name] = nil
                    row.modifiedAt = context.second
                    store.replace(row, in: child)
                }
            }
        }
    }

    /// Deleting an account deletes its contacts and opportunities (Object Reference, Account).
    mutating func cascade(
        from record: StoredRecord, _ object: ObjectSchema, _ context: WriteContext
    ) {
        guard object.name == "Account" else { return }
        let key = FoldedText(record.id, caseSensitive: true)
        for name in ["Contact", "Opportunity"] {
            guard let child = schema.object(name), let lookup = child.field("AccountId") else {
                continue
            }
            for var row in store.liveRows(child, where: lookup, equals: key) {
                row.isDeleted = true
                row.modifiedAt = context.second
                store.replace(row, in: child)
            }
        }
    }
}
