import Testing

@testable import SalesforceEmulator

@Suite struct DescribeTests {
    @Test func describeShowsWhatTheRulesEnforce() async throws {
        try await withEmulator { _, client in
            let answer = try await client.call("GET", "/sobjects/Contact/describe")
            #expect(answer.status == 200)
            #expect(answer.json["keyPrefix"] == "003")
            let fields = answer.json["fields"]?.array ?? []
            func field(_ name: String) throws -> JSON {
                try #require(fields.first { $0["name"] == .string(name) })
            }
            let external = try field("External_Id__c")
            let flags = ["externalId", "unique", "idLookup", "caseSensitive"]
            #expect(flags.map { external[$0] } == [true, true, true, false])
            #expect(external["byteLength"] == 765)
            #expect(try field("Description")["filterable"] == false)
            #expect(try field("VIP__c")["nillable"] == false)
            #expect(try field("Interests__c")["length"] == 4_099)
            #expect(try field("Score__c")["precision"] == 18)
            let required = fields.filter {
                $0["createable"] == true && $0["nillable"] == false
                    && $0["defaultedOnCreate"] == false
            }
            #expect(required.map { $0["name"] } == ["LastName"])
        }
    }

    @Test func unchangedDescribesAnswer304UntilPermissionsChange() async throws {
        try await withEmulator { server, client in
            let path = "/sobjects/Contact/describe"
            let first = try await client.call("GET", path)
            let modified = try #require(first.headers["last-modified"])
            let tag = try #require(first.headers["etag"])
            let since = [("If-Modified-Since", modified)]
            let same = try await client.call("GET", path, nil, since)
            #expect(same.status == 304)
            #expect(same.text.isEmpty)
            #expect(try await client.call("GET", path, nil, [("If-None-Match", tag)]).status == 304)
            server.org.setHidden(true, field: "Email", of: "Contact")
            let changed = try await client.call("GET", path, nil, since)
            #expect(changed.status == 200)
            let names = (changed.json["fields"]?.array ?? []).map { $0["name"] }
            #expect(!names.contains("Email"))
            let write = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "x", "Email": "a@b.com"])
            #expect(write.message == "No such column 'Email' on sobject of type Contact")
        }
    }

    @Test func addedFieldsAndObjectsAreDescribed() async throws {
        try await withEmulator { server, client in
            server.org.add(.text("Shoe__c", "Shoe", 10).externalID(), to: "Lead")
            server.org.add(
                ObjectSchema(
                    name: "Pet__c", label: "Pet", labelPlural: "Pets", keyPrefix: "a02",
                    fields: ObjectSchema.head("Pet") + ObjectSchema.tail()))
            let lead = try await client.call(
                "PATCH", "/sobjects/Lead/Shoe__c/43", ["LastName": "x", "Company": "y"])
            #expect(lead.status == 201)
            let pet = try await client.call("POST", "/sobjects/Pet__c", [:])
            #expect(pet.json["id"]?.string?.hasPrefix("a02") == true)
            let all = try await client.call("GET", "/sobjects")
            let names = (all.json["sobjects"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(
                names == [
                    "Account", "Contact", "Lead", "Opportunity", "Case", "Subscription__c", "User",
                    "PermissionSet", "PermissionSetAssignment", "ObjectPermissions",
                    "UserPermissionAccess", "Pet__c",
                ])
        }
    }
}
