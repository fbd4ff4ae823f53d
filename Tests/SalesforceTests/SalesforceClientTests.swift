import Records
import SalesforceEmulator
import Testing

@testable import Salesforce

/// The client against an org that behaves as the documentation says, over real HTTP.
struct SalesforceClientTests {
    @Test func identityAndLimitsTellTheOrgAndItsAllocation() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let identity = try await client.identity()
                #expect(identity.organizationID.description == server.org.organizationID)
                #expect(identity.userID.description == server.org.userID)
                #expect(identity.instanceURL == server.baseURL)
                #expect(client.usage.calls == 0)
                let report = try await client.limits()
                #expect(report.dailyAPIRequests?.max == 15_000)
                #expect(client.usage.calls == 1)
                #expect(client.usage.limit == 15_000)
                #expect(client.usage.used == server.org.usedCalls)
            }
        }
    }

    @Test func describeTellsTheFieldsThisUserMaySee() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let contact = try await client.describe("Contact")
                #expect(contact.name == "Contact")
                #expect(contact.keyPrefix == "003")
                #expect(contact.fields.filter(\.isRequiredOnCreate).map(\.name) == ["LastName"])
                #expect(contact.field("External_Id__c")?.isUniqueExternalID == true)
                #expect(contact.field("AccountId")?.relationshipName == "Account")
                server.org.setHidden(true, field: "Email", of: "Contact")
                #expect(try await client.describe("Contact").field("Email") == nil)
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.describe("Nothing__c")
                }
                #expect(error?.disposition == .stopObject)
            }
        }
    }

    /// The share is kept by the client itself, whoever calls; only the question how much is used
    /// goes out beyond it.
    @Test func noCallIsMadeBeyondTheShareOfTheAllocation() async throws {
        try await EmulatorServer.withRunning { server in
            var limits = ClientLimits()
            limits.allocationShare = 0.5
            server.org.setLimits(max: 20, used: 7)
            try await withClient(of: server.baseURL, limits: limits) { client in
                _ = try await client.describe("Contact")
                _ = try await client.describe("Account")
                let request = try CollectionsRequest.contacts("Lee")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error == .allocationShareUsed(limit: 20))
                #expect(error?.disposition == .pause(.requestShare))
                #expect(server.org.usedCalls == 9)
                #expect(server.org.truth.isEmpty)
                _ = try await client.limits()
                #expect(server.org.usedCalls == 10)
                server.org.setLimits(max: 20, used: 0)
                _ = try await client.limits()
                #expect(try await client.send(request).count == 1)
            }
        }
    }

    @Test func recordsAreCreatedUpdatedUpsertedAndDeleted() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let ids = try await Self.create(client)
                #expect(ids.count == 2)
                let update = try CollectionsRequest(
                    kind: .update, object: "Contact",
                    items: [
                        CollectionsItem(
                            recordID: ids[0], fields: ["FirstName": .text("É\"\\"), "Phone": .null])
                    ])
                #expect(try await client.send(update) == [.succeeded(ids[0], created: false)])
                let upsert = try CollectionsRequest(
                    kind: .upsert(field: "External_Id__c"), object: "Contact",
                    items: [
                        CollectionsItem(fields: [
                            "External_Id__c": .text("x-0"), "Title": .text("Dr"),
                        ]),
                        CollectionsItem(fields: [
                            "External_Id__c": .text("x-9"), "LastName": .text("New"),
                        ]),
                    ])
                let upserted = try await client.send(upsert)
                #expect(upserted[0] == .succeeded(ids[0], created: false))
                // The in-doubt case: the same bytes again make no second record.
                let again = try await client.send(upsert)
                #expect(again[1].id == upserted[1].id)
                #expect(server.org.count(of: "Contact") == 3)
                let first = try #require(server.org.record("Contact", id: ids[0].description))
                #expect(first["FirstName"] == .string("É\"\\"))
                #expect(first["Title"] == .string("Dr"))
                #expect(first["Phone"] == .null)
                let delete = try CollectionsRequest(
                    kind: .delete, object: "Contact",
                    items: ids.map { CollectionsItem(recordID: $0) })
                #expect(
                    try await client.send(delete) == ids.map { .succeeded($0, created: nil) })
                #expect(server.org.count(of: "Contact") == 1)
                // Deleting again finds them gone: to be looked at, not to be retried.
                let gone = try await client.send(delete)
                #expect(gone.allSatisfy { $0.error?.disposition == .observeAgain })
                #expect(client.usage.calls == server.org.usedCalls)
            }
        }
    }

    private static func create(_ client: SalesforceClient) async throws -> [RecordID] {
        let items = (0..<2).map { index in
            CollectionsItem(fields: [
                "LastName": .text("Person \(index)"), "External_Id__c": .text("x-\(index)"),
                "Phone": .text("123"), "Score__c": .number(DecimalNumber("12.5") ?? .init(0)),
            ])
        }
        let request = try CollectionsRequest(kind: .create, object: "Contact", items: items)
        return try await client.send(request).compactMap(\.id)
    }

    @Test func oneBadRecordDoesNotHoldBackTheOthers() async throws {
        try await EmulatorServer.withRunning { server in
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest(
                    kind: .create, object: "Contact",
                    items: [
                        CollectionsItem(fields: ["LastName": .text("A")]),
                        CollectionsItem(fields: ["FirstName": .text("B")]),
                        CollectionsItem(fields: ["LastName": .text("C"), "Nope__c": .text("x")]),
                    ])
                let results = try await client.send(request)
                #expect(results[0].id != nil)
                #expect(results[1].error?.code == "REQUIRED_FIELD_MISSING")
                #expect(results[1].error?.disposition == .park)
                #expect(results[2].error?.code == "INVALID_FIELD")
                #expect(results[2].error?.disposition == .stopObject)
                #expect(server.org.count(of: "Contact") == 1)
            }
        }
    }

    @Test func aParentIsReferencedByItsExternalID() async throws {
        try await EmulatorServer.withRunning { server in
            let accounts = try server.org.seed(
                "Account", [["Name": "Acme", "External_Id__c": "acme"]])
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest(
                    kind: .create, object: "Contact",
                    items: [
                        CollectionsItem(fields: [
                            "LastName": .text("A"), "Account.External_Id__c": .text("acme"),
                        ])
                    ])
                let id = try #require(try await client.send(request).first?.id)
                let record = try #require(server.org.record("Contact", id: id.description))
                #expect(record["AccountId"] == .string(accounts[0]))
                let query = try Query(
                    object: "Contact", fields: ["Account.External_Id__c", "Email"],
                    where: .equals(field: "Account.External_Id__c", .text("acme")))
                let found = try await client.query(query)
                #expect(found.map(\.id) == [id])
                #expect(
                    found.map(\.fields)
                        == [["Account.External_Id__c": .text("acme"), "Email": .null]])
            }
        }
    }

    /// 4,500 records in three pages, each record once.
    @Test func allPagesOfAQueryAreRead() async throws {
        try await EmulatorServer.withRunning { server in
            try server.org.seed(
                "Contact", (0..<4_500).map { ["LastName": .string("Person \($0)")] })
            try await withClient(of: server.baseURL) { client in
                let query = try Query(object: "Contact", fields: ["LastName"], where: nil)
                let records = try await client.query(query)
                #expect(Set(records.map(\.id)).count == 4_500)
                #expect(client.usage.calls == 3)
            }
        }
    }

    @Test func aLostCursorAsksForTheQueryAgain() async throws {
        try await EmulatorServer.withRunning { server in
            try server.org.seed(
                "Contact", (0..<2_100).map { ["LastName": .string("Person \($0)")] })
            server.org.inject(
                Fault(
                    on: .query, afterCalls: 1,
                    .status(400, code: "INVALID_QUERY_LOCATOR", message: "invalid query locator")))
            try await withClient(of: server.baseURL) { client in
                let query = try Query(object: "Contact", fields: ["LastName"], where: nil)
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.query(query)
                }
                #expect(error?.disposition == .retry(after: nil))
                #expect(try await client.query(query).count == 2_100)
            }
        }
    }

    /// Values with everything that needs quoting are found again by what was written.
    @Test func awkwardValuesAreFoundByTheQueryBuiltForThem() async throws {
        try await EmulatorServer.withRunning { server in
            let names = [
                "O'Brien", #"back\slash"#, #"\' OR Id != null"#, "100%_+&=;#?", "tab\tin", "é€😀",
                "a,b)(c", "\"quoted\"", "+1 (2) 3/4:5@6",
            ]
            try server.org.seed("Contact", names.map { ["LastName": .string($0)] })
            try await withClient(of: server.baseURL) { client in
                for name in names {
                    let query = try Query(
                        object: "Contact", fields: ["LastName"],
                        where: .equals(field: "LastName", Literal(.text(name), type: .string)))
                    let found = try await client.query(query)
                    #expect(found.map(\.fields) == [["LastName": .text(name)]], "\(name)")
                }
                let packed = try Query.pack(
                    object: "Contact", fields: ["LastName"],
                    wishes: names.map { [.equals(field: "LastName", .text($0))] })
                #expect(packed.queries.count == 1)
                #expect(try await client.query(packed.queries).count == names.count)
            }
        }
    }
}

extension CollectionsResult {
    fileprivate var id: RecordID? {
        if case .succeeded(let id, _) = self { return id }
        return nil
    }

    fileprivate var error: RecordError? {
        if case .failed(let error) = self { return error }
        return nil
    }
}
