/// What a lead became.
package struct LeadConversion: Sendable, Hashable {
    /// The account made of the lead's company, 18 characters.
    package let account: String
    /// The contact made of the person, 18 characters.
    package let contact: String
}

extension Org {
    /// Fields that go over to the contact under the same name.
    private static let contactFields = [
        "FirstName", "LastName", "Salutation", "Email", "Phone", "MobilePhone", "Fax", "Title",
        "LeadSource", "Description",
    ]

    /// Converts a lead as a person would: an account and a contact are made of it, and it is
    /// read-only from then on (Object Reference, Lead; recorded: a converted lead).
    ///
    /// Throws what `seed` and `edit` throw; a lead that is not there is refused.
    @discardableResult
    package func convert(lead id: String) throws(EmulatorError) -> LeadConversion {
        let lead = record("Lead", id: id) ?? [:]
        let account = try seed("Account", [["Name": lead["Company"] ?? .null]])[0]
        var person: [JSON.Member] = [.init("AccountId", .string(account))]
        for name in Self.contactFields {
            if let value = lead[name], !value.isNull { person.append(.init(name, value)) }
        }
        let contact = try seed("Contact", [.object(person)])[0]
        let today = Instant.format(withState { $0.now }).prefix(10)
        try edit(
            "Lead", id: id,
            [
                "IsConverted": true, "Status": "Closed - Converted",
                "ConvertedDate": .string(String(today)), "ConvertedAccountId": .string(account),
                "ConvertedContactId": .string(contact),
            ])
        return LeadConversion(account: account, contact: contact)
    }
}
