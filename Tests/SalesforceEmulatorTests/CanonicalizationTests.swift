import Testing

@testable import SalesforceEmulator

/// One value written to a contact, and what reading it back gives.
struct Storing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let field: String
    let written: JSON
    let stored: JSON

    init(_ name: String, _ field: String, _ written: JSON, reads stored: JSON) {
        testDescription = name
        self.field = field
        self.written = written
        self.stored = stored
    }

    static let cases: [Storing] = [
        .init("text is trimmed", "Title", " \t Dr  No \n", reads: "Dr  No"),
        .init("no-break space stays", "Title", "\u{A0}x\u{A0}", reads: "\u{A0}x\u{A0}"),
        .init("empty is null", "Title", "", reads: nil),
        .init("only spaces is null", "Title", "   ", reads: nil),
        .init(
            "rich text gets entities", "Biography__c", "Tom & Jerry's <b>1 < 2</b>",
            reads: "Tom &amp; Jerry&#39;s <b>1 &lt; 2</b>"),
        .init(
            "rich text loses other tags", "Biography__c", "<blink>a</blink><script>b</script>",
            reads: "ab"),
        .init("entities stay", "Biography__c", "&amp;&#228;", reads: "&amp;&#228;"),
        .init("rich text of nothing is null", "Biography__c", "<blink> </blink>", reads: nil),
        .init("rich text keeps its spaces", "Biography__c", " a ", reads: " a "),
        .init(
            "email is lower-cased", "Email", "Chloe.Myers@Example.com",
            reads: "chloe.myers@example.com"),
        .init("external id keeps its case", "External_Id__c", "AbC", reads: "AbC"),
        .init("phone stays as given", "Phone", "2345678901", reads: "2345678901"),
        .init("inner newline stays", "MailingStreet", "a\nb", reads: "a\nb"),
        .init(
            "milliseconds are dropped", "Last_Seen__c", "2026-05-01T07:25:37.987Z",
            reads: "2026-05-01T07:25:37.000+0000"),
        .init(
            "offsets read as UTC", "Last_Seen__c", "2026-05-01T09:25:37+02:00",
            reads: "2026-05-01T07:25:37.000+0000"),
        .init("dates stay", "Birthdate", "1980-02-29", reads: "1980-02-29"),
        .init(
            "decimals beyond the scale stay", "Score__c", .number("1.23456"),
            reads: .number("1.23456")),
        .init("numbers show as doubles", "Score__c", 10_000, reads: .number("10000.0")),
        .init("numeric strings are numbers", "Score__c", "10000", reads: .number("10000.0")),
        .init("booleans stay", "VIP__c", true, reads: true),
        .init("boolean strings are booleans", "VIP__c", "true", reads: true),
        .init("a null checkbox is false", "VIP__c", nil, reads: false),
        .init(
            "multi-selects follow the definition", "Interests__c", "Wine;Books;Wine;Cars",
            reads: "Books;Cars;Wine"),
        .init("unknown choices follow", "Interests__c", "Zen;Books", reads: "Books;Zen"),
        .init("picklists take the defined spelling", "LeadSource", "web", reads: "Web"),
        .init("unrestricted picklists take others", "LeadSource", "Podcast", reads: "Podcast"),
        .init("unicode is not normalised", "Title", "e\u{301}", reads: "e\u{301}"),
    ]
}

@Suite struct CanonicalizationTests {
    @Test(arguments: Storing.cases)
    func storedAsSalesforceStoresIt(storing: Storing) throws {
        let org = Org(EmulatorOptions())
        let record = JSON.object([.init("LastName", "x"), .init(storing.field, storing.written)])
        let id = try org.seed("Contact", [record])[0]
        let read = try #require(org.record("Contact", id: id)?[storing.field])
        #expect(read.serialized() == storing.stored.serialized())
    }

    /// Documentation does not say whether a field of one line keeps a line end.
    @Test func aLineEndOnOneLineIsKeptOrASpace() throws {
        let org = Org(EmulatorOptions())
        let kept = try org.seed("Contact", [["LastName": "x", "Title": "a\r\nb"]])[0]
        #expect(org.record("Contact", id: kept)?["Title"] == "a\r\nb")
        org.set { $0.replacesLineEnds = true }
        let replaced = try org.seed("Contact", [["LastName": "x", "Title": "a\r\nb\nc"]])[0]
        #expect(org.record("Contact", id: replaced)?["Title"] == "a b c")
    }

    @Test func savingInTheBrowserReformatsWhatNobodyTouched() throws {
        let org = Org(EmulatorOptions())
        let id = try org.seed(
            "Contact",
            [
                [
                    "LastName": "x", "Phone": "12345678901", "Fax": "+12345678901",
                    "MailingStreet": "a\nb", "Biography__c": "text", "Score__c": .number("1.2345"),
                ]
            ])[0]
        try org.saveInBrowser("Contact", id: id)
        let record = try #require(org.record("Contact", id: id))
        #expect(record["Phone"] == "(234) 567-8901")
        #expect(record["Fax"] == "+12345678901")
        #expect(record["MailingStreet"] == "a\r\nb")
        #expect(record["Biography__c"] == "<p>text</p>")
        #expect(record["Score__c"] == .number("1.23"))
    }

    @Test func automationChangesWhatWasWrittenInTheSaveOrLater() throws {
        let org = Org(EmulatorOptions())
        org.add(
            Automation(object: "Contact", field: "Title") { title in
                .string("Dr. " + (title.string ?? "").replacing("Dr. ", with: ""))
            })
        org.add(
            Automation(object: "Contact", field: "MailingCity", moment: .later) { _ in "Bonn" })
        let id = try org.seed("Contact", [["LastName": "x", "Title": "No"]])[0]
        #expect(org.record("Contact", id: id)?["Title"] == "Dr. No")
        #expect(org.record("Contact", id: id)?["MailingCity"] == JSON.null)
        try org.runLaterAutomations()
        #expect(org.record("Contact", id: id)?["MailingCity"] == "Bonn")
        let saves = org.edits.count
        try org.runLaterAutomations()
        #expect(org.edits.count == saves)
    }

    @Test func statesAndCountriesHaveTextAndCode() throws {
        var options = EmulatorOptions()
        options.settings.hasStateAndCountryPicklists = true
        let org = Org(options)
        let id = try org.seed(
            "Account",
            [["Name": "x", "BillingCountry": "united states", "BillingStateCode": "CA"]])[0]
        let record = try #require(org.record("Account", id: id))
        #expect(record["BillingCountry"] == "United States")
        #expect(record["BillingCountryCode"] == "US")
        #expect(record["BillingState"] == "California")
        for wrong: JSON in [
            ["Name": "x", "BillingState": "Texas"], ["Name": "x", "BillingCountry": "Narnia"],
            ["Name": "x", "BillingCountry": "Italy", "BillingState": "Texas"],
        ] {
            #expect(throws: EmulatorError.self) { try org.seed("Account", [wrong]) }
        }
    }

    @Test func aPersonAccountsNameIsComputedAndCannotBeWritten() throws {
        var options = EmulatorOptions()
        options.settings.hasPersonAccounts = true
        let org = Org(options)
        let id = try org.seed("Account", [["FirstName": "Ada", "LastName": "Byron"]])[0]
        #expect(org.record("Account", id: id)?["Name"] == "Ada Byron")
        #expect(org.record("Account", id: id)?["IsPersonAccount"] == true)
        let business = try org.seed("Account", [["Name": "Acme"]])[0]
        let refused: [(String, JSON)] = [
            (id, ["Name": "x"]), (business, ["PersonEmail": "a@b.de"]), (business, ["Name": ""]),
        ]
        for (account, fields) in refused {
            #expect(throws: EmulatorError.self) { try org.edit("Account", id: account, fields) }
        }
    }

    @Test func aCustomLookupIsEmptiedWhenItsRecordGoes() throws {
        let org = Org(EmulatorOptions())
        let contact = try org.seed("Contact", [["LastName": "x"]])[0]
        let id = try org.seed("Subscription__c", [["Contact__c": .string(contact)]])[0]
        try org.delete("Contact", id: contact)
        #expect(org.record("Subscription__c", id: id)?["Contact__c"] == JSON.null)
    }

    @Test func fieldsOfTheRarerTypesStoreTheirOwnWay() throws {
        let org = Org(EmulatorOptions())
        let fields: [FieldSchema] = [
            .time("Opens__c", "Opens"), .formula("Copy__c", "Copy", repeating: "Title"),
            .text("Vault__c", "Vault", 20).shielded(), .text("Login__c", "Login", 80).lowerCased(),
            .area("Note__c", "Note", 4).countedInBytes(),
        ]
        for field in fields { org.add(field, to: "Contact") }
        let id = try org.seed(
            "Contact",
            [["LastName": "x", "Title": "y", "Opens__c": "07:25:00Z", "Login__c": "A@B.de"]])[0]
        let record = try #require(org.record("Contact", id: id))
        #expect(record["Opens__c"] == "07:25:00.000Z")
        #expect(record["Copy__c"] == "y")
        #expect(record["Login__c"] == "a@b.de")
        let refused: [JSON] = [
            ["LastName": "x", "Vault__c": "?????"], ["LastName": "x", "Note__c": "aéé"],
            ["LastName": "x", "Opens__c": "7:25"], ["LastName": "x", "Birthdate": "1699-12-31"],
        ]
        for record in refused {
            #expect(throws: EmulatorError.self) { try org.seed("Contact", [record]) }
        }
    }

    @Test func lookupsReadWithEighteenCharacters() throws {
        let org = Org(EmulatorOptions())
        let account = try org.seed("Account", [["Name": "Acme"]])[0]
        let short = String(account.prefix(15))
        let contact = try org.seed(
            "Contact", [["LastName": "x", "AccountId": .string(short)]])[0]
        #expect(org.record("Contact", id: contact)?["AccountId"] == .string(account))
    }

    @Test func namesAreComputed() throws {
        let org = Org(EmulatorOptions())
        let id = try org.seed("Contact", [["FirstName": "Ada", "LastName": "Lovelace"]])[0]
        #expect(org.record("Contact", id: id)?["Name"] == "Ada Lovelace")
        try org.edit("Contact", id: id, ["FirstName": nil])
        #expect(org.record("Contact", id: id)?["Name"] == "Lovelace")
    }

    @Test func aStageSetsWhatFollowsFromIt() throws {
        let org = Org(EmulatorOptions())
        let id = try org.seed(
            "Opportunity",
            [["Name": "x", "StageName": "Closed Won", "CloseDate": "2026-01-31", "Amount": 200]])[0]
        let record = try #require(org.record("Opportunity", id: id))
        #expect(record["IsClosed"] == true)
        #expect(record["IsWon"] == true)
        #expect(record["Probability"] == .number("100.0"))
        #expect(record["ExpectedRevenue"] == .number("200.0"))
        try org.edit("Opportunity", id: id, ["StageName": "Prospecting", "Probability": 33])
        let edited = try #require(org.record("Opportunity", id: id))
        #expect(edited["IsClosed"] == false)
        #expect(edited["Probability"] == .number("33.0"))
    }

    @Test func addressesReadAsCompoundsWithLowerCaseKeys() throws {
        let org = Org(EmulatorOptions())
        let id = try org.seed("Contact", [["LastName": "x", "MailingCity": "Bonn"]])[0]
        let record = try #require(org.record("Contact", id: id))
        #expect(record["MailingAddress"]?["city"] == "Bonn")
        #expect(record["MailingAddress"]?["street"] == JSON.null)
        #expect(record["OtherAddress"] == JSON.null)
    }
}
