/// Settings of the org that change which values it takes and what it stores of them.
package struct OrgSettings: Sendable, Hashable {
    /// A line end in a field of one line is stored as a space. Otherwise it is kept:
    /// documentation does not say which, so both can be tried.
    package var replacesLineEnds = false
    /// State and country/territory picklists are enabled (Salesforce Help, "State and
    /// Country/Territory Picklists"). Read when the org starts.
    package var hasStateAndCountryPicklists = false
    /// Person accounts are enabled (Salesforce Help, "Person Accounts"). Read when the org starts.
    package var hasPersonAccounts = false
    /// The API user has "View Encrypted Data"; without it classic encrypted text reads masked.
    package var showsEncryptedText = false

    /// What a new org has.
    package init() {}
}

extension Schema {
    /// With the fields that the settings add.
    func adapted(to settings: OrgSettings) -> Schema {
        var schema = self
        if settings.hasStateAndCountryPicklists { schema = schema.addingAddressCodes() }
        if settings.hasPersonAccounts { schema = schema.addingPersonAccounts() }
        return schema
    }
}
