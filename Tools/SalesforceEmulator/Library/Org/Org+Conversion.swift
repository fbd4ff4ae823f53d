/// What a lead became.
package struct LeadConversion: Sendable, Hashable {
    /// The account made of the lead's company, or the one given, 18 characters.
    package let account: String
    /// The contact made of the person, or the one given, 18 characters.
    package let contact: String
    /// The opportunity, when one was asked for, 18 characters.
    package let opportunity: String?
}

extension Org {
    /// Fields that go over to the contact under the same name.
    private static let contactFields = [
        "FirstName", "LastName", "Salutation", "Email", "Phone", "MobilePhone", "Fax", "Title",
        "LeadSource", "Description",
    ]

    /// Converts a lead as a person would: an account and a contact are made of it unless they are
    /// given, an opportunity when it is named, and the lead is read-only from then on (SOAP API
    /// Developer Guide, "convertLead()"; recorded: a converted lead).
    ///
    /// Throws what `seed` and `edit` throw; a lead that is not there, or was converted, is refused.
    @discardableResult
    package func convert(
        lead id: String, account: String? = nil, contact: String? = nil,
        opportunity: String? = nil
    ) throws(EmulatorError) -> LeadConversion {
        let lead = record("Lead", id: id) ?? [:]
        guard lead["IsConverted"] != true else {
            throw .recordRefused(
                object: "Lead", index: 0, code: "CANNOT_UPDATE_CONVERTED_LEAD",
                message: "the lead was converted before")
        }
        let today = String(Instant.format(withState { $0.now }).prefix(10))
        var account = account ?? ""
        if account.isEmpty {
            account = try seed("Account", [["Name": lead["Company"] ?? .null]])[0]
        }
        var contact = contact ?? ""
        if contact.isEmpty { contact = try seed("Contact", [Self.person(lead, account)])[0] }
        var deal: String?
        if let opportunity {
            deal = try seed(
                "Opportunity",
                [
                    [
                        "Name": .string(opportunity), "StageName": "Prospecting",
                        "CloseDate": .string(today), "AccountId": .string(account),
                    ]
                ])[0]
        }
        try edit(
            "Lead", id: id,
            [
                "IsConverted": true, "Status": "Closed - Converted",
                "ConvertedDate": .string(today), "ConvertedAccountId": .string(account),
                "ConvertedContactId": .string(contact),
                "ConvertedOpportunityId": .optional(deal),
            ])
        return LeadConversion(account: account, contact: contact, opportunity: deal)
    }

    private static func person(_ lead: JSON, _ account: String) -> JSON {
        var person: [JSON.Member] = [.init("AccountId", .string(account))]
        for name in contactFields {
            if let value = lead[name], !value.isNull { person.append(.init(name, value)) }
        }
        return .object(person)
    }
}
