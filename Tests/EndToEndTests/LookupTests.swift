import SalesforceEmulator
import Testing

/// Lookups, as a person sees them through the commands.
extension EndToEnd {
    @Suite struct LookupTests {
        private static let contact =
            #"{"type":"identify","messageId":"c1","userId":"u1","traits":"#
            + #"{"email":"ann@example.com","last_name":"Lee","account":"a1"}}"#
        private static let account =
            #"{"type":"group","messageId":"g1","userId":"u1","groupId":"a1","#
            + #""traits":{"name":"Acme"}}"#

        private static func text(_ login: String) -> ConfigurationText {
            var text = ConfigurationText(login)
            text.actions =
                ActionText.profiles(
                    fields: [
                        "LastName": "$.traits.last_name",
                        "AccountId":
                            "{ lookup: { field: External_Id__c, value: $.traits.account } }",
                    ]) + """

                      - name: Accounts
                        object: Account
                        trigger: type = "group"
                        operation: upsert
                        matchers: { External_Id__c: $.groupId }
                        fields: { Name: $.traits.name }
                    """
            return text
        }

        @Test func aChildWaitsVisiblyAndGoesOnWithItsParent() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(Self.text(emulator.baseURL)) { workspace in
                    #expect(try await workspace.json("check").bool("$.ok") == true)
                    try workspace.write("contact.ndjson", Self.contact)
                    _ = try await workspace.json("ingest", "contact.ndjson")
                    #expect(try await workspace.tidemark("sync").status == 0)
                    #expect(emulator.org.records(of: "Contact").isEmpty)
                    try await expectWaiting(workspace)

                    try workspace.write("account.ndjson", Self.account)
                    _ = try await workspace.json("ingest", "account.ndjson")
                    let synced = try await workspace.json("sync")
                    #expect(synced.int("$.created") == 2)
                    let id = emulator.org.records(of: "Account").first?["Id"]?.string
                    #expect(
                        emulator.org.records(of: "Contact").map { $0["AccountId"]?.string } == [id])
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                }
            }
        }

        private func expectWaiting(_ workspace: Workspace) async throws {
            let reason = "AccountId waits: no Account has this External_Id__c"
            let status = try await workspace.json("status")
            #expect(status.int("$.keys.parked['waiting-for-parent']") == 1)
            let parked = try await workspace.json("parked", "--reason", "waiting-for-parent")
            #expect(parked.list("$.parked").map { $0.text("$.message") } == [reason])
            #expect(parked.list("$.parked").map { $0.int("$.status") } == [424])
            let explained = try await workspace.json("explain", "Contact", "Email=ann@example.com")
            #expect(explained.text("$.reason") == reason)
            let field = try #require(
                explained.list("$.fields").first { $0.text("$.field") == "AccountId" })
            #expect(field.text("$.desired.lookup.object") == "Account")
            #expect(field.text("$.desired.lookup.field") == "External_Id__c")
            #expect(field.text("$.desired.lookup.value") == "a1")
        }

        /// What one pass would send, the record of a parent that has no id yet included.
        @Test func aPlanShowsTheLookupAndTheNewParent() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(Self.text(emulator.baseURL)) { workspace in
                    try workspace.write("both.ndjson", Self.contact + "\n" + Self.account)
                    _ = try await workspace.json("ingest", "both.ndjson")
                    let plan = try await workspace.json("plan")
                    let objects = plan.list("$.operations").map { $0.text("$.object") }
                    #expect(objects == ["Account", "Contact"])
                    #expect(plan.list("$.blocked").isEmpty)
                    let change = try #require(
                        plan.list("$.operations").last?.list("$.changes").first {
                            $0.text("$.field") == "AccountId"
                        })
                    #expect(change["$.after"]?.kindName == "null")
                    #expect(change.text("$.lookup.value") == "a1")
                    let text = try await workspace.tidemark("plan").output
                    #expect(text.contains("the new Account by External_Id__c \"a1\""), "\(text)")
                    #expect(try await workspace.json("sync").int("$.created") == 2)
                }
            }
        }
    }
}
