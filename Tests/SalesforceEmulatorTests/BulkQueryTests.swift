import Testing

@testable import SalesforceEmulator

@Suite struct BulkQueryTests {
    private func start(
        _ client: APIClient, _ statement: String, _ operation: String = "query"
    ) async throws -> String {
        let answer = try await client.call(
            "POST", "/jobs/query",
            ["operation": .string(operation), "query": .string(statement)])
        #expect(answer.json["state"] == "UploadComplete", "\(answer.text)")
        return try #require(answer.json["id"]?.string)
    }

    @Test func aQueryJobAnswersInPages() async throws {
        try await withEmulator { server, client in
            let account = try server.org.seed("Account", [["Name": "A, \"B\""]])[0]
            try server.org.seed(
                "Contact",
                (0..<5).map { index in
                    [
                        "LastName": .string("n\(index)"), "AccountId": .string(account),
                        "Last_Seen__c": "2026-05-01T07:25:37Z",
                    ]
                })
            let id = try await start(
                client,
                "SELECT LastName, Phone, Account.Name, Last_Seen__c FROM Contact "
                    + "ORDER BY LastName")
            let info = try await client.wait(id, query: true)
            #expect(info["state"] == "JobComplete")
            #expect(info["numberRecordsProcessed"] == 5)
            let header = #""LastName","Phone","Account.Name","Last_Seen__c""#
            func row(_ index: Int) -> String {
                "\"n\(index)\",\"\",\"A, \"\"B\"\"\",\"2026-05-01T07:25:37.000Z\""
            }
            let path = "/jobs/query/\(id)/results?maxRecords=3"
            let first = try await client.call("GET", path)
            #expect(first.headers["sforce-numberofrecords"] == "3")
            #expect(
                first.text.split(separator: "\n").map(String.init) == [header] + (0..<3).map(row))
            let locator = try #require(first.headers["sforce-locator"])
            let second = try await client.call("GET", "\(path)&locator=\(locator)")
            #expect(second.headers["sforce-numberofrecords"] == "2")
            #expect(second.headers["sforce-locator"] == "null")
            #expect(
                second.text.split(separator: "\n").map(String.init) == [header] + (3..<5).map(row))
            let other = try await client.send(
                "GET", "/services/data/v60.0/jobs/query/\(id)/results",
                headers: [
                    ("Authorization", "Bearer \(client.token)")
                ])
            #expect(other.status == 409)
        }
    }

    @Test func queryAllSeesTheRecycleBinAndResultsStayAsTheyWere() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed("Contact", [["LastName": "a"], ["LastName": "b"]])
            try server.org.delete("Contact", id: ids[0])
            let id = try await start(client, "SELECT LastName, IsDeleted FROM Contact", "queryAll")
            _ = try await client.wait(id, query: true)
            try server.org.delete("Contact", id: ids[1])
            let answer = try await client.call("GET", "/jobs/query/\(id)/results")
            #expect(
                answer.text == "\"LastName\",\"IsDeleted\"\n\"a\",\"true\"\n\"b\",\"false\"\n")
        }
    }

    @Test(arguments: [
        ("SELECT COUNT() FROM Contact", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Id FROM Contact OFFSET 5", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT MailingAddress FROM Contact", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Nothing FROM Contact", "INVALID_FIELD"), ("SELECT", "MALFORMED_QUERY"),
    ])
    func statementsThatBulkCannotRunAreRefused(statement: String, code: String) async throws {
        try await withEmulator { _, client in
            let answer = try await client.call(
                "POST", "/jobs/query", ["operation": "query", "query": .string(statement)])
            #expect(answer.status == 400)
            #expect(answer.errorCode == code)
        }
    }

    @Test func aQueryJobCanBeHeldAbortedAndDeleted() async throws {
        try await withEmulator { server, client in
            server.org.holdBulkJobs()
            let id = try await start(client, "SELECT Id FROM Contact")
            let early = try await client.call("GET", "/jobs/query/\(id)/results")
            #expect(early.errorCode == "INVALIDJOBSTATE")
            #expect(try await client.setState(id, "Aborted", query: true).status == 200)
            #expect(try await client.call("DELETE", "/jobs/query/\(id)").status == 204)
        }
    }
}
