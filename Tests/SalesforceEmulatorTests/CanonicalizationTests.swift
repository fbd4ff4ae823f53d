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
