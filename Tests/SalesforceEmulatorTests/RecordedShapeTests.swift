import Foundation
import Testing

@testable import SalesforceEmulator

/// Answers that the emulator can give, against recorded ones, member by member.
@Suite(.enabled(if: Recordings.areAvailable, "set TIDEMARK_REFERENCE to hold against recordings"))
struct RecordedShapeTests {
    private func expect(
        _ answer: JSON, hasTheShapeOf path: String, extras: Bool = false
    ) throws {
        let recorded = try Recordings.json("\(path).json")
        #expect(Shape.differences(answer, recorded, extras: extras) == [], "\(path)")
    }

    /// The request that got a recorded answer.
    private func request(_ path: String) throws -> JSON {
        let index = try Recordings.json("index.json")
        let entry = index["fixtures"]?.array?.first { $0["file"] == .string("\(path).json") }
        return try #require(entry?["request"])
    }

    @Test func collectionsAnswerAsRecorded() async throws {
        try await withEmulator { server, client in
            let created = try await client.call(
                "POST", "/composite/sobjects", try request("collections/create_contacts_two_ok"))
            try expect(created.json, hasTheShapeOf: "collections/create_contacts_two_ok")
            #expect(created.json.array?.count == 2)
            let ids = created.json.array?.compactMap { $0["id"]?.string } ?? []
            let deleted = try await client.call(
                "DELETE", "/composite/sobjects?ids=" + ids.joined(separator: ","))
            try expect(deleted.json, hasTheShapeOf: "collections/delete_campaignmember_ok")
            let accounts = try server.org.seed("Account", [["Name": "a"]])
            let update = batch(
                "Account", [["Id": .string(accounts[0]), "NumberOfEmployees": "10000"]])
            let updated = try await client.call("PATCH", "/composite/sobjects", update)
            try expect(updated.json, hasTheShapeOf: "collections/update_accounts_ok")
            #expect(server.org.record("Account", id: accounts[0])?["NumberOfEmployees"] == 10_000)
        }
    }

    @Test(arguments: [
        ("upsert_contact_by_email_16_created", "Email"),
        ("upsert_contact_by_email_mixed_created_updated", "Email"),
        ("upsert_contact_by_id_null_ids_created", "Id"),
    ])
    func recordedUpsertsAreReplayed(name: String, key: String) async throws {
        let recorded = try Recordings.json("collections/\(name).json").array ?? []
        let body = try request("collections/\(name)")
        try await withEmulator { server, client in
            for (item, record) in zip(recorded, body["records"]?.array ?? [])
            where item["created"] == false {
                try server.org.seed(
                    "Contact", [["LastName": "before", "Email": record["Email"] ?? .null]])
            }
            let answer = try await client.call("PATCH", "/composite/sobjects/Contact/\(key)", body)
            #expect(answer.json.array?.map { $0["created"] } == recorded.map { $0["created"] })
            try expect(answer.json, hasTheShapeOf: "collections/\(name)")
            let emails = server.org.records(of: "Contact").compactMap { $0["Email"]?.string }
            #expect(emails.allSatisfy { $0 == $0.lowercased() })
        }
    }

    @Test func queriesAnswerAsRecorded() async throws {
        try await withEmulator { server, client in
            try server.org.seed(
                "Account", [["Name": "a", "AccountNumber": "420", "BillingCity": "x"]])
            try server.org.seed(
                "Lead", [["LastName": "a", "Company": "c", "City": "Tallahassee"]])
            try server.org.seed("Contact", [["LastName": "a", "Email": "A@b.com"]])
            for (statement, path, extras) in [
                ("SELECT FirstName,LastName FROM User LIMIT 1", "query/user_limit1", false),
                (
                    "select Name from Account where AccountNumber='420'",
                    "query/account_by_accountnumber", false
                ),
                ("select count(Id) from Account", "query/aggregate_count_id", false),
                ("select Email from Contact", "query/contact_emails_lowercased_readback", false),
                (
                    "SELECT Address, City, FirstName FROM Lead",
                    "query/leads_with_compound_address", true
                ),
                ("SELECT Id, Name, BillingAddress FROM Account", "query/account_all_fields", true),
            ] {
                let answer = try await client.query(statement)
                #expect(answer.status == 200, "\(answer.text)")
                try expect(answer.json, hasTheShapeOf: path, extras: extras)
            }
        }
    }

    @Test func singleRecordsAnswerAsRecorded() async throws {
        try await withEmulator { server, client in
            let created = try await client.call("POST", "/sobjects/Account", ["Name": "a"])
            try expect(created.json, hasTheShapeOf: "record/create_account_ok_2024")
            try expect(created.json, hasTheShapeOf: "record/create_topic_201")
            let id = created.json["id"]?.string ?? ""
            let account = try await client.call("GET", "/sobjects/Account/\(id)")
            try expect(account.json, hasTheShapeOf: "record/get_account_swiftly", extras: true)
            let lead = try server.org.seed("Lead", [["LastName": "a", "Company": "c"]])[0]
            try server.org.convert(lead: lead)
            let converted = try await client.call("GET", "/sobjects/Lead/\(lead)")
            try expect(converted.json, hasTheShapeOf: "record/get_converted_lead", extras: true)
            let update = try await client.call("PATCH", "/sobjects/Account/\(id)", ["Site": "x"])
            #expect(update.status == 204)
            #expect(update.text.isEmpty)
        }
    }

    @Test func upsertsOfOldVersionsAndOfManyMatchesAnswerAsRecorded() async throws {
        try await withEmulator { server, client in
            let headers = [
                ("Authorization", "Bearer \(client.token)"), ("Content-Type", "application/json"),
            ]
            func old(_ body: JSON) async throws -> Answer {
                try await client.send(
                    "PATCH", "/services/data/v37.0/sobjects/Contact/External_Id__c/k",
                    body: body.serialized(), headers: headers)
            }
            let created = try await old(["LastName": "a"])
            #expect(created.status == 201)
            try expect(
                created.json, hasTheShapeOf: "upsert/custom_external_id_201_created_old_version")
            let updated = try await old(["LastName": "b"])
            #expect(updated.status == 204)
            #expect(updated.text.isEmpty)
            try server.org.seed(
                "Contact",
                [["LastName": "x", "Email": "t@x.com"], ["LastName": "y", "Email": "t@x.com"]])
            for method in ["GET", "PATCH"] {
                let several = try await client.call(
                    method, "/sobjects/Contact/Email/t@x.com",
                    method == "GET" ? nil : ["Title": "x"])
                #expect(several.status == 300)
                try expect(several.json, hasTheShapeOf: "upsert/300_multiple_choices_array_of_urls")
                try expect(
                    several.json, hasTheShapeOf: "upsert/300_multiple_choices_go_salesforce_pr63")
            }
        }
    }

    @Test func compositesAnswerAsRecorded() async throws {
        try await withEmulator { server, client in
            func part(_ reference: String, _ path: String, _ more: [JSON.Member] = []) -> JSON {
                .object(
                    [
                        .init("method", more.isEmpty ? "GET" : "POST"),
                        .init("url", .string(APIClient.data + path)),
                        .init("referenceId", .string(reference)),
                    ] + more)
            }
            func send(_ parts: [JSON], allOrNone: Bool = false) async throws -> JSON {
                try await client.call(
                    "POST", "/composite",
                    ["allOrNone": .bool(allOrNone), "compositeRequest": .array(parts)]
                ).json.sorted
            }
            let chain = [
                part("billingScheduleForOrderId", "/query?q=SELECT Id FROM Account"),
                part(
                    "billingMilestonePlan", "/sobjects/Contact",
                    [.init("body", ["AccountId": "@{billingScheduleForOrderId.records[0].Id}"])]),
                part(
                    "billingMilestonePlanItems", "/sobjects/Contact",
                    [.init("body", ["ReportsToId": "@{billingMilestonePlan.id}"])]),
            ]
            #expect(
                try await send(chain)
                    == (try Recordings.json("composite/partial_success_processing_halted.json"))
                    .sorted)
            #expect(
                try await send(chain, allOrNone: true)
                    == (try Recordings.json("composite/all_error.json")).sorted)
            #expect(
                try await send([part("CCI__RefId__0__", "/sobjects/Foo")])
                    == (try Recordings.json("composite/unknown_sobject_404.json")).sorted)
            try server.org.seed("Account", [["Name": "Smith Corp."]])
            let query = part("q", "/query?q=SELECT Id FROM Account LIMIT 1")
            try expect(try await send([query]), hasTheShapeOf: "composite/four_queries_ok")
            let since: JSON = ["If-Modified-Since": "Thu, 03 Sep 2099 21:35:07 GMT"]
            let global: JSON = [
                "method": "GET", "url": .string(APIClient.data + "/sobjects"),
                "referenceId": "g", "httpHeaders": since,
            ]
            let unchanged = try await send([global])
            try expect(unchanged, hasTheShapeOf: "composite/describe_global_304_not_modified")
            #expect(unchanged["compositeResponse"]?[0]?["httpStatusCode"] == 304)
        }
    }

    @Test func moreErrorsAndResourcesAnswerAsRecorded() async throws {
        try await withEmulator { server, client in
            let contact = try server.org.seed("Contact", [["LastName": "x"]])[0]
            let update = batch("Contact", [["id": .string(contact), "Title": "x"]])
            let emails = try await client.call("PATCH", "/composite/sobjects", update)
            let recorded = try Recordings.json("errors/collections_invalid_email_address.json")
            #expect(Shape.members(emails.json) == Shape.members(recorded))
            let bad = try await client.call(
                "POST", "/composite/sobjects",
                batch("Contact", [["LastName": "x", "Email": "badone"]]))
            let error = try #require(bad.json[0]?["errors"]?[0])
            #expect(error["message"] == "Email: invalid email address: badone")
            let theirs = try #require(recorded[1]?["errors"]?[0])
            #expect(Shape.differences(error, theirs) == [])
            let unknown = try await client.call("GET", "/sobjects/Contact/rid")
            #expect(
                unknown.json.sorted
                    == (try Recordings.json("errors/404_external_id_field_does_not_exist.json"))
                    .sorted)
            let resources = try await client.call("GET", "")
            let listed = try Recordings.json("versions/resources_by_version_2015.json")
            // Jobs came later than the recording.
            for member in resources.json.members ?? [] where member.name != "jobs" {
                #expect(
                    listed[member.name] != nil || member.name == "composite", "\(member.name)")
            }
            server.org.inject(Fault(on: .composite, .emptyInternalError))
            let empty = try await client.call("POST", "/composite", ["compositeRequest": []])
            #expect(empty.status == 500)
            #expect(empty.text.isEmpty)
        }
    }
}
