import Testing

@testable import SalesforceEmulator

/// Three contacts, one of them at an account, for all query tests.
private func people() throws -> Org {
    let org = Org(EmulatorOptions())
    let account = try org.seed("Account", [["Name": "Acme", "External_Id__c": "acme"]])[0]
    try org.seed(
        "Contact",
        [
            [
                "FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com",
                "AccountId": .string(account), "Score__c": 1, "VIP__c": true,
                "Birthdate": "1815-12-10", "Interests__c": "Books;Music",
                "Last_Seen__c": "2026-05-01T07:25:37Z", "External_Id__c": "A-1",
            ],
            [
                "FirstName": "Alan", "LastName": "Turing", "Email": "alan@example.com",
                "Score__c": 2, "Birthdate": "1912-06-23", "Interests__c": "Sports",
                "Title": "100% O'Neil_\\",
            ],
            ["LastName": "Hopper", "Score__c": .number("2.5"), "Title": "100 percent"],
        ])
    return org
}

private func answer(_ org: Org, _ statement: String, all: Bool = false) throws -> JSON {
    try org.withState { (state) throws(Refusal) in
        try state.query(
            statement, includesDeleted: all, pageRowMax: 2_000, version: "v66.0")
    }
}

/// Last names that a WHERE clause finds, in order of creation.
private func names(_ org: Org, where clause: String) throws -> [String] {
    let json = try answer(org, "SELECT LastName FROM Contact WHERE \(clause)")
    return (json["records"]?.array ?? []).compactMap { $0["LastName"]?.string }
}

@Suite struct QueryEvaluationTests {
    @Test(arguments: [
        ("Email = 'ADA@example.com'", ["Lovelace"]),
        ("Email != 'ada@example.com'", ["Turing", "Hopper"]),
        ("Email = null", ["Hopper"]), ("Email = ''", ["Hopper"]),
        ("Email <> null", ["Lovelace", "Turing"]),
        ("Email IN ('ada@example.com', 'ALAN@example.com', 'x')", ["Lovelace", "Turing"]),
        ("Email NOT IN ('ada@example.com')", ["Turing", "Hopper"]),
        ("External_Id__c = 'a-1'", ["Lovelace"]),
        ("LastName LIKE '%o%'", ["Lovelace", "Hopper"]), ("FirstName LIKE 'A__'", ["Lovelace"]),
        ("Title LIKE '100\\%%'", ["Turing"]), ("Title LIKE '%\\_\\\\'", ["Turing"]),
        ("Title = '100% O\\'Neil_\\\\'", ["Turing"]), ("LastName = 'H\\u006Fpper'", ["Hopper"]),
        ("Score__c > 1 AND Score__c <= 2.5", ["Turing", "Hopper"]), ("Score__c = 2.0", ["Turing"]),
        ("Score__c < 0", []), ("VIP__c = true", ["Lovelace"]),
        ("VIP__c = null", ["Turing", "Hopper"]), ("Birthdate < 1900-01-01", ["Lovelace"]),
        ("Last_Seen__c = 2026-05-01T09:25:37+02:00", ["Lovelace"]),
        ("Interests__c INCLUDES ('Books;Music', 'Sports')", ["Lovelace", "Turing"]),
        ("Interests__c = 'Music;Books'", ["Lovelace"]),
        ("Interests__c EXCLUDES ('Sports')", ["Lovelace", "Hopper"]),
        ("Account.Name = 'acme'", ["Lovelace"]), ("Account.Name = null", ["Turing", "Hopper"]),
        ("(Score__c = 1 OR Score__c = 2) AND VIP__c = false", ["Turing"]),
        ("NOT (LastName = 'Turing' OR LastName = 'Hopper')", ["Lovelace"]),
        ("Contact.LastName = 'turing'", ["Turing"]),
        ("CreatedBy.IsActive = true AND Score__c = 1", ["Lovelace"]),
        ("Name = 'ada lovelace'", ["Lovelace"]),
    ])
    func conditionsFindWhatSOQLFinds(clause: String, expected: [String]) throws {
        #expect(try names(try people(), where: clause) == expected)
    }

    @Test(arguments: [
        ("Score__c DESC", ["Hopper", "Turing", "Lovelace"]),
        ("Email", ["Hopper", "Lovelace", "Turing"]),
        ("Email NULLS LAST", ["Lovelace", "Turing", "Hopper"]),
        ("Email DESC NULLS LAST, LastName", ["Turing", "Lovelace", "Hopper"]),
        ("LastName LIMIT 1 OFFSET 1", ["Lovelace"]),
    ])
    func rowsComeInTheOrderAsked(order: String, expected: [String]) throws {
        let json = try answer(try people(), "SELECT LastName FROM Contact ORDER BY \(order)")
        #expect((json["records"]?.array ?? []).compactMap { $0["LastName"]?.string } == expected)
    }

    @Test func relationshipsNestAndCountsCount() throws {
        let org = try people()
        let json = try answer(
            org, "SELECT Id, Account.Name, Account.Owner.Name FROM Contact LIMIT 2")
        let first = json["records"]?[0]
        #expect(first?["Account"]?["attributes"]?["type"] == "Account")
        #expect(first?["Account"]?["Name"] == "Acme")
        #expect(first?["Account"]?["Owner"]?["Name"] == "Integration User")
        #expect(json["records"]?[1]?["Account"] == JSON.null)
        let count = try answer(org, "select count() from Contact")
        #expect(count == ["totalSize": 3, "done": true, "records": []])
        let countOf = try answer(org, "SELECT COUNT(Email) FROM Contact")
        #expect(countOf["records"]?[0]?["expr0"] == 2)
    }

    @Test func deletedRowsShowInQueryAllOnly() throws {
        let org = try people()
        let id = try #require(org.records(of: "Contact")[0]["Id"]?.string)
        try org.delete("Contact", id: id)
        let statement = "SELECT LastName FROM Contact WHERE Email = 'ada@example.com'"
        #expect(try answer(org, statement)["totalSize"] == 0)
        #expect(try answer(org, statement, all: true)["totalSize"] == 1)
        let deleted = "SELECT Id FROM Contact WHERE IsDeleted = true"
        #expect(try answer(org, deleted, all: true)["totalSize"] == 1)
    }

    @Test func indexesFollowEdits() throws {
        let org = try people()
        let id = try #require(org.records(of: "Contact")[0]["Id"]?.string)
        #expect(try names(org, where: "LastName = 'Lovelace'") == ["Lovelace"])
        try org.edit("Contact", id: id, ["LastName": "King", "Email": "king@example.com"])
        #expect(try names(org, where: "LastName = 'Lovelace'") == [])
        #expect(try names(org, where: "LastName = 'King'") == ["King"])
        #expect(try names(org, where: "Email IN ('ada@example.com')") == [])
        #expect(try names(org, where: "Email IN ('king@example.com')") == ["King"])
        #expect(try names(org, where: "Id = '\(id.prefix(15))'") == ["King"])
    }

    /// Indexed search must equal a scan, whatever the records: the scan is the model.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func indexedSearchEqualsAScan(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let org = Org(EmulatorOptions())
        let words = ["a", "B", "b ", "c", "É", "é", "A-1", ""]
        let ids = try org.seed(
            "Contact",
            (0..<60).map { _ in
                ["LastName": "x", "Title": .string(words.randomElement(using: &random) ?? "")]
            })
        for _ in 0..<30 {
            let id = ids.randomElement(using: &random) ?? ids[0]
            let word = words.randomElement(using: &random) ?? ""
            try org.edit("Contact", id: id, ["Title": .string(word)])
            let wanted = words.randomElement(using: &random) ?? ""
            let indexed = try answer(org, "SELECT Id FROM Contact WHERE Title = '\(wanted)'")
            // A negated negation is evaluated row by row.
            let scanned = try answer(
                org, "SELECT Id FROM Contact WHERE NOT (Title != '\(wanted)')")
            #expect(indexed == scanned, "seed \(seed)")
        }
    }
}

@Suite struct QueryRefusalTests {
    @Test(arguments: [
        (
            "SELECT Id FROM Contact WHERE Email = 'a' AND Name = 'b' OR Name = 'c'",
            "MALFORMED_QUERY"
        ),
        ("SELECT Id FROM Contact WHERE Email = \"a\"", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'a", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'a\\q'", "MALFORMED_QUERY"),
        ("SELECT FROM Contact", "MALFORMED_QUERY"), ("SELECT Id", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact LIMIT x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Id IN ()", "MALFORMED_QUERY"),
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT Nope.Name FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Birthdate = '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Email = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Score__c = '5'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE VIP__c = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Id = 'nonsense'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact WHERE AccountId IN ('x')", "INVALID_QUERY_FILTER_OPERATOR"),
        (
            "SELECT Id FROM Contact WHERE Interests__c IN ('Books')",
            "INVALID_QUERY_FILTER_OPERATOR"
        ),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ])
    func badStatementsAreRefused(statement: String, code: String) throws {
        let refusal = try #require(throws: Refusal.self) {
            try answer(try people(), statement)
        }
        #expect(refusal.code == code)
        #expect(refusal.status == 400)
    }

    @Test func messagesNameTheFieldAndTheReason() throws {
        let org = try people()
        let long = try #require(throws: Refusal.self) {
            try answer(org, "SELECT Id FROM Contact WHERE Description = 'x'")
        }
        #expect(long.message.contains("field 'Description' can not be filtered in a query call"))
        let quoted = try #require(throws: Refusal.self) {
            try answer(org, "SELECT Id FROM Contact WHERE Birthdate = '2026-01-01'")
        }
        #expect(
            quoted.message.contains(
                "value of filter criterion for field 'Birthdate' must be of type date and should "
                    + "not be enclosed in quotes"))
        let id = try #require(throws: Refusal.self) {
            try answer(org, "SELECT Id FROM Contact WHERE Id = 'nonsense'")
        }
        #expect(id.message.contains("invalid ID field: nonsense"))
    }

    @Test func hiddenFieldsDoNotExist() throws {
        let org = try people()
        org.setHidden(true, field: "Email", of: "Contact")
        let refusal = try #require(throws: Refusal.self) {
            try answer(org, "SELECT Email FROM Contact")
        }
        #expect(refusal.message.contains("No such column 'Email' on entity 'Contact'"))
        org.setHidden(false, field: "Email", of: "Contact")
        #expect(try answer(org, "SELECT Email FROM Contact")["totalSize"] == 3)
    }
}

/// SplitMix64: the same seed gives the same run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
