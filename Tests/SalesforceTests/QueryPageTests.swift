import Records
import Testing

@testable import Salesforce

struct QueryPageTests {
    private let query: Query

    init() throws {
        query = try Query(
            object: "Contact", fields: ["Email", "Score__c", "Account.External_Id__c"], where: nil)
    }

    private func page(_ body: String) throws -> QueryPage {
        try QueryPage(ExactJSON.parse(Array(body.utf8)), of: query)
    }

    @Test func emptySelectedFieldsAreNullAndOthersAbsent() throws {
        let page = try page(
            """
            {"totalSize":2,"done":true,"records":[
            {"attributes":{"type":"Contact","url":"/x"},"Id":"003ak00000luKU1AAM","Email":null,
            "Score__c":1.0E7,"Account":null,"Other__c":1},
            {"Id":"003ak00000luKU2AAM","email":"a@b.co","Score__c":123456789012345678,
            "Account":{"attributes":{"type":"Account"},"External_Id__c":"x-1"}}]}
            """)
        #expect(page.next == nil)
        #expect(page.totalSize == 2)
        let large = try #require(DecimalNumber("123456789012345678"))
        #expect(
            page.records.map(\.fields) == [
                [
                    "Email": .null, "Score__c": .number(DecimalNumber(10_000_000)),
                    "Account.External_Id__c": .null,
                ],
                [
                    "Email": .text("a@b.co"), "Score__c": .number(large),
                    "Account.External_Id__c": .text("x-1"),
                ],
            ])
        #expect(page.records.map(\.id.description) == ["003ak00000luKU1AAM", "003ak00000luKU2AAM"])
    }

    @Test func theNextPageIsAPathOnTheSameInstance() throws {
        let page = try page(
            #"{"totalSize":2086,"done":false,"records":[],"#
                + #""nextRecordsUrl":"/services/data/v59.0/query/0r8xx5R2yF2gs3VASQ-2000"}"#)
        #expect(page.next == "/services/data/v59.0/query/0r8xx5R2yF2gs3VASQ-2000")
    }

    @Test(arguments: [
        "https://evil.com/services/data/v59.0/query/x", "//evil.com/services/data/v59.0/query/x",
        "@evil.com/services/data/v59.0/query/x", ".evil.com/services/data/v59.0", "", "/query/x",
        "/services/data/v59.0/../../../evil", "/services/data/v59.0/query/x y",
        "/services/data/v59.0/query/x#y", "/services/data/v59.0/query/x\\r\\nHost: e",
        "/services/data@evil.com/", "/services/data/v59.0/query/\\\\x",
    ])
    func aLinkThatLeadsAwayIsNotFollowed(link: String) {
        let error = #expect(throws: SalesforceError.self) {
            try page(#"{"totalSize":1,"done":false,"records":[],"nextRecordsUrl":"\#(link)"}"#)
        }
        #expect(error?.disposition == .retry(after: nil))
    }

    @Test(arguments: [
        "[]", "{}", #"{"totalSize":1,"done":true}"#, #"{"done":true,"records":[]}"#,
        #"{"totalSize":1,"records":[]}"#, #"{"totalSize":1,"done":false,"records":[]}"#,
        #"{"totalSize":1,"done":true,"records":[{}]}"#,
        #"{"totalSize":1,"done":true,"records":[1]}"#,
        #"{"totalSize":1,"done":true,"records":[{"Id":"003ak00000luKU1AAM"}]}"#,
        #"{"totalSize":1,"done":true,"records":[{"Id":"x","Email":null,"Score__c":1,"Account":null}]}"#,
        #"{"totalSize":1,"done":true,"records":[{"Id":"003ak00000luKU1AAM","Email":null,"Score__c":1}]}"#,
        #"{"totalSize":"1","done":true,"records":[]}"#,
    ])
    func aPageThatLacksAnythingIsNotHalfRead(body: String) {
        #expect(throws: SalesforceError.self) { try page(body) }
    }
}
