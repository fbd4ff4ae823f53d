/// Person accounts: an account whose last name is written on create is a person.
///
/// Source: Salesforce Help 000386207, "Person Accounts": a person account's name is computed and
/// cannot be written; a business account has no person fields.
enum PersonAccountRules {
    static let personFields = ["Salutation", "FirstName", "LastName", "PersonEmail"]

    /// Refuses fields of the other kind, and computes a person's name.
    static func apply(
        _ record: inout StoredRecord, _ object: ObjectSchema, written: Set<String>, isNew: Bool
    ) throws(Refusal) {
        guard object.name == "Account", object.field("IsPersonAccount") != nil else { return }
        if isNew { record.values["IsPersonAccount"] = .bool(record.text("LastName") != nil) }
        let isPerson = record.values["IsPersonAccount"] == .bool(true)
        let wrong = isPerson ? ["Name"] : personFields
        let refused = wrong.filter { written.contains($0) }
        guard refused.isEmpty else {
            throw Refusal(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                "Account: bad field names on insert/update call: "
                    + refused.joined(separator: ", "), fields: refused)
        }
        if isPerson {
            let parts = [record.text("FirstName"), record.text("LastName")].compactMap { $0 }
            record.values["Name"] = .text(parts.joined(separator: " "))
        } else if record.text("Name") == nil {
            throw Refusal(
                "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", fields: ["Name"])
        }
    }
}

extension Schema {
    /// With the fields that person accounts add to Account; its name may then be left out.
    func addingPersonAccounts() -> Schema {
        var schema = self
        guard var name = object("Account")?.field("Name") else { return self }
        name.isNillable = true
        let added: [FieldSchema] = [
            name, .checkbox("IsPersonAccount", "Is Person Account").readOnly(),
            .text("LastName", "Last Name", 80).part(of: "Name").extra("switchablepersonname"),
            .text("FirstName", "First Name", 40).part(of: "Name").extra("switchablepersonname"),
            .picklist("Salutation", "Salutation", ["Mr.", "Ms.", "Dr."], length: 40)
                .part(of: "Name").extra("switchablepersonname"),
            .email("PersonEmail", "Email"),
        ]
        for field in added { schema.add(field, to: "Account") }
        return schema
    }
}
