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

    /// Only its format and token a part has from the whole call.
    @Test func headersAreEachPartsOwn() async throws {
        try await withEmulator { server, client in
            let owner = "005ak0000000002AAA"
            server.org.setAssignmentOwner(owner, of: "Lead")
            let record: JSON = ["LastName": "x", "Company": "y"]
            let plain = subrequest("a", "POST", "/sobjects/Lead", record)
            let own = subrequest("b", "POST", "/sobjects/Lead", record)
                .adding("httpHeaders", ["Sforce-Auto-Assign": "false"])
            let answer = try await client.call(
                "POST", "/composite", ["compositeRequest": .array([plain, own])],
                [("Sforce-Auto-Assign", "FALSE")])
            let parts = answer.json["compositeResponse"]?.array ?? []
            let owners = parts.map { part in
                let id = part["body"]?["id"]?.string ?? ""
                return server.org.record("Lead", id: id)?["OwnerId"]?.string
            }
            #expect(owners == [owner, server.org.userID])
            let refused = try await composite(
                client, [plain.adding("httpHeaders", ["Content-Type": "application/json"])])
            #expect(refused.status == 400)
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

    @Test func referencesMustBeUnique() async throws {
        try await withEmulator { _, client in
            let twice = try await composite(
                client, (0..<2).map { _ in subrequest("same", "GET", "/limits") })
            #expect(twice.status == 400)
        }
    }

    @Test func faultsStrikeSubrequestsAndTheirItems() async throws {
        try await withEmulator { server, client in
            let pair = batch("Contact", [["LastName": "a"], ["LastName": "b"]])
            let parts = [
                subrequest("one", "POST", "/composite/sobjects", pair),
                subrequest("two", "POST", "/composite/sobjects", pair),
            ]
            func successes(_ answer: Answer) -> [[Bool]] {
                (answer.json["compositeResponse"]?.array ?? []).map { part in
                    (part["body"]?.array ?? []).map { $0["success"] == true }
                }
            }
            // A fault on the composite call counts the items of all its parts.
            server.org.inject(Fault(on: .composite, .lockRow(items: [1, 2])))
            #expect(
                successes(try await composite(client, parts)) == [[true, false], [false, true]])
            // A fault on the inner kind strikes one part.
            server.org.inject(Fault(on: .create, afterCalls: 1, .lockRow(items: [0])))
            #expect(
                successes(try await composite(client, parts)) == [[true, true], [false, true]])
            server.org.inject(
                Fault(on: .create, .status(500, code: "UNKNOWN_EXCEPTION", message: "x")))
            let answer = try await composite(client, parts)
            let statuses = answer.json["compositeResponse"]?.array?.map { $0["httpStatusCode"] }
            #expect(statuses == [500, 200])
            #expect(server.org.count(of: "Contact") == 7)
        }
    }

    @Test func aBatchCountsEachOfItsCallsAndHaltsWhenAsked() async throws {
        try await withEmulator { server, client in
            let parts: [JSON] = [
                [
                    "method": "POST", "url": "v66.0/sobjects/Account",
                    "richInput": ["Name": "Acme"],
                ],
                ["method": "GET", "url": "v66.0/sobjects/Nothing"],
                ["method": "GET", "url": "v66.0/limits"],
            ]
            let body: JSON = ["batchRequests": .array(parts)]
            let all = try await client.call("POST", "/composite/batch", body)
            #expect(all.json["hasErrors"] == true)
            let results = all.json["results"]?.array ?? []
            #expect(results.map { $0["statusCode"] } == [201, 404, 200])
            #expect(results[0]["result"]?["success"] == true)
            #expect(all.headers["sforce-limit-info"] == "api-usage=3/15000")
            let halting = try await client.call(
                "POST", "/composite/batch", body.adding("haltOnError", true))
            let last = halting.json["results"]?[2]
            #expect(last?["statusCode"] == 412)
            #expect(last?["result"]?[0]?["errorCode"] == "BATCH_PROCESSING_HALTED")
            #expect(server.org.count(of: "Account") == 2)
        }
    }
}
