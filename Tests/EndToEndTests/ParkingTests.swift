import Events
import SalesforceEmulator
import Testing

/// Keys that wait for a person, and letting them go.
extension EndToEnd {
    @Suite struct ParkingTests {
        @Test func severalMatchesAreParkedWithTheirIdsAndTouchNothing() async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let email = Profile(1).email
                    let ids = try org.seed(
                        "Contact",
                        ["A", "B"].map { ["LastName": .string($0), "Email": .string(email)] })
                    try await deliver([Profile(1), Profile(2)], workspace)
                    #expect(org.truth.map(\.kind) == [.create], "the neighbour is created")

                    let parked = try await workspace.json("parked", "--reason", "ambiguous")
                    let item = try #require(parked.list("$.parked").first)
                    #expect(item.int("$.status") == 300)
                    #expect(item.text("$.key.Email") == email)
                    #expect(Set(item.list("$.recordIds").map(\.value)) == Set(ids.map(string)))
                    let audit = try await workspace.json("audit", "--status", "300")
                    let blocked = try #require(audit.list("$.operations").first)
                    #expect(blocked.text("$.outcome") == "blocked")
                    #expect(blocked.text("$.error.code") == "ambiguous")

                    let again = try await workspace.json("sync")
                    #expect(again.int("$.failed") == 0, "it is not looked at again by itself")
                    try org.delete("Contact", id: ids[0])
                    let released = try await workspace.json("retry", "Contact", "Email=\(email)")
                    #expect(released.int("$.released") == 1)
                    let synced = try await workspace.json("sync")
                    #expect(synced.int("$.updated") == 1)
                    #expect(org.record("Contact", id: ids[1])?["LastName"]?.string == "Last 1")
                }
            }
        }

        private func string(_ text: String) -> JSONValue { .string(text) }

        @Test func anUpdateOfNobodyIsParkedAndANewEventTakesItUpAgain() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = ActionText.profiles(operation: "update")
                try await Workspace.with(text) { workspace in
                    try await deliver([Profile(1)], workspace)
                    #expect(emulator.org.count(of: "Contact") == 0)
                    let parked = try await workspace.json("parked")
                    #expect(parked.list("$.parked").first?.int("$.status") == 404)
                    let status = try await workspace.json("status")
                    #expect(status.int("$.keys.parked['not-found']") == 1)

                    try emulator.org.seed(
                        "Contact", [["LastName": "Old", "Email": .string(Profile(1).email)]])
                    try await deliver([Profile(1, revision: 1)], workspace)
                    let contact = emulator.org.contactsByEmail[Profile(1).email]?.first
                    #expect(contact?["LastName"]?.string == "Last 1")
                    #expect(try await workspace.json("parked").list("$.parked").isEmpty)
                }
            }
        }

        @Test func aRefusedValueIsParkedAloneAndACorrectedOneFreesIt() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = ActionText.profiles(
                    fields: ["LastName": "$.traits.last_name", "Tier__c": "$.traits.plan"])
                try await Workspace.with(text) { workspace in
                    let events = [
                        Profile(1, plan: "Gold"), Profile(2, plan: "Platinum"),
                        Profile(3, plan: "Silver"),
                    ]
                    try await deliver(events, workspace)
                    #expect(
                        Set(emulator.org.contactsByEmail.keys)
                            == [Profile(1).email, Profile(3).email])
                    let parked = try await workspace.json("parked", "--reason", "rejected")
                    let item = try #require(parked.list("$.parked").first)
                    #expect(item.text("$.key.Email") == Profile(2).email)
                    #expect(item.text("$.message")?.contains("Tier__c") == true)
                    let shown = try await workspace.tidemark("parked")
                    #expect(shown.output.contains("rejected"))
                    let status = try await workspace.json("status")
                    #expect(status.text("$.lastError.object") == "Contact")
                    let told = try await workspace.tidemark("status").output
                    let line = told.split(separator: "\n").first { $0.hasPrefix("last error") }
                    #expect(line?.contains(status.text("$.lastError.code") ?? "none") == true)
                    #expect(!told.contains("Platinum") && !told.contains(Profile(2).email))

                    try await deliver([Profile(2, revision: 1, plan: "Bronze")], workspace)
                    let contact = emulator.org.contactsByEmail[Profile(2).email]?.first
                    #expect(contact?["Tier__c"]?.string == "Bronze")
                }
            }
        }

        @Test func aValueThatDoesNotFitTheFieldIsParkedWithoutACall() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = ActionText.profiles(
                    fields: ["LastName": "$.traits.last_name", "Score__c": "$.traits.plan"])
                try await Workspace.with(text) { workspace in
                    try await deliver([Profile(1, plan: "many"), Profile(2, plan: "7")], workspace)
                    #expect(
                        Set(emulator.org.contactsByEmail.keys) == [Profile(2).email],
                        "nothing is sent by halves")
                    let parked = try await workspace.json("parked")
                    let message = try #require(
                        parked.list("$.parked").first?.text("$.message"))
                    #expect(message.contains("Score__c"))
                    #expect(!message.contains("many"), "messages hold no values")
                    let audit = try await workspace.json("audit", "--status", "400")
                    #expect(audit.list("$.operations").count == 1)
                    let explained = try await workspace.json(
                        "explain", "Contact", "Email=\(Profile(1).email)")
                    #expect(explained.text("$.state") == "parked/rejected")
                }
            }
        }

        @Test func heldDeletesWaitForARetryWhichIsTheApproval() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.salesforce = "  deletes: hold"
                text.actions =
                    ActionText.profiles() + "\n"
                    + ActionText.profiles(
                        operation: "delete",
                        trigger: #"type = "identify" and traits.plan = "gone""#,
                        fields: [:])
                try await Workspace.with(text) { workspace in
                    try await deliver([Profile(1)], workspace)
                    #expect(emulator.org.count(of: "Contact") == 1)
                    try await deliver([Profile(1, revision: 1, plan: "gone")], workspace)
                    #expect(emulator.org.count(of: "Contact") == 1)
                    let parked = try await workspace.json("parked", "--reason", "held")
                    #expect(parked.list("$.parked").count == 1)
                    _ = try await workspace.json("retry", "--reason", "held")
                    let synced = try await workspace.json("sync")
                    #expect(synced.int("$.deleted") == 1)
                    #expect(emulator.org.count(of: "Contact") == 0)
                }
            }
        }

        private func deliver(_ events: [Profile], _ workspace: Workspace) async throws {
            try workspace.write("events.ndjson", events.lines)
            _ = try await workspace.json("ingest", "events.ndjson")
            _ = try await workspace.json("sync")
        }
    }
}
