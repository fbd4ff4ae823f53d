import Testing

@testable import SalesforceEmulator

/// A write that the org refuses, and how.
struct RefusedWrite: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let object: String
    let record: JSON
    let code: String
    let message: String

    init(_ object: String, _ record: JSON, _ code: String, _ message: String) {
        testDescription = "\(object) \(code) \(message)"
        self.object = object
        self.record = record
        self.code = code
        self.message = message
    }

    /// Refused alone: in a collection the other records are written.
    static let items: [RefusedWrite] = [
        .init(
            "Contact", ["FirstName": "x"], "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]"),
        .init(
            "Lead", ["FirstName": "x"], "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName, Company]"),
        .init(
            "Account", ["Name": "  "], "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [Name]"),
        .init(
            "Opportunity", ["Name": "x"], "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [StageName, CloseDate]"),
        .init(
            "Contact", ["LastName": "x", "Email": "badone"], "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: badone"),
        .init(
            "Contact", ["LastName": "x", "Tier__c": "Tin"],
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Tier: bad value for restricted picklist field: Tin"),
        .init(
            "Account", ["Name": "x", "Sic": "123456789012345678901"], "STRING_TOO_LONG",
            "SIC Code: data value too large: 123456789012345678901 (max length=20)"),
        .init(
            "Contact", ["LastName": "x", "Nickname": "y"], "INVALID_FIELD",
            "No such column 'Nickname' on sobject of type Contact"),
        .init(
            "Contact", ["LastName": "x", "Name": "y"], "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: Name. Please check the security settings of this "
                + "field and verify that it is read/write for your profile or permission set."),
        .init(
            "Contact", ["LastName": "x", "Score__c": .number("1e16")],
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Score: value outside of valid range on numeric field: 1.0E16"),
        .init(
            "Contact", ["LastName": "x", "AccountId": "nonsense"], "MALFORMED_ID",
            "Account ID: id value of incorrect type: nonsense"),
        .init(
            "Contact", ["LastName": "x", "AccountId": "003ak0000000001AAA"], "MALFORMED_ID",
            "Account ID: id value of incorrect type: 003ak0000000001AAA"),
        .init(
            "Contact", ["LastName": "x", "AccountId": "001ak0000000009AAA"],
            "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        .init(
            "Contact", ["LastName": "x", "Account": ["External_Id__c": "none"]],
            "INVALID_FIELD",
            "Foreign key external ID: none not found for field External_Id__c in entity Account"),
    ]

    /// Refused at parsing: one of them sinks the whole call.
    static let wholeCalls: [RefusedWrite] = [
        .init(
            "Contact", ["LastName": "x", "Last_Seen__c": "2013-08-12T15:20:00+0000"],
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of datetime from VALUE_STRING value "
                + "2013-08-12T15:20:00+0000 or request may be missing a required field"),
        .init(
            "Contact", ["LastName": 7], "JSON_PARSER_ERROR",
            "Cannot deserialize instance of string from VALUE_NUMBER_INT value 7 or request may "
                + "be missing a required field"),
        .init(
            "Contact", ["LastName": "x", "Birthdate": "2026-02-30"], "JSON_PARSER_ERROR",
            "Cannot deserialize instance of date from VALUE_STRING value 2026-02-30 or request "
                + "may be missing a required field"),
        .init(
            "Contact", ["LastName": "x", "Score__c": "many"], "JSON_PARSER_ERROR",
            "Cannot deserialize instance of double from VALUE_STRING value many or request may "
                + "be missing a required field"),
        .init(
            "Contact", ["LastName": "x", "VIP__c": 1], "JSON_PARSER_ERROR",
            "Cannot deserialize instance of boolean from VALUE_NUMBER_INT value 1 or request may "
                + "be missing a required field"),
        .init(
            "Contact", ["LastName": "x", "Interests__c": ["Books"]], "JSON_PARSER_ERROR",
            "Cannot deserialize instance of string from START_ARRAY value [ or request may be "
                + "missing a required field"),
    ]
}

@Suite struct ServerRulesTests {
    @Test(arguments: RefusedWrite.items)
    func aRuleRefusesOneRecordAlone(write: RefusedWrite) async throws {
        try await withEmulator { server, client in
            let single = try await client.call("POST", "/sobjects/\(write.object)", write.record)
            #expect(single.status == 400)
            #expect(single.errorCode == write.code)
            #expect(single.message == write.message)

            let good: JSON = [
                "attributes": ["type": "Lead"], "LastName": "ok", "Company": "ok",
            ]
            let bad = JSON.object(
                [.init("attributes", ["type": .string(write.object)])]
                    + (write.record.members ?? []))
            let answer = try await client.call(
                "POST", "/composite/sobjects", ["records": [bad, good]])
            #expect(answer.status == 200)
            #expect(answer.json[0]?["success"] == false)
            #expect(answer.json[0]?["id"] == nil)
            #expect(answer.json[0]?["errors"]?[0]?["statusCode"] == .string(write.code))
            #expect(answer.json[0]?["errors"]?[0]?["message"] == .string(write.message))
            #expect(answer.json[1]?["success"] == true)
            #expect(server.org.truth.map(\.object) == ["Lead"])
        }
    }

    @Test(arguments: RefusedWrite.wholeCalls)
    func aWrongTypeRefusesTheWholeCall(write: RefusedWrite) async throws {
        try await withEmulator { server, client in
            let answer = try await client.call(
                "POST", "/composite/sobjects",
                batch(write.object, [["LastName": "good"], write.record]))
            #expect(answer.status == 400)
            #expect(answer.errorCode == write.code)
            #expect(answer.message == write.message)
            #expect(server.org.truth.isEmpty)
        }
    }

    @Test func aRequiredFieldCannotBeEmptiedByAnUpdate() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Account", [["Name": "Acme"]])[0]
            let answer = try await client.call("PATCH", "/sobjects/Account/\(id)", ["Name": nil])
            #expect(answer.errorCode == "REQUIRED_FIELD_MISSING")
            #expect(server.org.record("Account", id: id)?["Name"] == "Acme")
        }
    }

    @Test func aUniqueValueIsHeldOnceWithoutRegardToCase() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "x", "External_Id__c": "Ab"]])[0]
            let record: JSON = ["LastName": "y", "External_Id__c": "aB"]
            let refused = try await client.call("POST", "/sobjects/Contact", record)
            #expect(refused.errorCode == "DUPLICATE_VALUE")
            #expect(
                refused.message == "duplicate value found: External_Id__c duplicates value on "
                    + "record with id: \(id.prefix(15))")

            server.org.setHidden(true, record: id)
            let masked = try await client.call("POST", "/sobjects/Contact", record)
            #expect(
                masked.message == "duplicate value found: <unknown> duplicates value on record "
                    + "with id: <unknown>")

            try server.org.delete("Contact", id: id)
            let created = try await client.call("POST", "/sobjects/Contact", record)
            #expect(created.status == 201)
        }
    }

    @Test func aConvertedLeadCannotBeUpdatedButDeleted() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed(
                "Lead", [["LastName": "x", "Company": "y", "IsConverted": true]])[0]
            let update = try await client.call(
                "PATCH", "/composite/sobjects",
                batch("Lead", [["id": .string(id), "LastName": "NoEdit"]]))
            let error = update.json[0]?["errors"]?[0]
            #expect(error?["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD")
            #expect(error?["message"] == "cannot reference converted lead")
            let delete = try await client.call("DELETE", "/sobjects/Lead/\(id)")
            #expect(delete.status == 204)
        }
    }

    @Test func duplicateRulesReportAndAlertsCanBePassed() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "x", "Email": "a@b.com"]])[0]
            let record: JSON = ["LastName": "y", "Email": "A@b.com"]
            let pass = [("Sforce-Duplicate-Rule-Header", "allowSave=true")]
            server.org.add(
                DuplicateRule(
                    name: "Alert", object: "Contact", matchingRule: "Contact_MR",
                    fields: ["Email"], action: .alert))
            let alert = try await client.call("POST", "/sobjects/Contact", record)
            #expect(alert.errorCode == "DUPLICATES_DETECTED")
            let match = alert.json[0]?["duplicateResut"]?["matchResults"]?[0]?["matchRecords"]?[0]
            #expect(match?["record"]?["Id"] == .string(id))
            let item = try await client.call(
                "POST", "/composite/sobjects", batch("Contact", [record]))
            #expect(item.json[0]?["errors"]?[0]?["statusCode"] == "DUPLICATES_DETECTED")
            let passed = try await client.call("POST", "/sobjects/Contact", record, pass)
            #expect(passed.status == 201)

            server.org.removeDuplicateRules()
            server.org.add(
                DuplicateRule(
                    name: "Block", object: "Contact", matchingRule: "Contact_MR",
                    fields: ["Email"], action: .block))
            let blocked = try await client.call("POST", "/sobjects/Contact", record, pass)
            #expect(blocked.errorCode == "DUPLICATES_DETECTED")
            #expect(server.org.count(of: "Contact") == 2)
        }
    }

    @Test func assignmentRulesChangeTheOwnerUnlessTheCallSaysNo() async throws {
        try await withEmulator { server, client in
            let owner = "005ak0000000002AAA"
            server.org.setAssignmentOwner(owner, of: "Lead")
            let record: JSON = ["LastName": "x", "Company": "y"]
            let assigned = try await client.call("POST", "/sobjects/Lead", record)
            let kept = try await client.call(
                "POST", "/sobjects/Lead", record, [("Sforce-Auto-Assign", "FALSE")])
            let owners = try [assigned, kept].map { answer in
                let id = try #require(answer.json["id"]?.string)
                return server.org.record("Lead", id: id)?["OwnerId"]?.string
            }
            #expect(owners == [owner, server.org.userID])
        }
    }

    @Test func deletingAnAccountTakesItsContactsAndCasesForbidIt() throws {
        let org = Org(EmulatorOptions())
        let account = try org.seed("Account", [["Name": "Acme"]])[0]
        let contact = try org.seed(
            "Contact", [["LastName": "x", "AccountId": .string(account)]])[0]
        let support = try org.seed("Case", [["AccountId": .string(account)]])[0]
        #expect(throws: EmulatorError.self) { try org.delete("Account", id: account) }
        try org.delete("Case", id: support)
        try org.delete("Account", id: account)
        #expect(org.record("Contact", id: contact)?["IsDeleted"] == true)
        #expect(org.count(of: "Contact") == 0)
    }

    @Test func aConvertedLeadPointsAtWhatItBecame() throws {
        let org = Org(EmulatorOptions())
        let id = try org.seed(
            "Lead", [["LastName": "x", "Company": "Acme", "Email": "x@acme.com"]])[0]
        let conversion = try org.convert(lead: id)
        let lead = try #require(org.record("Lead", id: id))
        #expect(lead["IsConverted"] == true)
        #expect(lead["ConvertedContactId"] == .string(conversion.contact))
        let contact = try #require(org.record("Contact", id: conversion.contact))
        #expect(contact["Email"] == "x@acme.com")
        #expect(contact["AccountId"] == .string(conversion.account))
        #expect(throws: EmulatorError.self) { try org.convert(lead: "00Qak0000000009AAA") }
    }

    @Test func mergedRecordsPointAtTheWinner() throws {
        let org = Org(EmulatorOptions())
        let ids = try org.seed("Contact", [["LastName": "x"], ["LastName": "y"]])
        try org.merge("Contact", winner: ids[0], loser: ids[1])
        let loser = try #require(org.record("Contact", id: ids[1]))
        #expect(loser["IsDeleted"] == true)
        #expect(loser["MasterRecordId"] == .string(ids[0]))
    }
}
