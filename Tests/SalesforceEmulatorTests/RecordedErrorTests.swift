import Testing

@testable import SalesforceEmulator

/// Our refusals against recorded ones, word by word where the org's data does not show.
@Suite(.enabled(if: Recordings.areAvailable, "set TIDEMARK_REFERENCE to hold against recordings"))
struct RecordedErrorTests {
    private func expect(_ answer: Answer, equals path: String) throws {
        #expect(answer.json.sorted == (try Recordings.json(path)).sorted, "\(path)")
    }

    @Test func errorsOfSingleCallsAreWordForWord() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Account", [["Name": "x"]])[0]
            let path = "/sobjects/Account/\(id)"
            try expect(
                try await client.call("PATCH", path, ["AccountNumer": "x"]),
                equals: "errors/400_invalid_field_write.json")
            try expect(
                try await client.call("PATCH", path, ["MasterRecordId": .string(id)]),
                equals: "errors/400_invalid_field_for_insert_update.json")
            try expect(
                try await client.call("GET", "/sobjects/Account/23foo"),
                equals: "errors/404_find_by_bad_id.json")
            try expect(
                try await client.call("PATCH", "/sobjects/Account/Namez/x", ["Name": "x"]),
                equals: "errors/404_upsert_unknown_external_id_field.json")
            _ = try await client.call("DELETE", path)
            try expect(
                try await client.call("DELETE", path),
                equals: "errors/delete_deleted_record_404_entity_is_deleted.json")
            try expect(
                try await client.call("GET", path),
                equals: "errors/get_deleted_lead_404_not_found.json")
            server.org.expireSessions()
            try expect(
                try await client.call("GET", path), equals: "errors/401_invalid_session_id.json")
        }
    }

    @Test func errorsOfCollectionsAreWordForWord() async throws {
        try await withEmulator { server, client in
            let lead = try server.org.seed(
                "Lead", [["LastName": "x", "Company": "y", "IsConverted": true]])[0]
            try expect(
                try await client.call(
                    "PATCH", "/composite/sobjects",
                    batch("Lead", [["id": .string(lead), "LastName": "NoEdit"]])),
                equals: "errors/collections_cannot_update_converted_lead.json")
            try expect(
                try await client.call(
                    "POST", "/composite/sobjects", batch("Account", [["Name": nil]])),
                equals: "errors/collections_required_field_missing.json")
            try expect(
                try await client.call("POST", "/composite/sobjects", ["records": []]),
                equals: "collections/create_empty_records_400.json")
            try expect(
                try await client.call(
                    "POST", "/composite/sobjects",
                    batch(
                        "Contact", allOrNone: true, [["FirstName": "x"], ["LastName": "y"]])),
                equals: "collections/create_allornone_required_field_missing.json")
            try expect(
                try await client.call(
                    "PATCH", "/composite/sobjects",
                    batch("Contact", [["LastName": "x"], ["LastName": "y"]])),
                equals: "collections/update_without_ids_missing_argument.json")
            let id = try server.org.seed("Contact", [["LastName": "x"], ["LastName": "y"]])
            try expect(
                try await client.call(
                    "PATCH", "/composite/sobjects",
                    batch(
                        "Contact", allOrNone: true,
                        [
                            ["id": .string(id[0]), "LastName": "z"],
                            ["id": .string(id[1]), "unknownField_LastName": "z"],
                        ])),
                equals: "collections/update_allornone_invalid_field.json")
        }
    }

    @Test func errorsOfQueriesPointAtTheRecordedPlace() async throws {
        try await withEmulator { _, client in
            try expect(
                try await client.query("SELECT Id,Name,BillingCity,IsDeleted FROM Accout"),
                equals: "errors/400_invalid_type_query.json")
            let recorded = try Recordings.json("composite/count_query_and_invalid_type_400.json")
            let wanted = try #require(recorded["compositeResponse"]?[1]?["body"])
            let answer = try await client.query("select count() from XYZZY")
            #expect(answer.json.sorted == wanted.sorted)
        }
    }

    @Test func answersHaveTheRecordedMembers() async throws {
        try await withEmulator { server, client in
            let token = try await client.send(
                "POST", "/services/oauth2/token", body: Array(APIClient.form.utf8), headers: [])
            let recorded = Shape.members(
                try Recordings.json("oauth/token_password_grant_200_2015.json"))
            let ours = Shape.members(token.json)
            for (name, kind) in recorded { #expect(ours[name] == kind, "\(name)") }

            let limits = try await client.call("GET", "/limits")
            let theirs = try Recordings.json("limits/limits_swiftly.json")
            #expect(Shape.members(theirs)["DailyApiRequests"] == "object")
            for member in limits.json.members ?? [] {
                #expect(theirs[member.name] != nil, "\(member.name)")
            }
        }
    }
}

extension JSON {
    /// The same document with the members of every object in order of name.
    var sorted: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        default: self
        }
    }
}
