import SalesforceEmulator
import Testing

/// What was refused before any call stays visible, in its place.
extension EndToEnd {
    @Suite struct LocalRefusalTests {
        @Test func theAuditKeepsARefusedValueInItsPlaceAfterItIsCorrected() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = ActionText.profiles(
                    fields: ["LastName": "$.traits.last_name", "Score__c": "$.traits.plan"])
                try await Workspace.with(text) { workspace in
                    for event in [
                        Profile(1, plan: "many"), Profile(2, plan: "7"),
                        Profile(1, revision: 1, plan: "8"),
                    ] {
                        try workspace.write("events.ndjson", [event].lines)
                        _ = try await workspace.json("ingest", "events.ndjson")
                        _ = try await workspace.json("sync")
                    }
                    let told = try await workspace.json("audit").list("$.operations")
                    #expect(
                        told.map { $0.text("$.key.Email") }
                            == [1, 2, 1].map { Profile($0).email })
                    #expect(told.map { $0.int("$.status") } == [400, 201, 201])
                    #expect(told.first?.text("$.outcome") == "blocked")
                    #expect(told.first?.int("$.events[0]") == 2, "the event that brought it")
                    #expect(told.first?.text("$.error.message")?.contains("Score__c") == true)
                    let refused = try await workspace.json("audit", "--status", "400")
                    #expect(refused.list("$.operations").count == 1)

                    let explained = try await workspace.json(
                        "explain", "Contact", "Email=\(Profile(1).email)")
                    #expect(
                        explained.list("$.history").map { $0.text("$.kind") }
                            == ["event", "blocked", "event", "operation"])
                    #expect(try await workspace.json("parked").list("$.parked").isEmpty)
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                }
            }
        }
    }
}
