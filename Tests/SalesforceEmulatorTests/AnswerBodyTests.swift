import Testing

@testable import SalesforceEmulator

/// Whole bodies of the answers that a client lives by, member for member: a test against
/// recordings needs the recordings, this one needs nothing.
@Suite struct AnswerBodyTests {
    /// One refusal of a request.
    private static func refusal(
        _ code: String, _ message: String, fields: [String]? = nil
    ) -> JSON {
        var members: [JSON.Member] = [
            .init("message", .string(message)), .init("errorCode", .string(code)),
        ]
        if let fields { members.append(.init("fields", .strings(fields))) }
        return [.object(members)]
    }

    /// One refusal of an item of a collection.
    private static func refused(_ code: String, _ message: String, fields: [String]) -> JSON {
        [
            "success": false,
            "errors": [
                [
                    "statusCode": .string(code), "message": .string(message),
                    "fields": .strings(fields),
                ]
            ],
        ]
    }

    private static func saved(_ id: JSON?, created: Bool? = nil) -> JSON {
        var members: [JSON.Member] = [
            .init("id", id ?? .null), .init("success", true), .init("errors", []),
        ]
        if let created { members.append(.init("created", .bool(created))) }
        return .object(members)
    }

    private func expect(_ answer: JSON?, _ wanted: JSON) {
        #expect(answer?.sorted == wanted.sorted)
    }

    // MARK: Single calls

    @Test func aRecordThatIsGoneIsToldApartFromOneThatIsDeleted() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "Lovelace"]])[0]
            try server.org.delete("Contact", id: id)
            let read = try await client.call("GET", "/sobjects/Contact/\(id)")
            #expect(read.status == 404)
            expect(
                read.json, Self.refusal("NOT_FOUND", "The requested resource does not exist"))
            for method in ["PATCH", "DELETE"] {
                let write = try await client.call(
                    method, "/sobjects/Contact/\(id)", method == "PATCH" ? ["LastName": "x"] : nil)
                #expect(write.status == 404)
                expect(
                    write.json,
                    Self.refusal("ENTITY_IS_DELETED", "entity is deleted", fields: []))
            }
        }
    }

    @Test func aRefusedCreateNamesItsFields() async throws {
        try await withEmulator { server, client in
            let missing = try await client.call("POST", "/sobjects/Lead", ["FirstName": "Grace"])
            #expect(missing.status == 400)
            expect(
                missing.json,
                Self.refusal(
                    "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName, Company]",
                    fields: ["LastName", "Company"]))

            let id = try server.org.seed(
                "Contact", [["LastName": "Hopper", "External_Id__c": "g-1"]])[0]
            let twice = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "Hopper", "External_Id__c": "G-1"])
            #expect(twice.status == 400)
            expect(
                twice.json,
                Self.refusal(
                    "DUPLICATE_VALUE",
                    "duplicate value found: External_Id__c duplicates value on record with id: "
                        + "\(id.prefix(15))", fields: []))

            let unknown = try await client.call(
                "POST", "/sobjects/Contact", ["LastName": "x", "Shoe__c": 43])
            #expect(unknown.status == 400)
            expect(
                unknown.json,
                Self.refusal(
                    "INVALID_FIELD", "No such column 'Shoe__c' on sobject of type Contact"))
        }
    }

    @Test func aQueryThatCannotBeReadSaysWhere() async throws {
        try await withEmulator { _, client in
            for (statement, code) in [
                ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"),
                ("SELECT Shoe__c FROM Contact", "INVALID_FIELD"),
            ] {
                let answer = try await client.query(statement)
                #expect(answer.status == 400)
                #expect(answer.json.array?.count == 1)
                let members = (answer.json[0]?.members ?? []).map(\.name).sorted()
                #expect(members == ["errorCode", "message"])
                #expect(answer.errorCode == code)
            }
            let field = try await client.query("SELECT Shoe__c FROM Contact")
            #expect(field.message?.contains("ERROR at Row:1:Column:8") == true)
            #expect(field.message?.contains("No such column 'Shoe__c'") == true)
        }
    }

    @Test func aPageOfAQueryNamesEachRecord() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed("Contact", [["LastName": "Noether"]])[0]
            let answer = try await client.query("SELECT Id, LastName, Email FROM Contact")
            expect(
                answer.json,
                [
                    "totalSize": 1, "done": true,
                    "records": [
                        [
                            "attributes": [
                                "type": "Contact",
                                "url": .string("\(APIClient.data)/sobjects/Contact/\(id)"),
                            ],
                            "Id": .string(id), "LastName": "Noether", "Email": nil,
                        ]
                    ],
                ])
        }
    }

    // MARK: Collections

    @Test func aMixedCreateAnswersItemByItem() async throws {
        try await withEmulator { server, client in
            let answer = try await client.call(
                "POST", "/composite/sobjects",
                batch(
                    "Contact",
                    [
                        ["LastName": "Curie"], ["FirstName": "Marie"],
                        ["LastName": "Meitner", "Email": "nowhere"],
                    ]))
            #expect(answer.status == 200)
            #expect(answer.json.array?.count == 3)
            expect(answer.json[0], Self.saved(server.org.records(of: "Contact").first?["Id"]))
            expect(
                answer.json[1],
                Self.refused(
                    "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]",
                    fields: ["LastName"]))
            expect(
                answer.json[2],
                Self.refused(
                    "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nowhere",
                    fields: ["Email"]))
        }
    }

    @Test func aMixedUpdateAnswersItemByItem() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed("Contact", [["LastName": "a"], ["LastName": "b"]])
            try server.org.delete("Contact", id: ids[1])
            let answer = try await client.call(
                "PATCH", "/composite/sobjects",
                batch("Contact", ids.map { ["id": .string($0), "LastName": "Franklin"] }))
            #expect(answer.status == 200)
            expect(answer.json[0], Self.saved(.string(ids[0])))
            expect(
                answer.json[1],
                Self.refused("ENTITY_IS_DELETED", "entity is deleted", fields: []))
        }
    }

    @Test func aMixedDeleteAnswersItemByItem() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed("Contact", [["LastName": "a"], ["LastName": "b"]])
            try server.org.delete("Contact", id: ids[1])
            let answer = try await client.call(
                "DELETE", "/composite/sobjects?ids=\(ids.joined(separator: ","))")
            #expect(answer.status == 200)
            expect(answer.json[0], Self.saved(.string(ids[0])))
            #expect(answer.json[1]?["success"] == false)
            expect(
                answer.json[1]?["errors"],
                [
                    [
                        "statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted",
                        "fields": [],
                    ]
                ])
        }
    }

    @Test func aMixedUpsertSaysOfEachSavedItemWhetherItIsNew() async throws {
        try await withEmulator { server, client in
            let id = try server.org.seed(
                "Contact", [["LastName": "Hypatia", "External_Id__c": "old"]])[0]
            let answer = try await client.call(
                "PATCH", "/composite/sobjects/Contact/External_Id__c",
                batch(
                    "Contact",
                    [
                        ["LastName": "H", "External_Id__c": "OLD"],
                        ["LastName": "N", "External_Id__c": "new"],
                        ["FirstName": "x", "External_Id__c": "bad"],
                    ]))
            #expect(answer.status == 200)
            expect(answer.json[0], Self.saved(.string(id), created: false))
            let made = server.org.records(of: "Contact").first { $0["External_Id__c"] == "new" }
            expect(answer.json[1], Self.saved(made?["Id"], created: true))
            #expect(answer.json[2]?["success"] == false)
            #expect(answer.json[2]?["errors"]?[0]?["statusCode"] == "REQUIRED_FIELD_MISSING")
            #expect(answer.json[2]?["errors"]?[0]?["fields"] == ["LastName"])
        }
    }

    // MARK: Descriptions

    /// Every member that the client reads, of the kind that it reads.
    @Test func aDescriptionHasEveryMemberThatIsReadOfIt() async throws {
        try await withEmulator { _, client in
            let answer = try await client.call("GET", "/sobjects/Contact/describe")
            for flag in ["createable", "updateable", "deletable", "queryable"] {
                #expect(answer.json[flag] == true, "\(flag)")
            }
            #expect(answer.json["name"] == "Contact" && answer.json["keyPrefix"] == "003")
            let fields = answer.json["fields"]?.array ?? []
            #expect(fields.count > 20)
            for field in fields {
                let name = field["name"]?.string ?? "?"
                for member in ["name", "label", "type"] {
                    #expect(field[member]?.string != nil, "\(name).\(member)")
                }
                for member in ["length", "precision", "scale", "digits"] {
                    guard case .number = field[member] else {
                        Issue.record("\(name).\(member)")
                        continue
                    }
                }
                for member in Self.flags {
                    guard case .bool = field[member] else {
                        Issue.record("\(name).\(member)")
                        continue
                    }
                }
            }
        }
    }

    private static let flags = [
        "nillable", "createable", "updateable", "filterable", "externalId", "unique", "idLookup",
        "caseSensitive", "calculated", "autoNumber", "defaultedOnCreate", "htmlFormatted",
        "restrictedPicklist", "encrypted",
    ]

    @Test func lookupsAndPicklistsAreDescribedWithWhatTheyMayHold() async throws {
        try await withEmulator { _, client in
            let answer = try await client.call("GET", "/sobjects/Contact/describe")
            func field(_ name: String) -> JSON? {
                answer.json["fields"]?.array?.first { $0["name"] == .string(name) }
            }
            let lookup = try #require(field("AccountId"))
            #expect(lookup["type"] == "reference")
            #expect(lookup["referenceTo"] == ["Account"])
            #expect(lookup["relationshipName"] == "Account")
            let list = try #require(field("Tier__c"))
            #expect(list["type"] == "picklist" && list["restrictedPicklist"] == true)
            let values = list["picklistValues"]?.array ?? []
            #expect(values.contains { $0["value"] == "Gold" && $0["active"] == true })
            let text = try #require(field("LastName"))
            #expect(text["relationshipName"] == JSON.null)
            #expect(text["referenceTo"] == [] && text["picklistValues"] == [])
        }
    }
}
