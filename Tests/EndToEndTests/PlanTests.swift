import Foundation
import SalesforceEmulator
import Testing

/// Plans under what is only supposed.
extension EndToEnd {
    @Suite struct PlanTests {
        private func withDelivered(
            _ body:
                @escaping @Sendable (Workspace, EmulatorServer, ConfigurationText) async throws ->
                Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                let text = ConfigurationText(emulator.baseURL)
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", [Profile(1), Profile(2)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    try await body(workspace, emulator, text)
                }
            }
        }

        /// A configuration that also maps the score, to a field that nothing wrote before.
        private func changed(_ text: ConfigurationText) -> String {
            var text = text
            text.actions = ActionText.profiles(
                fields: ActionText.standardFields.merging(["Region__c": "$.traits.plan"]) { $1 })
            return text.yaml
        }

        private func changes(_ plan: Document) -> [String] {
            plan.list("$.operations").flatMap { operation in
                operation.list("$.changes").map { change in
                    [operation.text("$.key.Email"), change.text("$.field"), change.text("$.after")]
                        .map { $0 ?? "null" }.joined(separator: " ")
                }
            }
        }

        @Test func aPlanUnderAnotherConfigurationPutsNothingInForce() async throws {
            try await withDelivered { workspace, emulator, text in
                try workspace.write("changed.yaml", changed(text))
                let before = try await workspace.json("status")
                let writes = emulator.org.truth.count
                let plan = try await workspace.json("plan", "--config", "changed.yaml")
                #expect(
                    changes(plan) == [
                        "person1@example.com Region__c plan-0",
                        "person2@example.com Region__c plan-0",
                    ])
                #expect(plan.list("$.operations").allSatisfy { $0.text("$.operation") == "update" })
                let after = try await workspace.json("status")
                #expect(after["$.log"] == before["$.log"])
                #expect(after["$.configuration"] == before["$.configuration"])
                #expect(after["$.keys"] == before["$.keys"])
                #expect(emulator.org.truth.count == writes)
                #expect(try await workspace.json("plan").list("$.operations").isEmpty)
                let folder = try await workspace.shell("ls data")
                #expect(!folder.output.contains("plan-"), "nothing is left behind")
                // What it showed is what happens.
                try workspace.write("tidemark.yaml", changed(text))
                #expect(try await workspace.json("sync").int("$.updated") == 2)
            }
        }

        @Test func theSameBesideAServer() async throws {
            try await withDelivered { workspace, emulator, text in
                try await Server.run(workspace) { server in
                    try workspace.write("changed.yaml", changed(text))
                    let plan = try await workspace.json("plan", "--config", "changed.yaml")
                    #expect(changes(plan).count == 2)
                    #expect(emulator.org.contactsByEmail[Profile(1).email]?.count == 1)
                    #expect(
                        emulator.org.contactsByEmail[Profile(1).email]?.first?["Region__c"]?.string
                            == nil)
                    #expect(try await server.get("/readyz").status == 200)
                }
            }
        }

        @Test func aPlanShowsTheWayBackToAPointInTime() async throws {
            try await withDelivered { workspace, emulator, _ in
                let point = try await workspace.json("status").int("$.log.lastPosition") ?? 0
                let later = [
                    Profile(1, revision: 1, plan: "gold"), Profile(3, plan: "new"),
                ]
                try workspace.write("later.ndjson", later.lines)
                _ = try await workspace.json("ingest", "later.ndjson")
                _ = try await workspace.json("sync")
                try emulator.org.delete(
                    "Contact",
                    id: try #require(
                        emulator.org.contactsByEmail[Profile(2).email]?.first?["Id"]?.string))
                let writes = emulator.org.truth.count

                let plan = try await workspace.json("plan", "--as-of", "\(point)")
                #expect(plan.int("$.basedOn.asOf") == point)
                let operations = plan.list("$.operations")
                let updated = operations.filter { $0.text("$.operation") == "update" }
                #expect(updated.map { $0.text("$.key.Email") } == [Profile(1).email])
                #expect(changes(plan).contains("person1@example.com Plan__c plan-0"))
                let before = updated.first?.list("$.changes").first { change in
                    change.text("$.field") == "Plan__c"
                }
                #expect(before?.text("$.before") == "gold")
                #expect(!changes(plan).contains { $0.hasPrefix(Profile(3).email) })
                #expect(emulator.org.truth.count == writes)

                let text = try await workspace.tidemark(
                    "plan", "--as-of", "\(point)", "--detailed-exitcode")
                #expect(text.status == 2)
                #expect(text.output.contains("as if no event had come after position \(point)"))
                let slip = try await workspace.tidemark("plan", "--as-of", "yesterday")
                #expect(slip.status == 64)
            }
        }

        @Test func whatAStoppedProcessLeftIsTidiedUp() async throws {
            try await withDelivered { workspace, _, _ in
                // No process has such a number; the test's own is alive.
                let alive = "plan-\(ProcessInfo.processInfo.processIdentifier)"
                _ = try await workspace.shell(
                    "cd data && mkdir plan-99999999 verify-99999999 \(alive); touch plan-99999999/x"
                )
                _ = try await workspace.json("plan", "--as-of", "1")
                _ = try await workspace.json("verify")
                let left = try await workspace.shell("ls data").output
                #expect(
                    left.split(separator: "\n").map(String.init).sorted()
                        == [
                            "log", alive, "state",
                        ].sorted())
            }
        }

        /// What waits for a person is not looked at, and the plan says so.
        @Test func parkedKeysAreNotForgotten() async throws {
            try await withDelivered { workspace, emulator, _ in
                try emulator.org.seed(
                    "Contact", [["LastName": "Twin", "Email": .string(Profile(1).email)]])
                _ = try await workspace.json("replay", "--from", "1")
                _ = try await workspace.json("sync")
                let plan = try await workspace.json("plan")
                #expect(plan.list("$.blocked").isEmpty)
                #expect(plan.int("$.parked.ambiguous") == 1)
                let text = try await workspace.tidemark("plan")
                #expect(text.output.contains("Not looked at: 1 parked key"))
            }
        }
    }
}
