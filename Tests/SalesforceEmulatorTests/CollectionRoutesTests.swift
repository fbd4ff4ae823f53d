import Testing

@testable import SalesforceEmulator

@Suite struct CollectionRoutesTests {
    @Test func itemsFailAloneAndKeepTheirPlaces() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed("Contact", [["LastName": "a"], ["LastName": "b"]])
            let answer = try await client.call(
                "PATCH", "/composite/sobjects",
                batch(
                    "Contact",
                    [
                        ["id": .string(ids[0]), "LastName": "A"], ["LastName": "no id"],
                        ["id": "003ak00000luKU1AAM", "LastName": "never was"],
                        ["id": "nonsense", "LastName": "x"],
                        ["id": .string(String(ids[1].prefix(15))), "LastName": "B"],
                    ]))
            #expect(answer.status == 200)
            let codes = (answer.json.array ?? []).map {
                $0["errors"]?[0]?["statusCode"]?.string
            }
            #expect(
                codes == [
                    nil, "MISSING_ARGUMENT", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID", nil,
                ])
            #expect(answer.json[0] == ["id": .string(ids[0]), "success": true, "errors": []])
            #expect(answer.json[4]?["id"] == .string(ids[1]))
            #expect(server.org.records(of: "Contact").map { $0["LastName"] } == ["A", "B"])
        }
    }

    @Test func allOrNoneTakesTheOthersBack() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "a"]])[0]
            let update = try await client.call(
                "PATCH", "/composite/sobjects",
                batch(
                    "Contact", allOrNone: true,
                    [["id": .string(id), "LastName": "A"], ["LastName": "no id"]]))
            #expect(update.status == 200)
            #expect(
                update.json[0]?["errors"]?[0]?["statusCode"]
                    == "ALL_OR_NONE_OPERATION_ROLLED_BACK")
            #expect(update.json[1]?["errors"]?[0]?["statusCode"] == "MISSING_ARGUMENT")
            let create = try await client.call(
                "POST", "/composite/sobjects",
                batch(
                    "Contact", allOrNone: true,
                    [["LastName": "b", "External_Id__c": "b"], ["FirstName": "x"]]))
            #expect(create.json[0]?["success"] == false)
            #expect(server.org.records(of: "Contact").map { $0["LastName"] } == ["a"])
            #expect(server.org.truth.isEmpty)
            #expect(server.org.statistics.recordsWritten == 0)
            // The index forgot the value too.
            let free = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "b", "External_Id__c": "b"])
            #expect(free.status == 201)
        }
    }

    @Test func upsertsFoldCaseAndSayWhatTheyCreated() async throws {
        try await withEmulator { server, client in
            try server.org.seed("Contact", [["LastName": "a", "Email": "michael@example.com"]])
            let answer = try await client.call(
                "PATCH", "/composite/sobjects/Contact/Email",
                batch(
                    "Contact",
                    [
                        ["LastName": "b", "Email": "Michael@example.com"],
                        ["LastName": "c", "Email": "New@example.com"],
                        ["LastName": "d", "Email": nil],
                    ]))
            #expect((answer.json.array ?? []).map { $0["created"] } == [false, true, true])
            let records = server.org.records(of: "Contact")
            #expect(records.map { $0["LastName"] } == ["b", "c", "d"])
            #expect(
                records.map { $0["Email"] } == ["michael@example.com", "new@example.com", .null])
        }
    }

    @Test func theSameKeyTwiceFailsBoth() async throws {
        try await withEmulator { server, client in
            let answer = try await client.call(
                "PATCH", "/composite/sobjects/Contact/External_Id__c",
                batch(
                    "Contact",
                    [
                        ["LastName": "a", "External_Id__c": "K"],
                        ["LastName": "b", "External_Id__c": "other"],
                        ["LastName": "c", "External_Id__c": "k"],
                    ]))
            let codes = (answer.json.array ?? []).map {
                $0["errors"]?[0]?["statusCode"]?.string
            }
            #expect(codes == ["DUPLICATE_VALUE", nil, "DUPLICATE_VALUE"])
            let id = try #require(server.org.records(of: "Contact")[0]["Id"]?.string)
            let update = try await client.call(
                "PATCH", "/composite/sobjects",
                batch(
                    "Contact",
                    [
                        ["id": .string(id), "LastName": "1"],
                        ["id": .string(String(id.prefix(15))), "LastName": "2"],
                    ]))
            #expect((update.json.array ?? []).map { $0["success"] } == [false, false])
        }
    }

    @Test func deletesTakeIdsOfSeveralObjects() async throws {
        try await withEmulator { server, client in
            let contact = try server.org.seed("Contact", [["LastName": "a"]])[0]
            let account = try server.org.seed("Account", [["Name": "a"]])[0]
            let path = "/composite/sobjects?ids=\(contact),\(account)"
            let first = try await client.call("DELETE", path)
            #expect(
                (first.json.array ?? []).map { $0["id"] } == [.string(contact), .string(account)])
            let second = try await client.call("DELETE", path)
            #expect(second.status == 200)
            #expect(second.json[0]?["errors"]?[0]?["statusCode"] == "ENTITY_IS_DELETED")
        }
    }

    @Test func callsOutsideTheLimitsAreRefusedWhole() async throws {
        try await withEmulator { server, client in
            func post(_ json: JSON) async throws -> Answer {
                try await client.call("POST", "/composite/sobjects", json)
            }
            let empty = try await post(["records": []])
            #expect(empty.status == 400)
            #expect(
                empty.json == [
                    [
                        "message": "At least 1 record is required",
                        "errorCode": "REQUIRED_FIELD_MISSING",
                    ]
                ])
            let many = try await post(
                batch("Contact", [JSON](repeating: ["LastName": "x"], count: 201)))
            #expect(many.status == 400)
            let types = (0..<11).map { index -> JSON in
                let type = index.isMultiple(of: 2) ? "Contact" : "Lead"
                return [
                    "attributes": ["type": .string(type)], "LastName": "x",
                    "Company": "y",
                ]
            }
            let chunks = try await post(["records": .array(types)])
            #expect(chunks.status == 400)
            #expect(chunks.message?.contains("10 chunks") == true)
            let broken = try await client.send(
                "POST", APIClient.data + "/composite/sobjects", body: Array("{".utf8),
                headers: [
                    ("Authorization", "Bearer \(client.token)"),
                    ("Content-Type", "application/json"),
                ])
            #expect(broken.errorCode == "JSON_PARSER_ERROR")
            #expect(server.org.truth.isEmpty)
        }
    }

    @Test func retrieveKeepsTheOrderOfIds() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed("Contact", [["LastName": "a"], ["LastName": "b"]])
            let answer = try await client.call(
                "POST", "/composite/sobjects/Contact",
                [
                    "ids": .strings([ids[1], "003ak00000luKU1AAM", ids[0]]),
                    "fields": ["LastName"],
                ])
            #expect((answer.json.array ?? []).map { $0["LastName"] } == ["b", nil, "a"])
            #expect(answer.json[1] == JSON.null)
        }
    }

    @Test func hiddenRecordsAreNeitherFoundNorWritten() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "a", "External_Id__c": "k"]])[0]
            server.org.setHidden(true, record: id)
            #expect(try await client.query("SELECT Id FROM Contact").json["totalSize"] == 0)
            let update = try await client.call(
                "PATCH", "/composite/sobjects",
                batch("Contact", [["id": .string(id), "LastName": "b"]]))
            #expect(
                update.json[0]?["errors"]?[0]?["statusCode"]
                    == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
            let upsert = try await client.call(
                "PATCH", "/sobjects/Contact/External_Id__c/k", ["LastName": "b"])
            #expect(upsert.errorCode == "DUPLICATE_VALUE")
            #expect(upsert.message?.contains("<unknown>") == true)
        }
    }
}
