import Testing

@testable import SalesforceEmulator

@Suite struct CompositeRoutesTests {
    private func subrequest(
        _ reference: String, _ method: String, _ path: String, _ body: JSON? = nil
    ) -> JSON {
        let json: JSON = [
            "method": .string(method), "url": .string(APIClient.data + path),
            "referenceId": .string(reference),
        ]
        return body.map { json.adding("body", $0) } ?? json
    }

    private func composite(
        _ client: APIClient, allOrNone: Bool = false, _ subrequests: [JSON]
    ) async throws -> Answer {
        try await client.call(
            "POST", "/composite",
            ["allOrNone": .bool(allOrNone), "compositeRequest": .array(subrequests)])
    }

    @Test func laterSubrequestsUseEarlierAnswers() async throws {
        try await withEmulator { server, client in
            let answer = try await composite(
                client,
                [
                    subrequest("acc", "POST", "/sobjects/Account", ["Name": "Acme"]),
                    subrequest(
                        "con", "POST", "/sobjects/Contact",
                        ["LastName": "x", "AccountId": "@{acc.id}"]),
                    subrequest(
                        "find", "GET", "/query?q=SELECT Id FROM Contact WHERE LastName = 'x'"),
                    subrequest(
                        "edit", "PATCH", "/sobjects/Contact/@{find.records[0].Id}",
                        ["Title": "Dr"]),
                ])
            #expect(answer.status == 200)
            let parts = answer.json["compositeResponse"]?.array ?? []
            #expect(parts.map { $0["httpStatusCode"] } == [201, 201, 200, 204])
            #expect(parts.map { $0["referenceId"] } == ["acc", "con", "find", "edit"])
            #expect(parts[3]["body"] == JSON.null)
            #expect(parts[0]["httpHeaders"]?["Location"] != nil)
            let contact = server.org.records(of: "Contact")[0]
            #expect(contact["AccountId"] == server.org.records(of: "Account")[0]["Id"])
            #expect(contact["Title"] == "Dr")
            #expect(server.org.usedCalls == 1)
        }
    }

    @Test func whatDependsOnAFailureIsHalted() async throws {
        try await withEmulator { server, client in
            let answer = try await composite(
                client,
                [
                    subrequest("bad", "POST", "/sobjects/Account", [:]),
                    subrequest(
                        "con", "POST", "/sobjects/Contact",
                        ["LastName": "x", "AccountId": "@{bad.id}"]),
                    subrequest("acc", "POST", "/sobjects/Account", ["Name": "x"]),
                    subrequest("none", "GET", "/sobjects/Account/@{acc.nothing}"),
                ])
            let parts = answer.json["compositeResponse"]?.array ?? []
            #expect(parts.map { $0["httpStatusCode"] } == [400, 400, 201, 400])
            #expect(
                parts[1]["body"]?[0] == [
                    "message": "Execution halted as previous operation (bad) was not successful.",
                    "errorCode": "PROCESSING_HALTED",
                ])
            #expect(
                parts[3]["body"]?[0]?["message"]?.string?.hasPrefix(
                    "Invalid reference specified. No value for acc.nothing found in acc.") == true)
            #expect(server.org.count(of: "Contact") == 0)
        }
    }

    @Test func allOrNoneRollsEverythingBack() async throws {
        try await withEmulator { server, client in
            let answer = try await composite(
                client, allOrNone: true,
                [
                    subrequest("a", "POST", "/sobjects/Account", ["Name": "x"]),
                    subrequest("b", "POST", "/sobjects/Contact", [:]),
                    subrequest("c", "POST", "/sobjects/Account", ["Name": "y"]),
                ])
            #expect(answer.status == 200)
            let parts = answer.json["compositeResponse"]?.array ?? []
            #expect(
                parts.map { $0["body"]?[0]?["errorCode"] } == [
                    "PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED",
                ])
            let halted =
                "The transaction was rolled back since another operation in the same transaction "
                + "failed."
            #expect(parts[0]["body"]?[0]?["message"] == .string(halted))
            #expect(server.org.count(of: "Account") == 0)
            #expect(server.org.truth.isEmpty)
        }
    }

    @Test func subrequestsAreLimited() async throws {
        try await withEmulator { _, client in
            let many = try await composite(
                client, (0..<26).map { subrequest("r\($0)", "GET", "/limits") })
            #expect(many.status == 400)
            let queries = (0..<6).map {
                subrequest("q\($0)", "GET", "/query?q=SELECT Id FROM Contact")
            }
            #expect(try await composite(client, queries).status == 400)
            #expect(try await composite(client, Array(queries.prefix(5))).status == 200)
        }
    }
}
