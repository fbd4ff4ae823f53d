import SalesforceEmulator
import Testing

extension EndToEnd {
    /// Sources and the destination, as the configuration names them.
    @Suite struct DestinationTests {
        @Test func aDisabledDestinationGetsNothingUntilItIsEnabled() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.salesforce = "  enabled: false"
                try await Workspace.with(text) { workspace in
                    try await Server.run(workspace) { server in
                        let answer = try await server.post(
                            "/v1/identify", Array(Profile(1).json.utf8))
                        #expect(answer.status == 200)
                        let status = try await workspace.json("status")
                        #expect(status.int("$.sources[0].events") == 1)
                        #expect(status.text("$.sources[0].name") == "website")
                        #expect(status.text("$.sources[0].lastSeen") != nil)
                        #expect(status.text("$.destination.name") == "test")
                        let refused = try await workspace.tidemark("apply")
                        #expect(refused.status == 1)
                    }
                    let refused = try await workspace.tidemark("sync")
                    #expect(refused.status == 1)
                    #expect(refused.errors.contains("salesforce.enabled is false"))
                    #expect(emulator.org.statistics.calls.isEmpty)
                    let shown = try await workspace.tidemark("status")
                    #expect(shown.output.contains("test, disabled"), "\(shown.output)")
                    try workspace.configure(ConfigurationText(emulator.baseURL))
                    #expect(try await workspace.json("sync").int("$.created") == 1)
                    #expect(emulator.org.count(of: "Contact") == 1)
                }
            }
        }

        @Test func anEventCanRuleTheDestinationOutByItsName() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let out = Profile(1).json.dropLast() + #","integrations":{"test":false}}"#
                    try workspace.write("events.ndjson", out + "\n" + Profile(2).json + "\n")
                    _ = try await workspace.json("ingest", "events.ndjson")
                    #expect(try await workspace.json("sync").int("$.created") == 1)
                    let status = try await workspace.json("status")
                    #expect(status.int("$.skipped") == 1)
                    let sources = status.list("$.sources")
                    #expect(sources.compactMap { $0.int("$.events") }.reduce(0, +) == 2)
                }
            }
        }
    }
}
