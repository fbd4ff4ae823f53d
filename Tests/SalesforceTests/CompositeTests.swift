import Records
import SalesforceEmulator
import Testing

@testable import Salesforce

/// Several requests in one call.
struct CompositeTests {
    @Test func fiveCollectionsAreOneCallAndEachHasItsOwnAnswer() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let requests = try (0..<5).map { part in
                    try CollectionsRequest(
                        kind: .create, object: "Contact",
                        items: (0..<200).map {
                            CollectionsItem(fields: ["LastName": .text("P\(part)-\($0)")])
                        })
                }
                let answers = await client.send(requests)
                #expect(client.usage.calls == 1)
                #expect(server.org.count(of: "Contact") == 1_000)
                for (part, answer) in answers.enumerated() {
                    let results = try answer.get()
                    for (index, result) in results.enumerated() {
                        guard case .succeeded(let id, _) = result else {
                            Issue.record("\(result)")
                            continue
                        }
                        let record = server.org.record("Contact", id: id.description)
                        #expect(record?["LastName"] == .string("P\(part)-\(index)"))
                    }
                }
            }
        }
    }

    @Test func aRequestThatIsRefusedHarmsNoneBesideIt() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let good = try CollectionsRequest.contacts("Lee")
                let bad = try CollectionsRequest(
                    kind: .create, object: "Contact",
                    items: [
                        CollectionsItem(fields: [
                            "LastName": .text("Fox"), "Birthdate": .text("yesterday"),
                        ])
                    ])
                let answers = await client.send([good, bad, good])
                #expect(try answers[0].get().count == 1)
                guard case .failure(let error) = answers[1] else {
                    Issue.record("not refused")
                    return
                }
                #expect(error.disposition == .split)
                #expect(try answers[2].get().count == 1)
                #expect(server.org.count(of: "Contact") == 2)
            }
        }
    }

    @Test func longQueriesAreReadPageByPageFiveACall() async throws {
        try await EmulatorServer.withRunning { server in
            try server.org.seed(
                "Contact",
                (0..<4_500).map { ["LastName": "Lee", "Email": .string("p\($0)@example.com")] })
            try await withClient(of: server.baseURL) { client in
                let packed = try Query.pack(
                    object: "Contact", fields: ["Email"],
                    wishes: (0..<5_000).map {
                        [.equals(field: "Email", .text("p\($0)@example.com"))]
                    })
                #expect(packed.queries.count == 3)
                let found = try await client.query(packed.queries)
                #expect(Set(found.map(\.id)).count == 4_500)
                #expect(client.usage.calls == 1)
                // More than one page of each of two: the second call reads both.
                let all = try Query(object: "Contact", fields: [], where: nil)
                #expect(try await client.query([all, all]).count == 9_000)
                #expect(client.usage.calls == 4)
            }
        }
    }

    @Test func aQueryThatIsRefusedRefusesTheLook() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let good = try Query(object: "Contact", fields: ["Email"], where: nil)
                let bad = try Query(object: "Contact", fields: ["Gone__c"], where: nil)
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.query([good, bad])
                }
                #expect(error?.disposition == .stopObject)
            }
        }
    }

    /// An answer that is not about every subrequest is about none.
    @Test(arguments: [
        #"{"compositeResponse":[]}"#,
        #"{"compositeResponse":[{"httpStatusCode":200,"referenceId":"r0","body":[]}]}"#,
        """
        {"compositeResponse":[{"httpStatusCode":200,"referenceId":"r0","body":[]},\
        {"httpStatusCode":200,"referenceId":"r0","body":[]}]}
        """,
        "{}",
    ])
    func anAnswerThatLacksOneLeavesAllInDoubt(_ text: String) async throws {
        try await ScriptedServer.withRunning { request in
            request.target == TokenEndpoint.path ? .token(to: request) : .json(text)
        } _: { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("Lee")
                for answer in await client.send([request, request]) {
                    guard case .failure(let error) = answer else {
                        Issue.record("believed")
                        continue
                    }
                    #expect(error.disposition == .inDoubt)
                }
            }
        }
    }

    @Test func writesCarryTheirRulesInTheirPartOfTheBody() throws {
        let rules = SavingRules(runsAssignmentRules: true, passesDuplicateAlerts: true)
        let composite = CompositeRequest([
            .init(method: "PATCH", path: "/a", body: Array("{}".utf8), saving: rules),
            .init(method: "DELETE", path: "/b", saving: .usual),
        ])
        #expect(
            String(decoding: composite.body, as: UTF8.self) == """
                {"allOrNone":false,"collateSubrequests":false,"compositeRequest":[\
                {"method":"PATCH","url":"/a","referenceId":"r0",\
                "httpHeaders":{"Sforce-Auto-Assign":"TRUE",\
                "Sforce-Duplicate-Rule-Header":"allowSave=true"},"body":{}},\
                {"method":"DELETE","url":"/b","referenceId":"r1",\
                "httpHeaders":{"Sforce-Auto-Assign":"FALSE"}}]}
                """)
    }

    /// The org's rules run only where they are asked for, alone and among others.
    @Test(arguments: [1, 3], [true, false])
    func recordsAreSavedUnderTheRulesOfTheirRequest(
        _ requestCount: Int, _ isAsked: Bool
    ) async throws {
        try await EmulatorServer.withRunning { server in
            let owner = "005ak0000000002AAA"
            server.org.setAssignmentOwner(owner, of: "Lead")
            server.org.add(
                DuplicateRule(
                    name: "Alert", object: "Lead", matchingRule: "Lead_MR", fields: ["Company"],
                    action: .alert))
            try server.org.seed("Lead", [["LastName": "First", "Company": "Acme"]])
            try await withClient(of: server.baseURL) { client in
                let rules = SavingRules(
                    runsAssignmentRules: isAsked, passesDuplicateAlerts: isAsked)
                let requests = try (0..<requestCount).flatMap { number in
                    try ["Acme", "Firm \(number)"].map { company in
                        try CollectionsRequest(
                            kind: .create, object: "Lead",
                            items: [
                                CollectionsItem(fields: [
                                    "LastName": .text("Lee"), "Company": .text(company),
                                ])
                            ], saving: rules)
                    }
                }
                // One by one, or three in a call.
                for start in stride(from: 0, to: requests.count, by: requestCount) {
                    _ = await client.send(Array(requests[start..<(start + requestCount)]))
                }
            }
            let made = server.org.records(of: "Lead").filter { $0["LastName"] == "Lee" }
            #expect(made.count == (isAsked ? 2 : 1) * requestCount)
            let owners = Set(made.map { $0["OwnerId"]?.string })
            #expect(owners == [isAsked ? owner : server.org.userID])
        }
    }

    @Test func theSameSubrequestsAreTheSameBytes() throws {
        let request = try CollectionsRequest.contacts("Ä")
        let composite = CompositeRequest([
            .init(
                method: "POST", path: "/services/data/v64.0/composite/sobjects",
                body: request.body),
            .init(method: "GET", path: "/services/data/v64.0/query?q=SELECT+Id+FROM+Contact"),
        ])
        #expect(
            String(decoding: composite.body, as: UTF8.self) == """
                {"allOrNone":false,"collateSubrequests":false,"compositeRequest":[\
                {"method":"POST","url":"/services/data/v64.0/composite/sobjects",\
                "referenceId":"r0","body":{"allOrNone":false,"records":[\
                {"attributes":{"type":"Contact"},"LastName":"Ä"}]}},\
                {"method":"GET","url":"/services/data/v64.0/query?q=SELECT+Id+FROM+Contact",\
                "referenceId":"r1"}]}
                """)
    }
}
