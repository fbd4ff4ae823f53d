import Testing

@testable import Salesforce

/// What is asked again, and what is taken from the last time.
struct DescribeCacheTests {
    private static let modified = "Fri, 14 Aug 2020 20:53:02 GMT"

    /// Describes as of ``modified``, on `date`; 304 to whoever knows.
    private static func answer(_ request: SeenRequest, date: String) -> Reaction {
        if request.target.contains("token") { return .token(to: request) }
        guard request.headers["if-modified-since"] == nil else { return .answer(304, body: []) }
        let body = #"{"name":"Contact","fields":[{"name":"Id","type":"id"}]}"#
        return .answer(
            200, body: Array(body.utf8),
            headers: [
                "Content-Type: application/json", "Last-Modified: \(modified)", "Date: \(date)",
            ])
    }

    @Test func anObjectThatDidNotChangeIsNotDescribedWholeAgain() async throws {
        try await ScriptedServer.withRunning {
            Self.answer($0, date: "Fri, 14 Aug 2020 21:00:00 GMT")
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let first = try await client.describe("Contact")
                #expect(try await client.describe("contact") == first)
                #expect(try await client.describe("Contact", isContradicted: true) == first)
                #expect(
                    server.seen.filter { $0.target.contains("describe") }
                        .map { $0.headers["if-modified-since"] } == [nil, Self.modified, nil])
            }
        }
    }

    /// HTTP dates have seconds: what changed in the second of the answer could change again in it.
    @Test func aDescriptionOfThisVerySecondIsAskedForWholeAgain() async throws {
        try await ScriptedServer.withRunning {
            Self.answer($0, date: Self.modified)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                _ = try await client.describe("Contact")
                _ = try await client.describe("Contact")
                let asked = server.seen.filter { $0.target.contains("describe") }
                #expect(asked.count == 2)
                #expect(asked.allSatisfy { $0.headers["if-modified-since"] == nil })
            }
        }
    }
}

/// Asking the duplicate rules without saving anything.
struct DuplicateCheckTests {
    @Test func theRecordsThatRulesFindAreNamed() async throws {
        let found =
            #"{"objectApiName":"Contact","recordIds":["0031i000013x2TEAAY","0031i000013x2TE"],"#
            + #""duplicateResultInfos":{}}"#
        let answer =
            #"{"allowSave":false,"duplicateError":true,"duplicateRules":["DR"],"matches":["#
            + found + "]}"
        try await ScriptedServer.withRunning { request in
            request.target.contains("token") ? .token(to: request) : .json(answer)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let ids = try await client.duplicates(
                    of: "Contact", fields: ["LastName": .text("Lee")])
                #expect(ids.map(\.description) == ["0031i000013x2TEAAY"])
                let asked = try #require(server.seen.last)
                #expect(asked.method == "POST")
                #expect(asked.target.hasSuffix("/ui-api/predupe"))
                #expect(asked.body == #"{"apiName":"Contact","fields":{"LastName":"Lee"}}"#)
            }
        }
    }

    @Test func anAnswerWithoutMatchesIsNone() async throws {
        try await ScriptedServer.withRunning { request in
            request.target.contains("token") ? .token(to: request) : .json("{}")
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.duplicates(of: "Contact", fields: [:])
                }
                #expect(error?.disposition == .retry(after: nil))
            }
        }
    }
}
