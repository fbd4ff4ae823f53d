/// Opportunity, Case, User and the custom object Subscription__c.
extension ObjectSchema {
    static let stages = [
        "Prospecting", "Qualification", "Needs Analysis", "Value Proposition",
        "Id. Decision Makers", "Perception Analysis", "Proposal/Price Quote",
        "Negotiation/Review", "Closed Won", "Closed Lost",
    ]

    /// A deal; the stage sets probability, forecast and the closed marks.
    package static let opportunity = ObjectSchema(
        name: "Opportunity", label: "Opportunity", labelPlural: "Opportunities",
        keyPrefix: "006",
        fields: head("Opportunity")
            + [
                .lookup("AccountId", "Account ID", ["Account"], as: "Account"),
                .checkbox("IsPrivate", "Private"),
                .text("Name", "Name", 120).required().named().lookupKey(),
                .area("Description", "Description", 32_000),
                .picklist("StageName", "Stage", stages).required(),
                .number("Amount", "Amount", .currency, 18, 2),
                .number("Probability", "Probability (%)", .percent, 3, 0).defaulted(),
                .number("ExpectedRevenue", "Expected Amount", .currency, 18, 2).readOnly(),
                .number("TotalOpportunityQuantity", "Quantity", .double, 18, 2),
                .date("CloseDate", "Close Date").required(),
                .picklist(
                    "Type", "Opportunity Type",
                    [
                        "Existing Customer - Upgrade", "Existing Customer - Replacement",
                        "Existing Customer - Downgrade", "New Customer",
                    ]), .text("NextStep", "Next Step", 255),
                .picklist("LeadSource", "Lead Source", leadSources),
                .checkbox("IsClosed", "Closed").readOnly(), .checkbox("IsWon", "Won").readOnly(),
                .picklist(
                    "ForecastCategory", "Forecast Category",
                    ["Omitted", "Pipeline", "BestCase", "MostLikely", "Forecast", "Closed"],
                    length: 40
                ).restricted().required().readOnly(),
                .picklist(
                    "ForecastCategoryName", "Forecast Category",
                    ["Omitted", "Pipeline", "Best Case", "Commit", "Closed"]
                ).restricted().defaulted(),
                .lookup("ContactId", "Contact ID", ["Contact"], as: nil).notUpdateable(),
            ] + tail() + [externalID])

    /// A support case, numbered by the org.
    package static let `case` = ObjectSchema(
        name: "Case", label: "Case", labelPlural: "Cases", keyPrefix: "500",
        fields: head("Case")
            + [
                .lookup("MasterRecordId", "Master Record ID", ["Case"], as: "MasterRecord")
                    .readOnly(),
                .text("CaseNumber", "Case Number", 30).required().readOnly().defaulted().named()
                    .lookupKey().autoNumbered(),
                .lookup("ContactId", "Contact ID", ["Contact"], as: "Contact"),
                .lookup("AccountId", "Account ID", ["Account"], as: "Account"),
                .lookup("ParentId", "Parent Case ID", ["Case"], as: "Parent"),
                .text("SuppliedName", "Name", 80), .email("SuppliedEmail", "Email Address"),
                .text("SuppliedPhone", "Phone", 40), .text("SuppliedCompany", "Company", 80),
                .picklist(
                    "Type", "Case Type",
                    ["Mechanical", "Electrical", "Electronic", "Structural", "Other"], length: 40),
                .picklist(
                    "Status", "Status", ["New", "Working", "Escalated", "Closed"], length: 40
                ).defaulted("New"),
                .picklist(
                    "Reason", "Case Reason",
                    [
                        "Installation", "Equipment Complexity", "Performance", "Breakdown",
                        "Equipment Design", "Feedback", "Other",
                    ], length: 40),
                .picklist("Origin", "Case Origin", ["Phone", "Email", "Web"], length: 40),
                .text("Subject", "Subject", 255),
                .picklist("Priority", "Priority", ["High", "Medium", "Low"], length: 40)
                    .defaulted("Medium"),
                .area("Description", "Description", 32_000),
                .checkbox("IsClosed", "Closed").readOnly(),
                .dateTime("ClosedDate", "Closed Date").readOnly(),
                .checkbox("IsEscalated", "Escalated"),
                .area("Comments", "Internal Comments", 4_000),
            ] + tail(owners: ["Group", "User"]) + [externalID])

    /// A custom object, as an example of one.
    package static let subscription = ObjectSchema(
        name: "Subscription__c", label: "Subscription", labelPlural: "Subscriptions",
        keyPrefix: "a01",
        fields: head("Record")
            + [
                .text("Name", "Subscription Name", 80).defaulted().named().lookupKey(),
                externalID, .text("Plan__c", "Plan", 255),
                .lookup("Contact__c", "Contact", ["Contact"], as: "Contact__r"),
                .number("Monthly_Price__c", "Monthly Price", .currency, 18, 2),
                .number("Seats__c", "Seats", .double, 18, 0),
                .checkbox("Active__c", "Active"), .date("Renewal_Date__c", "Renewal Date"),
            ] + tail())

    /// Users are seeded with the org; the API cannot write them here.
    package static let user = ObjectSchema(
        name: "User", label: "User", labelPlural: "Users", keyPrefix: "005",
        fields: head("User")
            + [
                .text("Username", "Username", 80).required().readOnly().lookupKey(),
                .text("LastName", "Last Name", 80).required().readOnly(),
                .text("FirstName", "First Name", 40).readOnly(),
                .text("Name", "Full Name", 121).required().readOnly().named(),
                .email("Email", "Email").required().readOnly().lookupKey(),
                .checkbox("IsActive", "Active").readOnly(),
            ])
}
