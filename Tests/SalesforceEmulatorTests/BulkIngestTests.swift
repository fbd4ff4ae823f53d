import Testing

@testable import SalesforceEmulator

@Suite struct BulkIngestTests {
    @Test func anInsertCreatesTheRowsAndTellsTheirIds() async throws {
        try await withEmulator { server, client in
            let (id, info) = try await client.ingest(
                "Contact", "insert", "LastName,Email\nLovelace,ADA@Example.com\n\"Hop, per\",\n")
            #expect(info["state"] == "JobComplete")
            #expect(info["numberRecordsProcessed"] == 2)
            #expect(info["numberRecordsFailed"] == 0)
            let records = server.org.records(of: "Contact")
            #expect(records.map { $0["LastName"] } == ["Lovelace", "Hop, per"])
            #expect(records.map { $0["Email"] } == ["ada@example.com", .null])
            let ids = records.map { $0["Id"]?.string ?? "" }
            #expect(
                try await client.results(id, "successfulResults") == """
                    "sf__Id","sf__Created",LastName,Email
                    "\(ids[1])","true","Hop, per",""
                    "\(ids[0])","true","Lovelace","ADA@Example.com"

                    """)
            #expect(
                try await client.results(id, "failedResults")
                    == "\"sf__Id\",\"sf__Error\",LastName,Email\n")
            #expect(try await client.results(id, "unprocessedrecords") == "LastName,Email\n")
            #expect(server.org.truth.map(\.job) == [id, id])
        }
    }

    @Test func anUpdateLeavesEmptyCellsAloneAndEmptiesNulls() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed(
                "Contact",
                [
                    ["LastName": "a", "Phone": "1", "Title": "x"],
                    ["LastName": "b", "Phone": "2", "Title": "y"],
                ])
            let csv = "Id,Phone,Title\n\(ids[0]),,#N/A\n\(ids[1]),\"#N/A\",\"z \"\"q\"\"\"\n"
            let (_, info) = try await client.ingest("Contact", "update", csv)
            #expect(info["numberRecordsFailed"] == 0)
            let records = server.org.records(of: "Contact")
            #expect(records.map { $0["Phone"] } == ["1", .null])
            #expect(records.map { $0["Title"] } == [.null, "z \"q\""])
        }
    }

    @Test func anUpsertCreatesUpdatesAndRefusesKeysThatAreEmptyOrDoubled() async throws {
        try await withEmulator { server, client in
            try server.org.seed("Contact", [["LastName": "old", "External_Id__c": "k1"]])
            let csv = """
                External_Id__c,LastName
                K1,new
                k2,two
                ,none
                k3,three
                k3,again

                """
            let (id, info) = try await client.ingest(
                "Contact", "upsert", key: "External_Id__c", csv)
            #expect(info["state"] == "JobComplete")
            #expect(info["numberRecordsProcessed"] == 5)
            #expect(info["numberRecordsFailed"] == 3)
            let failed = try await client.results(id, "failedResults")
            #expect(
                failed == """
                    "sf__Id","sf__Error",External_Id__c,LastName
                    "","DUPLICATE_VALUE:Duplicate external id specified: k3:External_Id__c --",\
                    "k3","again"
                    "","DUPLICATE_VALUE:Duplicate external id specified: k3:External_Id__c --",\
                    "k3","three"
                    "","MISSING_ARGUMENT:External_Id__c not specified:External_Id__c --","","none"

                    """)
            let records = server.org.records(of: "Contact")
            #expect(records.map { $0["LastName"] } == ["new", "two"])
            #expect(records.map { $0["External_Id__c"] } == ["k1", "k2"])
            let created = try await client.results(id, "successfulResults")
            #expect(created.contains("\"false\",\"K1\"") && created.contains("\"true\",\"k2\""))
        }
    }

    @Test func aDeleteTakesIdsAlone() async throws {
        try await withEmulator { server, client in
            let ids = try server.org.seed("Contact", [["LastName": "a"], ["LastName": "b"]])
            let (_, refused) = try await client.ingest("Contact", "delete", "Id,LastName\n,x\n")
            #expect(refused["state"] == "Failed")
            let (id, info) = try await client.ingest("Contact", "delete", "Id\n\(ids[0])\nbad\n")
            #expect(info["numberRecordsFailed"] == 1)
            #expect(try await client.results(id, "failedResults").contains("MALFORMED_ID"))
            #expect(server.org.records(of: "Contact").map { $0["LastName"] } == ["b"])
        }
    }

    @Test func lookupsAreFoundByAnExternalIdInTheHeader() async throws {
        try await withEmulator { server, client in
            let account = try server.org.seed(
                "Account", [["Name": "Acme", "External_Id__c": "acme"]])[0]
            let csv = "LastName,Account.External_Id__c\na,acme\nb,nobody\nc,#N/A\n"
            let (id, _) = try await client.ingest("Contact", "insert", csv)
            let records = server.org.records(of: "Contact")
            #expect(records.map { $0["AccountId"] } == [.string(account), .null])
            #expect(try await client.results(id, "failedResults").contains("INVALID_FIELD"))
        }
    }

    @Test func valuesOfManySpellingsAreRead() async throws {
        try await withEmulator { server, client in
            let csv = """
                LastName,VIP__c,Last_Seen__c,Signup_Date__c,Score__c
                a,YES,2026-05-01T07:25:37.500+0200,2026-05-01,1.25
                b,maybe,,,
                c,0,yesterday,,
                d,,,2026-13-01,
                e,,,,much

                """
            let (id, info) = try await client.ingest("Contact", "insert", csv)
            #expect(info["numberRecordsFailed"] == 4)
            let record = server.org.records(of: "Contact")[0]
            #expect(record["VIP__c"] == true)
            #expect(record["Last_Seen__c"] == "2026-05-01T05:25:37.000+0000")
            #expect(record["Score__c"] == .number("1.25"))
            let failed = try await client.results(id, "failedResults")
            for (column, type) in [
                (1, "boolean:VIP__c"), (2, "dateTime:Last_Seen__c"), (3, "date:Signup_Date__c"),
                (4, "double:Score__c"),
            ] {
                #expect(failed.contains("at col \(column). Due to, "))
                #expect(failed.contains("for the type xsd:\(type) --"))
            }
        }
    }

    @Test(arguments: [
        ("Nonsense__c,LastName\n1,2\n", "InvalidBatch : Field name not found : Nonsense__c"),
        ("LastName,lastname\n1,2\n", "InvalidBatch : Duplicate field name : lastname"),
        ("", "InvalidBatch : Failed to parse CSV. File is empty"),
        (
            "LastName\r\na\r\n",
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
        ),
        (
            "LastName\na\"b\n",
            "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should "
                + "be within a quote"
        ),
        (
            "LastName\n\"a\n",
            "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
        ),
    ])
    func aFileThatCannotBeReadFailsTheWholeJob(csv: String, message: String) async throws {
        try await withEmulator { server, client in
            let (id, info) = try await client.ingest("Contact", "insert", csv)
            #expect(info["state"] == "Failed")
            #expect(info["errorMessage"] == .string(message))
            #expect(info["numberRecordsProcessed"] == 0)
            #expect(info["numberRecordsFailed"] == 0)
            #expect(server.org.count(of: "Contact") == 0)
            #expect(try await client.results(id, "unprocessedrecords") == csv)
        }
    }

    @Test func aColumnThatFieldSecurityHidesIsNotFound() async throws {
        try await withEmulator { server, client in
            server.org.setHidden(true, field: "Phone", of: "Contact")
            let (_, info) = try await client.ingest("Contact", "insert", "LastName,Phone\na,1\n")
            #expect(info["errorMessage"] == "InvalidBatch : Field name not found : Phone")
        }
    }

    @Test func aHeaderInAnotherCaseWorksButItsValuesAreLostInFailedResults() async throws {
        try await withEmulator { server, client in
            let (id, info) = try await client.ingest(
                "Contact", "insert", "lastname,Email\nok,\nbad,nowhere\n")
            #expect(info["numberRecordsFailed"] == 1)
            #expect(server.org.records(of: "Contact").map { $0["LastName"] } == ["ok"])
            #expect(try await client.results(id, "failedResults").hasSuffix(",\"\",\"nowhere\"\n"))
        }
    }

    @Test func anotherDelimiterAndLineEndingAreKeptInResults() async throws {
        try await withEmulator { server, client in
            let id = try await client.createJob(
                "Contact", "insert",
                [.init("lineEnding", "CRLF"), .init("columnDelimiter", "SEMICOLON")])
            _ = try await client.upload(id, "LastName;Title\r\na;\"x;y\nz\"\r\n")
            _ = try await client.setState(id, "UploadComplete")
            _ = try await client.wait(id)
            let record = server.org.records(of: "Contact")[0]
            #expect(record["Title"] == "x;y\nz")
            let contact = record["Id"]?.string ?? ""
            #expect(
                try await client.results(id, "successfulResults")
                    == "\"sf__Id\";\"sf__Created\";LastName;Title\r\n"
                    + "\"\(contact)\";\"true\";\"a\";\"x;y\nz\"\r\n")
        }
    }
}
