/// Account, Contact, Lead: names, types and lengths as recorded describes of real orgs give them
/// (CumulusCI and Grouparoo test recordings, API v42 to v52).
extension ObjectSchema {
    static let leadSources = [
        "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other",
    ]
    static let ratings = ["Hot", "Warm", "Cold"]
    static let industries = [
        "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications",
        "Construction", "Consulting", "Education", "Electronics", "Energy", "Engineering",
        "Entertainment", "Environmental", "Finance", "Food & Beverage", "Government",
        "Healthcare", "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media",
        "Not For Profit", "Recreation", "Retail", "Shipping", "Technology", "Telecommunications",
        "Transportation", "Utilities", "Other",
    ]

    static let externalID = FieldSchema.text("External_Id__c", "External Id", 255).externalID()

    /// A company.
    package static let account = ObjectSchema(
        name: "Account", label: "Account", labelPlural: "Accounts", keyPrefix: "001",
        isMergeable: true,
        fields: head("Account")
            + [
                .lookup("MasterRecordId", "Master Record ID", ["Account"], as: "MasterRecord")
                    .readOnly(),
                .text("Name", "Account Name", 255).required().named().part(of: "Name")
                    .extra("switchablepersonname"),
                .picklist(
                    "Type", "Account Type",
                    [
                        "Prospect", "Customer - Direct", "Customer - Channel",
                        "Channel Partner / Reseller", "Installation Partner",
                        "Technology Partner", "Other",
                    ], length: 40),
                .lookup("ParentId", "Parent Account ID", ["Account"], as: "Parent"),
            ] + address("Billing") + address("Shipping")
            + [
                .phone("Phone", "Account Phone"), .phone("Fax", "Account Fax"),
                .text("AccountNumber", "Account Number", 40), .url("Website", "Website"),
                .text("Sic", "SIC Code", 20),
                .picklist("Industry", "Industry", industries, length: 40),
                .number("AnnualRevenue", "Annual Revenue", .currency, 18, 0),
                .int("NumberOfEmployees", "Employees"),
                .picklist(
                    "Ownership", "Ownership", ["Public", "Private", "Subsidiary", "Other"],
                    length: 40),
                .text("TickerSymbol", "Ticker Symbol", 20),
                .area("Description", "Account Description", 32_000),
                .picklist("Rating", "Account Rating", ratings, length: 40),
                .text("Site", "Account Site", 80),
                .picklist("AccountSource", "Account Source", leadSources, length: 40),
            ] + tail() + [externalID, .text("Plan__c", "Plan", 255)])

    /// A person, with one custom field of every type that mirrors write.
    package static let contact = ObjectSchema(
        name: "Contact", label: "Contact", labelPlural: "Contacts", keyPrefix: "003",
        isMergeable: true,
        fields: head("Contact")
            + [
                .lookup("MasterRecordId", "Master Record ID", ["Contact"], as: "MasterRecord")
                    .readOnly(),
                .lookup("AccountId", "Account ID", ["Account"], as: "Account"),
            ] + personName(salutations: ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof."])
            + address("Other") + address("Mailing")
            + [
                .phone("Phone", "Business Phone"), .phone("Fax", "Business Fax"),
                .phone("MobilePhone", "Mobile Phone"), .phone("HomePhone", "Home Phone"),
                .phone("OtherPhone", "Other Phone"), .phone("AssistantPhone", "Asst. Phone"),
                .lookup("ReportsToId", "Reports To ID", ["Contact"], as: "ReportsTo"),
                .email("Email", "Email").lookupKey(), .text("Title", "Title", 128),
                .text("Department", "Department", 80),
                .text("AssistantName", "Assistant's Name", 40),
                .picklist("LeadSource", "Lead Source", leadSources),
                .date("Birthdate", "Birthdate"),
                .area("Description", "Contact Description", 32_000),
            ] + tail() + contactCustom)

    /// The custom fields of a profile mirror, one of every type that mirrors write.
    static let contactCustom: [FieldSchema] = [
        externalID, .text("Plan__c", "Plan", 255), .text("Region__c", "Region", 255),
        .number("Score__c", "Score", .double, 18, 2),
        .multipicklist(
            "Interests__c", "Interests", ["Books", "Cars", "Music", "Sports", "Travel", "Wine"]),
        .checkbox("VIP__c", "VIP"), .date("Signup_Date__c", "Signup Date"),
        .dateTime("Last_Seen__c", "Last Seen"),
        .picklist("Tier__c", "Tier", ["Bronze", "Silver", "Gold"]).restricted(),
        .rich("Biography__c", "Biography", 32_768),
    ]

    /// A person not yet qualified; read-only once converted.
    package static let lead = ObjectSchema(
        name: "Lead", label: "Lead", labelPlural: "Leads", keyPrefix: "00Q", isMergeable: true,
        fields: head("Lead")
            + [
                .lookup("MasterRecordId", "Master Record ID", ["Lead"], as: "MasterRecord")
                    .readOnly()
            ] + personName(salutations: ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."])
            + [.text("Title", "Title", 128), .text("Company", "Company", 255).required()]
            + address("")
            + [
                .phone("Phone", "Phone"), .phone("MobilePhone", "Mobile Phone"),
                .phone("Fax", "Fax"), .email("Email", "Email").lookupKey(),
                .url("Website", "Website"), .area("Description", "Description", 32_000),
                .picklist("LeadSource", "Lead Source", leadSources),
                .picklist("Status", "Status", leadStatuses).required()
                    .defaulted("Open - Not Contacted"),
                .picklist("Industry", "Industry", industries),
                .picklist("Rating", "Rating", ratings),
                .number("AnnualRevenue", "Annual Revenue", .currency, 18, 0),
                .int("NumberOfEmployees", "Employees"),
            ] + leadConversion + tail(owners: ["Group", "User"])
            + [externalID, .text("Plan__c", "Plan", 255)])

    private static let leadStatuses = [
        "Open - Not Contacted", "Working - Contacted", "Closed - Converted",
        "Closed - Not Converted",
    ]

    private static let leadConversion: [FieldSchema] = [
        .checkbox("IsConverted", "Converted").notUpdateable(),
        .date("ConvertedDate", "Converted Date").readOnly(),
        .lookup(
            "ConvertedAccountId", "Converted Account ID", ["Account"], as: "ConvertedAccount"
        ).readOnly(),
        .lookup(
            "ConvertedContactId", "Converted Contact ID", ["Contact"], as: "ConvertedContact"
        ).readOnly(),
        .lookup(
            "ConvertedOpportunityId", "Converted Opportunity ID", ["Opportunity"],
            as: "ConvertedOpportunity"
        ).readOnly(),
        .checkbox("IsUnreadByOwner", "Unread By Owner"),
    ]

    private static func personName(salutations: [String]) -> [FieldSchema] {
        [
            .text("LastName", "Last Name", 80).required().part(of: "Name").extra("personname"),
            .text("FirstName", "First Name", 40).part(of: "Name").extra("personname"),
            .picklist("Salutation", "Salutation", salutations, length: 40).part(of: "Name")
                .extra("personname"),
            .text("Name", "Full Name", 121).required().readOnly().named().extra("personname"),
        ]
    }
}
