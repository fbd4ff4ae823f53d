import SalesforceEmulator
import Testing

extension EndToEnd {
    /// What `init --preset` writes, used as it was written.
    @Suite struct PresetTests {
        static let events = """
            {"type":"identify","messageId":"1","userId":"u1","traits":{"email":"ada@example.com",\
            "first_name":"Ada","last_name":"Byron","company":"Engines","address":{"city":"London"}}}
            {"type":"group","messageId":"2","userId":"u1","groupId":"g1","traits":{"name":"Engines",\
            "employees":12,"address":{"city":"London"}}}
            {"type":"track","messageId":"3","userId":"u1","event":"Deal","properties":{"name":"First",\
            "stage_name":"Prospecting","close_date":"2026-12-24","amount":12.5}}
            {"type":"track","messageId":"4","userId":"u1","event":"Help","properties":\
            {"description":"It does not turn"}}
            {"type":"track","messageId":"5","userId":"u1","event":"Bought","properties":\
            {"subscription_id":"s1","plan":"pro"}}

            """

        @Test func everyPresetWorksAgainstTheEmulator() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(nil) { workspace in
                    let environment = [
                        "WEBSITE_WRITE_KEY": "key", "SF_CLIENT_ID": "demo-client",
                        "SF_CLIENT_SECRET": "demo-secret",
                        "TIDEMARK_SALESFORCE_LOGIN_URL": emulator.baseURL,
                    ]
                    func run(_ arguments: String...) async throws -> Exit {
                        try await workspace.start(arguments, environment: environment).exit()
                    }
                    let written = try await run(
                        "init", "--preset", "lead", "contact", "account", "opportunity", "case",
                        "custom")
                    #expect(written.status == 0, "\(written.errors)")
                    let checked = try await run("check")
                    #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
                    // The actions that create look at events from their first appearance on.
                    #expect(try await run("sync").status == 0)
                    try workspace.write("events.ndjson", Self.events)
                    #expect(try await run("ingest", "events.ndjson").status == 0)
                    let synced = try await run("sync", "--json")
                    #expect(synced.status == 0, "\(synced.errors)")
                    #expect(try synced.document().int("$.created") == 6)
                    let org = emulator.org
                    let contact = try #require(org.records(of: "Contact").first)
                    #expect(contact["LastName"]?.string == "Byron")
                    #expect(contact["MailingCity"]?.string == "London")
                    #expect(org.records(of: "Lead").first?["Company"]?.string == "Engines")
                    #expect(org.records(of: "Account").first?["AccountNumber"]?.string == "g1")
                    #expect(org.records(of: "Opportunity").first?["Name"]?.string == "First")
                    #expect(
                        org.records(of: "Case").first?["Description"]?.string == "It does not turn")
                    #expect(
                        org.records(of: "Subscription__c").first?["External_Id__c"]?.string == "s1")
                    // The same again changes nothing.
                    let again = try await run("sync", "--json")
                    #expect(try again.document().int("$.created") == 0)
                }
            }
        }

        @Test func anUnknownPresetEndsWith64AndNamesThoseThatExist() async throws {
            try await Workspace.with(nil) { workspace in
                let exit = try await workspace.tidemark("init", "--preset", "contcat")
                #expect(exit.status == 64)
                #expect(exit.errors.contains("opportunity"), "\(exit.errors)")
            }
        }
    }
}
