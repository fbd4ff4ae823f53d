import Testing

@testable import SalesforceEmulator

@Suite struct RecordRoutesTests {
    @Test func aRecordLivesThroughCreateReadUpdateDelete() async throws {
        try await withEmulator { server, client in
            let created = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "Ada", "Email": "ada@example.com"])
            #expect(created.status == 201)
            let id = try #require(created.json["id"]?.string)
            #expect(created.json == ["id": .string(id), "success": true, "errors": []])
            let path = "/sobjects/Contact/\(id)"
            #expect(created.headers["location"] == APIClient.data + path)

            let read = try await client.call("GET", path + "?fields=LastName,Email")
            #expect(read.json["LastName"] == "Ada")
            #expect(read.json["attributes"]?["url"] == .string(APIClient.data + path))

            let updated = try await client.call("PATCH", path, ["LastName": "Bea", "Email": nil])
            #expect(updated.status == 204)
            #expect(updated.text.isEmpty)
            #expect(server.org.record("Contact", id: id)?["Email"] == JSON.null)

            #expect(try await client.call("DELETE", path).status == 204)
            let again = try await client.call("DELETE", path)
            #expect(again.status == 404)
            #expect(again.errorCode == "ENTITY_IS_DELETED")
            let gone = try await client.call("GET", path)
            #expect(gone.status == 404)
            #expect(gone.errorCode == "NOT_FOUND")
            let late = try await client.call("PATCH", path, ["LastName": "x"])
            #expect(late.errorCode == "ENTITY_IS_DELETED")
            #expect(server.org.truth.map(\.kind) == [.create, .update, .delete])
        }
    }

    @Test func idsThatNameNothingAreToldApart() async throws {
        try await withEmulator { _, client in
            let bad = try await client.call("GET", "/sobjects/Contact/23foo")
            #expect(bad.status == 404)
            #expect(
                bad.message
                    == "Provided external ID field does not exist or is not accessible: 23foo")
            let never = try await client.call(
                "PATCH", "/sobjects/Contact/003ak0000000009AAA", ["LastName": "x"])
            #expect(never.status == 404)
            #expect(never.errorCode == "INVALID_CROSS_REFERENCE_KEY")
            let unknown = try await client.call("GET", "/sobjects/Foo")
            #expect(
                unknown.json == [
                    [
                        "message": "The requested resource does not exist",
                        "errorCode": "NOT_FOUND",
                    ]
                ])
        }
    }

    /// A client that sends an id where none belongs must not get away with it.
    @Test func anIdInTheBodyIsRefused() async throws {
        try await withEmulator { server, client in
            let id = "003ak0000000009AAA"
            let created = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "x", "Id": .string(id)])
            #expect(created.status == 400)
            #expect(created.errorCode == "INVALID_FIELD_FOR_INSERT_UPDATE")
            let together = try await client.call(
                "POST", "/composite/sobjects",
                [
                    "records": [
                        ["attributes": ["type": "Contact"], "LastName": "x", "id": .string(id)],
                        ["attributes": ["type": "Contact"], "LastName": "y"],
                    ]
                ])
            #expect(together.json.array?.map { $0["success"] } == [false, true])
            let own = try #require(server.org.records(of: "Contact").first?["Id"])
            let updated = try await client.call(
                "PATCH", "/sobjects/Contact/\(own.string ?? "")", ["LastName": "z", "Id": own])
            #expect(updated.status == 400)
            #expect(
                updated.message == "The Id field should not be specified in the sobject data.")
            #expect(server.org.records(of: "Contact").map { $0["LastName"] } == ["y"])
        }
    }

    @Test func anUpsertCreatesThenUpdates() async throws {
        try await withEmulator { server, client in
            let path = "/sobjects/Contact/External_Id__c/" + APIClient.encoded("a/b ü")
            let created = try await client.call("PATCH", path, ["LastName": "x"])
            #expect(created.status == 201)
            #expect(created.json["created"] == true)
            let updated = try await client.call(
                "PATCH", "/sobjects/Contact/External_Id__c/" + APIClient.encoded("A/B Ü"),
                ["LastName": "y"])
            #expect(updated.status == 200)
            #expect(updated.json["created"] == false)
            #expect(updated.json["id"] == created.json["id"])
            let records = server.org.records(of: "Contact")
            #expect(records.map { $0["External_Id__c"] } == ["a/b ü"])
            #expect(records.map { $0["LastName"] } == ["y"])
        }
    }

    @Test func severalMatchesAnswer300WithUrlsAndWriteNothing() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed(
                "Contact",
                [
                    ["LastName": "a", "Email": "x@example.com"],
                    ["LastName": "b", "Email": "x@example.com"],
                ])
            let answer = try await client.call(
                "PATCH", "/sobjects/Contact/Email/X@example.com", ["LastName": "c"])
            #expect(answer.status == 300)
            let urls = ids.map { "\(APIClient.data)/sobjects/Contact/\($0)" }
            #expect(answer.json == .strings(urls))
            #expect(server.org.truth.isEmpty)
        }
    }

    @Test func upsertsCanBeHeldToUpdatesAndNeedAKey() async throws {
        try await withEmulator { server, client in
            let only = try await client.call(
                "PATCH", "/sobjects/Contact/External_Id__c/none?updateOnly=true",
                ["LastName": "x"])
            #expect(only.status == 404)
            let field = try await client.call(
                "PATCH", "/sobjects/Contact/Namez/none", ["LastName": "x"])
            #expect(
                field.message
                    == "Provided external ID field does not exist or is not accessible: Namez")
            let id = try server.org.seed("Account", [["Name": "Acme"]])[0]
            let byID = try await client.call(
                "PATCH", "/sobjects/Account/Id/\(id)?updateOnly=true", ["Name": "Ace"])
            #expect(byID.status == 200)
            #expect(byID.json["created"] == false)
            let keyInBody = try await client.call(
                "PATCH", "/sobjects/Contact/External_Id__c/n",
                ["LastName": "x", "External_Id__c": "n"])
            #expect(keyInBody.status == 400)
            #expect(server.org.count(of: "Contact") == 0)
        }
    }

    @Test func timesAreWholeSecondsAndMoveWithEverySave() async throws {
        let clock = TestClock(1_000_000_000_000)
        var options = EmulatorOptions()
        options.now = { clock.now }
        let org = Org(options)
        clock.now = 1_777_620_337_987
        let id = try org.seed("Contact", [["LastName": "x"]])[0]
        #expect(
            org.record("Contact", id: id)?["CreatedDate"] == "2026-05-01T07:25:37.000+0000")
        clock.now += 60_000
        try org.edit("Contact", id: id, ["LastName": "x"])
        let record = try #require(org.record("Contact", id: id))
        #expect(record["CreatedDate"] == "2026-05-01T07:25:37.000+0000")
        #expect(record["SystemModstamp"] == "2026-05-01T07:26:37.000+0000")
        #expect(org.edits.map(\.isNoOp) == [false, true])
    }
}
