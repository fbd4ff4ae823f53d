import Foundation
import SalesforceEmulator
import Testing

/// A configuration that changes while a server runs.
extension EndToEnd {
    @Suite struct ReloadTests {
        private static let companies = """
              - name: Companies
                object: Account
                trigger: type = "group"
                operation: upsert
                matchers: { AccountNumber: $.groupId }
                fields: { Name: $.traits.name }
            """

        private static func text(
            _ emulator: EmulatorServer, more: [String: String] = [:]
        ) -> ConfigurationText {
            var text = ConfigurationText(emulator.baseURL)
            text.actions =
                ActionText.profiles(
                    fields: ActionText.standardFields.merging(more) { _, new in new })
                + "\n" + companies
            return text
        }

        private static func identify(_ number: Int) -> String {
            """
            {"messageId":"m\(number)","userId":"u\(number)","traits":{"email":\
            "p\(number)@example.com","last_name":"L\(number)","region":"north"}}
            """
        }

        private static func field(_ name: String, _ number: Int, _ org: Org) -> String? {
            org.contactsByEmail["p\(number)@example.com"]?.first?[name]?.string
        }

        private func withServer(
            _ body: @escaping @Sendable (EmulatorServer, Workspace, Server) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(Self.text(emulator)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Self.identify(1))
                        _ = try await server.post(
                            "/v1/group",
                            #"{"messageId":"g1","groupId":"a1","userId":"u","traits":{"name":"A"}}"#
                        )
                        try await server.settled()
                        try await body(emulator, workspace, server)
                    }
                }
            }
        }

        /// The account is deleted behind the server's back: whoever looked for it would make it
        /// anew.
        @Test func aChangedMappingReachesTheRecordsOfItsObjectAndNoOthers() async throws {
            try await withServer { emulator, workspace, server in
                let org = emulator.org
                let account = try #require(org.records(of: "Account").first?["Id"]?.string)
                try org.delete("Account", id: account)
                #expect(Self.field("Region__c", 1, org) == nil)
                let before = try await workspace.json("status").int("$.configuration.position")
                try workspace.configure(
                    Self.text(emulator, more: ["Region__c": "$.traits.region"]))
                server.process.signal(SIGHUP)
                try await eventually("the new field is there") {
                    Self.field("Region__c", 1, org) == "north" ? () : nil
                }
                try await server.settled()
                #expect(org.count(of: "Account") == 0)
                let after = try await workspace.json("status").int("$.configuration.position")
                #expect(after ?? 0 > before ?? 0)
                let said = try server.process.errorsSoFar()
                #expect(said.contains("the configuration was reloaded"))
                #expect(said.contains("changed \"Profiles by upsert\""))
                _ = try await workspace.json("replay", "--from", "1", "--object", "Account")
                try await eventually("a look makes the account anew") {
                    org.count(of: "Account") == 1 ? () : nil
                }
                #expect(try await workspace.tidemark("verify").status == 0)
            }
        }

        @Test(arguments: [
            ("an unknown field", "Nonsense__c: $.traits.x", "Contact has no field Nonsense__c"),
            ("no YAML", "LastName: [", "tidemark.yaml:"),
            ("an unknown path", "Region__c: $.trait.region", "leads nowhere"),
        ])
        func aFileWithAProblemIsRefusedAndTheOldOneStays(
            _ name: String, _ line: String, _ shown: String
        ) async throws {
            try await withServer { emulator, workspace, server in
                let before = try await workspace.json("status").int("$.configuration.position")
                let good = Self.text(emulator, more: ["Region__c": "$.traits.region"])
                let broken = good.yaml.replacing("Region__c: $.traits.region", with: line)
                try workspace.write("tidemark.yaml", broken)
                server.process.signal(SIGHUP)
                try await eventually("the refusal is said") {
                    let said = try server.process.errorsSoFar()
                    return said.contains("was not reloaded") && said.contains(shown) ? () : nil
                }
                let status = try await workspace.json("status")
                let problems = status.list("$.configuration.refused.problems")
                #expect(problems.contains { "\($0.value)".contains(shown) })
                #expect(status.int("$.configuration.position") == before)
                #expect(try await workspace.tidemark("status").output.contains(shown))

                _ = try await server.post("/v1/identify", Self.identify(2))
                try await eventually("the old configuration is in force") {
                    Self.field("LastName", 2, emulator.org) == "L2" ? () : nil
                }
                #expect(Self.field("Region__c", 2, emulator.org) == nil)

                try workspace.configure(good)
                server.process.signal(SIGHUP)
                try await eventually("the corrected file is in force") {
                    Self.field("Region__c", 2, emulator.org) == "north" ? () : nil
                }
                let corrected = try await workspace.json("status")
                #expect(corrected.list("$.configuration.refused.problems").isEmpty)
            }
        }

        @Test func whatIsNoActionWaitsForTheNextStart() async throws {
            try await withServer { emulator, workspace, server in
                var text = Self.text(emulator)
                text.fence = "400ms"
                try workspace.configure(text)
                server.process.signal(SIGHUP)
                try await eventually("it is said") {
                    let said = try server.process.errorsSoFar()
                    return said.contains("no action is different")
                        && said.contains("key=salesforce") ? () : nil
                }
            }
        }

        @Test func aRestartSaysWhatHasChanged() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(Self.text(emulator)) { workspace in
                    try await Server.run(workspace) { _ in }
                    try workspace.configure(
                        Self.text(emulator, more: ["Region__c": "$.traits.region"]))
                    try await Server.run(workspace) { server in
                        let said = try server.process.errorsSoFar()
                        #expect(said.contains("the configuration has changed"))
                        #expect(said.contains("changed \"Profiles by upsert\""))
                    }
                }
            }
        }
    }
}
