import Records
import Testing

@testable import Salesforce

struct QueryTests {
    @Test func aQueryReadsTheIdAndEachFieldOnce() throws {
        let query = try Query(
            object: "Contact", fields: ["Email", "id", "email", "Account.External_Id__c"],
            where: .equals(field: "Email", .text("a@b.co")))
        #expect(
            query.soql
                == "SELECT Id,Email,Account.External_Id__c FROM Contact WHERE Email = 'a@b.co'")
    }

    @Test func compoundConditionsStandInParentheses() throws {
        let condition = Condition.and([
            .or([.equals(field: "A__c", .number(DecimalNumber(1))), .equals(field: "B__c", .null)]),
            .in(field: "C__c", [.text("x"), .text("y")]),
            .or([.equals(field: "D__c", .boolean(false))]),
        ])
        let query = try Query(object: "Lead", fields: [], where: condition)
        #expect(
            query.soql == "SELECT Id FROM Lead WHERE (A__c = 1 OR B__c = null) "
                + "AND C__c IN ('x','y') AND D__c = false")
    }

    @Test(arguments: [
        "", "1Name", "_x", "Name ", " Name", "Name,Id", "Name'", "Na-me", "Account.", ".Name",
        "Account..Name", "Name FROM User", "COUNT(Id)", "Nämé", "a.b.c.d.e.f.g",
        String(repeating: "a", count: 81),
    ])
    func whatIsNoNameIsRefused(name: String) {
        #expect(throws: SalesforceError.self) {
            try Query(object: "Contact", fields: [name], where: nil)
        }
        #expect(throws: SalesforceError.self) { try Query(object: name, fields: [], where: nil) }
        #expect(throws: SalesforceError.self) {
            try Query(object: "Contact", fields: [], where: .equals(field: name, .null))
        }
    }

    @Test func anObjectIsNotAPath() {
        #expect(throws: SalesforceError.self) {
            try Query(object: "Account.Name", fields: [], where: nil)
        }
    }

    @Test(arguments: [
        Condition.and([]), .or([]), .in(field: "Name", []),
        .in(field: "Name", [.text("a"), .null]),
        .equals(field: "Name", .text("")), .or([.and([])]),
    ])
    func conditionsThatWouldDisappearAreRefused(condition: Condition) {
        #expect(throws: SalesforceError.self) {
            try Query(object: "Contact", fields: [], where: condition)
        }
    }

    @Test func aQueryTooLongForACallIsRefused() {
        let literals = (0..<5_000).map { Literal.text("person\($0)@example.com") }
        #expect(throws: SalesforceError.self) {
            try Query(object: "Contact", fields: [], where: .in(field: "Email", literals))
        }
    }

    @Test func encodingSparesWhatAQueryMayCarry() throws {
        #expect(PercentEncoding.query("Email IN ('a@b.co','c')") == "Email+IN+('a@b.co','c')")
        #expect(PercentEncoding.query("a+b&c=d;e#f%g\"é") == "a%2Bb%26c%3Dd%3Be%23f%25g%22%C3%A9")
    }

    @Test func theByteCountIsThatOfTheEncoding() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let text = random.nastyText(lengthMax: 60)
            #expect(
                PercentEncoding.queryByteCount(text) == PercentEncoding.query(text).utf8.count,
                "seed \(random.seed)")
        }
    }
}
