import Testing

@testable import SalesforceEmulator

/// What people and administrators do to an org while a mirror writes to it.
@Suite struct PeopleTests {
    @Test func aMergedRecordNamesItsWinnerInQueryAll() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed(
                "Contact",
                [["LastName": "a"], ["LastName": "b", "External_Id__c": "k"], ["LastName": "c"]])
            let answer = try await client.control(
                "POST", "records/Contact/\(ids[0])/merge",
                [
                    "losers": .strings([ids[1], ids[2]]), "fields": ["External_Id__c": "k"],
                ])
            #expect(answer.status == 204, "\(answer.text)")
            let statement = "SELECT Id, MasterRecordId, IsDeleted FROM Contact ORDER BY LastName"
            let all = try await client.query(statement, all: true)
            let records = all.json["records"]?.array ?? []
            #expect(
                records.map { $0["MasterRecordId"] } == [.null, .string(ids[0]), .string(ids[0])])
            #expect(records.map { $0["IsDeleted"] } == [false, true, true])
            #expect(try await client.query(statement).json["totalSize"] == 1)
            #expect(server.org.record("Contact", id: ids[0])?["External_Id__c"] == "k")
            let update = try await client.call(
                "PATCH", "/sobjects/Contact/\(ids[1])", ["Title": "x"])
            #expect(update.status == 404)
            #expect(update.errorCode == "ENTITY_IS_DELETED")
        }
    }

    @Test func childrenOfAMergedAccountBecomeTheWinners() throws {
        let org = Org(EmulatorOptions())
        let accounts = try org.seed("Account", [["Name": "a"], ["Name": "b"]])
        let contact = try org.seed(
            "Contact", [["LastName": "x", "AccountId": .string(accounts[1])]])[0]
        try org.seed(
            "Case", [["Subject": "s", "AccountId": .string(accounts[1])]])
        try org.merge("Account", winner: accounts[0], loser: accounts[1])
        #expect(org.record("Contact", id: contact)?["AccountId"] == .string(accounts[0]))
        #expect(org.record("Contact", id: contact)?["IsDeleted"] == false)
        #expect(org.records(of: "Case").map { $0["AccountId"] } == [.string(accounts[0])])
    }

    @Test func aMergeThatCannotBeLeavesNoTrace() throws {
        let org = Org(EmulatorOptions())
        let ids = try org.seed(
            "Contact", [["LastName": "a"], ["LastName": "b", "External_Id__c": "k"]])
        try org.seed("Contact", [["LastName": "c", "External_Id__c": "other"]])
        #expect(throws: EmulatorError.self) {
            try org.merge(
                "Contact", winner: ids[0], losers: [ids[1]], fields: ["External_Id__c": "other"])
        }
        #expect(org.records(of: "Contact").map { $0["LastName"] } == ["a", "b", "c"])
        #expect(org.edits.count == 3)
        #expect(throws: EmulatorError.self) {
            try org.merge("Opportunity", winner: ids[0], loser: ids[1])
        }
    }

    @Test func aDeletedRecordCanBeTakenBackOrPurged() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "a"]])[0]
            try server.org.delete("Contact", id: id)
            let path = "records/Contact/\(id)"
            #expect(try await client.control("POST", path + "/undelete").status == 204)
            #expect(server.org.count(of: "Contact") == 1)
            #expect(try await client.control("POST", path + "/purge").status == 204)
            let all = try await client.query("SELECT Id FROM Contact", all: true)
            #expect(all.json["totalSize"] == 0)
            let update = try await client.call("PATCH", "/sobjects/Contact/\(id)", ["Title": "x"])
            #expect(update.errorCode == "INVALID_CROSS_REFERENCE_KEY")
            #expect(try await client.control("POST", path + "/undelete").status == 400)
        }
    }

    @Test func aLeadIsConvertedOntoAnExistingContact() async throws {
        try await withEmulator { server, client in
            let account = try server.org.seed("Account", [["Name": "Acme"]])[0]
            let contact = try server.org.seed("Contact", [["LastName": "x"]])[0]
            let lead = try server.org.seed("Lead", [["LastName": "x", "Company": "Acme"]])[0]
            let answer = try await client.control(
                "POST", "records/Lead/\(lead)/convert",
                [
                    "account": .string(account), "contact": .string(contact), "opportunity": "Deal",
                ])
            #expect(answer.json["contact"] == .string(contact))
            let record = try await client.call("GET", "/sobjects/Lead/\(lead)").json
            #expect(record["IsConverted"] == true)
            #expect(record["ConvertedContactId"] == .string(contact))
            #expect(record["ConvertedOpportunityId"] == answer.json["opportunity"])
            let update = try await client.call("PATCH", "/sobjects/Lead/\(lead)", ["Title": "x"])
            #expect(update.errorCode == "CANNOT_UPDATE_CONVERTED_LEAD")
            let again = try await client.control("POST", "records/Lead/\(lead)/convert", [:])
            #expect(again.status == 400)
        }
    }

    @Test func aFieldCanBecomeHiddenReadOnlyAndVanish() async throws {
        try await withEmulator { _, client in
            func describe(_ headers: [(String, String)] = []) async throws -> Answer {
                try await client.call("GET", "/sobjects/Contact/describe", nil, headers)
            }
            func field(_ answer: Answer) -> JSON? {
                answer.json["fields"]?.array?.first { $0["name"] == "Plan__c" }
            }
            let before = try await describe()
            let since = [("If-Modified-Since", before.headers["last-modified"] ?? "")]
            #expect(try await describe(since).status == 304)
            _ = try await client.control("POST", "fields/Lead/Plan__c", ["hidden": true])
            #expect(try await describe(since).status == 304)
            _ = try await client.control("POST", "fields/Contact/Plan__c", ["readOnly": true])
            let locked = try await describe(since)
            #expect(locked.status == 200)
            #expect(field(locked)?["updateable"] == false)
            let write: JSON = ["LastName": "a", "Plan__c": "pro"]
            let refused = try await client.call("POST", "/sobjects/Contact", write)
            #expect(refused.errorCode == "INVALID_FIELD_FOR_INSERT_UPDATE")
            _ = try await client.control("POST", "fields/Contact/Plan__c", ["readOnly": false])
            #expect(try await client.call("POST", "/sobjects/Contact", write).status == 201)
            #expect(try await client.control("DELETE", "fields/Contact/Plan__c").status == 204)
            #expect(field(try await describe()) == nil)
            let gone = try await client.call("POST", "/sobjects/Contact", write)
            #expect(gone.message == "No such column 'Plan__c' on sobject of type Contact")
            let added = try await client.control(
                "PUT", "fields/Contact/Plan__c", ["type": "picklist", "values": ["pro"]])
            #expect(added.status == 204)
            #expect(field(try await describe())?["type"] == "picklist")
        }
    }

    @Test func tooManyCallsAtOnceAreRefused() async throws {
        try await withEmulator { server, client in
            server.org.setConcurrentCallMax(1)
            server.org.inject(Fault(on: .limits, .delay(milliseconds: 60_000)))
            let slow = Task { try await client.call("GET", "/limits") }
            while server.org.statistics.calls[.limits] != 1 { await Task.yield() }
            let refused = try await client.call("POST", "/sobjects/Contact", ["LastName": "a"])
            #expect(refused.status == 403)
            #expect(refused.errorCode == "REQUEST_LIMIT_EXCEEDED")
            #expect(refused.message == "ConcurrentPerOrgLongTxn Limit exceeded.")
            server.org.setConcurrentCallMax(nil)
            let served = try await client.call("POST", "/sobjects/Contact", ["LastName": "a"])
            #expect(served.status == 201)
            #expect(try await client.control("GET", "stats").json["concurrentCallsPeak"] == 2)
            slow.cancel()
        }
    }
}
