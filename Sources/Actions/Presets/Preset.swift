/// A ready-made action for one kind of record: triggers and field mappings as Segment's Salesforce
/// destination has them by default ("Salesforce (Actions) Destination"), so that a set-up can be
/// brought over by name. What an action gives itself takes the preset's place, key by key.
package enum Preset: String, Sendable, CaseIterable {
    case lead, contact, account, opportunity
    case supportCase = "case"
    /// Any object; what is particular to it has to be given.
    case custom

    /// What the preset says where the action says nothing.
    var action: PresetAction {
        switch self {
        case .lead: .lead
        case .contact: .contact
        case .account: .account
        case .opportunity: .opportunity
        case .supportCase: .supportCase
        case .custom: .custom
        }
    }
}

/// The keys of an action that a preset fills in.
struct PresetAction: Sendable {
    /// For the reader of a configuration: which events become what.
    let summary: String
    let name: String
    /// `nil` when the action has to say.
    let object: String?
    let trigger: String
    let operation: ActionOperation
    /// Empty when the action has to say, should its operation need any.
    let matchers: [PresetField]
    let fields: [PresetField]
}

/// A field or matcher with the mapping of its value.
struct PresetField: Sendable {
    enum Source: Sendable {
        /// A path.
        case path(String)
        /// The trait of this name, or the property where there is no such trait.
        case traitOrProperty(String)
    }

    let name: String
    let source: Source

    init(_ name: String, _ source: Source) {
        self.name = name
        self.source = source
    }

    /// A trait, or the property of the same name.
    init(_ name: String, _ member: String) { self.init(name, .traitOrProperty(member)) }
}

extension PresetAction {
    fileprivate static let lead = PresetAction(
        summary: "Leads from identify events, found by their email address.",
        name: "Leads", object: "Lead", trigger: #"type = "identify""#, operation: .upsert,
        matchers: [PresetField("Email", "email")],
        fields: [
            PresetField("Company", "company"), PresetField("LastName", "last_name"),
            PresetField("FirstName", "first_name"), PresetField("Email", "email"),
        ] + address(prefix: ""))

    fileprivate static let contact = PresetAction(
        summary: "Contacts from identify events, found by their email address.",
        name: "Contacts", object: "Contact", trigger: #"type = "identify""#, operation: .upsert,
        matchers: [PresetField("Email", "email")],
        fields: [
            PresetField("LastName", "last_name"), PresetField("FirstName", "first_name"),
            PresetField("Email", "email"),
        ] + address(prefix: "Mailing"))

    fileprivate static let account = PresetAction(
        summary: "Accounts from group events, found by the group's id as their number.",
        name: "Accounts", object: "Account", trigger: #"type = "group""#, operation: .upsert,
        matchers: [PresetField("AccountNumber", .path("$.groupId"))],
        fields: [
            PresetField("Name", .path("$.traits.name")),
            PresetField("AccountNumber", .path("$.groupId")),
            PresetField("NumberOfEmployees", "employees"),
        ] + address(prefix: "Billing") + [
            PresetField("Phone", "phone"), PresetField("Description", "description"),
            PresetField("Website", "website"),
        ])

    // The destination requires these three to create an opportunity, and maps none by itself.
    fileprivate static let opportunity = PresetAction(
        summary: "An opportunity for each track event that has what Salesforce requires of one.",
        name: "Opportunities", object: "Opportunity",
        trigger: #"type = "track" and properties.name != null and properties.stage_name != null"#
            + " and properties.close_date != null",
        operation: .create, matchers: [],
        fields: [
            PresetField("Name", .path("$.properties.name")),
            PresetField("StageName", .path("$.properties.stage_name")),
            PresetField("CloseDate", .path("$.properties.close_date")),
            PresetField("Amount", .path("$.properties.amount")),
            PresetField("Description", .path("$.properties.description")),
        ])

    fileprivate static let supportCase = PresetAction(
        summary: "A case for each track event that has a description.",
        name: "Cases", object: "Case",
        trigger: #"type = "track" and properties.description != null"#,
        operation: .create, matchers: [],
        fields: [PresetField("Description", .path("$.properties.description"))])

    fileprivate static let custom = PresetAction(
        summary: "Records of an object of your own from track events.",
        name: "Custom records", object: nil, trigger: #"type = "track""#, operation: .create,
        matchers: [], fields: [])

    private static func address(prefix: String) -> [PresetField] {
        [
            PresetField(prefix + "Street", "address.street"),
            PresetField(prefix + "City", "address.city"),
            PresetField(prefix + "State", "address.state"),
            PresetField(prefix + "PostalCode", "address.postal_code"),
            PresetField(prefix + "Country", "address.country"),
        ]
    }
}
