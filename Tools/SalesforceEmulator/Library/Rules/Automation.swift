/// The org's own automation of one field: a trigger or before-save flow, or a tool that comes by
/// later, such as address verification.
///
/// Source: Apex Developer Guide, "Triggers and Order of Execution": before-save automation may
/// change any field of the record, and the answer to the write does not tell.
package struct Automation: Sendable {
    /// When it acts.
    package enum Moment: Sendable {
        /// In each save of a record, before it is stored.
        case inTheSave
        /// When `Org.runLaterAutomations` is called: a save of its own.
        case later
    }

    /// The object whose records it changes.
    package let object: String
    /// The field that it changes.
    package let field: String
    /// When it acts.
    package let moment: Moment
    /// What it makes of the field's value, as answers show values.
    package let rewrite: @Sendable (JSON) -> JSON

    /// An automation; it does nothing until `Org.add` activates it.
    package init(
        object: String, field: String, moment: Moment = .inTheSave,
        rewrite: @escaping @Sendable (JSON) -> JSON
    ) {
        self.object = object
        self.field = field
        self.moment = moment
        self.rewrite = rewrite
    }
}

extension OrgState {
    /// Lets before-save automation change `record`; what it writes is stored like any value.
    func automate(_ record: inout StoredRecord, _ object: ObjectSchema) throws(Refusal) {
        for automation in automations where automation.moment == .inTheSave {
            guard automation.object == object.name, let field = object.field(automation.field)
            else { continue }
            if let changed = try rewritten(record, object, field, automation) {
                record.values[field.name] = Canonicalization.stored(changed, in: field, settings)
            }
        }
    }

    /// - Returns: `nil` when the automation leaves the value alone; nothing in it for an emptied
    ///   field.
    private func rewritten(
        _ record: StoredRecord, _ object: ObjectSchema, _ field: FieldSchema,
        _ automation: Automation
    ) throws(Refusal) -> StoredValue?? {
        let held = record.values[field.name]?.json(as: field.type) ?? .null
        let wanted = automation.rewrite(held)
        guard wanted != held else { return nil }
        let reader = RecordReader(object: object, hiddenFields: [])
        return .some(try reader.value(wanted, of: field))
    }

    /// What a tool that comes by later would write into a record; `nil` when it leaves it alone.
    fileprivate func laterWrites(
        _ record: StoredRecord, _ object: ObjectSchema, _ automation: Automation
    ) throws(Refusal) -> [FieldWrite] {
        guard let field = object.field(automation.field) else { return [] }
        return try rewritten(record, object, field, automation)
            .map { [FieldWrite(field: field, value: .stored($0))] } ?? []
    }
}

extension Org {
    /// Activates an automation.
    package func add(_ automation: Automation) {
        withState { $0.automations.append(automation) }
    }

    /// Deactivates all automations.
    package func removeAutomations() { withState { $0.automations = [] } }

    /// Lets the tools that come by later see every live record of their object, each change a save
    /// of its own.
    package func runLaterAutomations() throws(EmulatorError) {
        for automation in withState({ $0.automations }) where automation.moment == .later {
            try asPerson(automation.object, 0) { (state, schema, context) throws(Refusal) in
                let rows = state.store.existingTable(schema.name)?.rows ?? []
                for record in rows where !record.isDeleted {
                    let writes = try state.laterWrites(record, schema, automation)
                    if !writes.isEmpty {
                        try state.update(schema, id: record.id, writes, context)
                    }
                }
            }
        }
    }

    /// Changes the org's settings; those that shape the schema are read at the start only.
    package func set(_ change: (inout OrgSettings) -> Void) {
        withState { change(&$0.settings) }
    }
}
