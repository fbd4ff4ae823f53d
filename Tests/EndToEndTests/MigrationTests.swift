import Foundation
import SalesforceEmulator
import Testing

/// Another authorisation for the same org, and another org for the same folder.
extension EndToEnd {
    @Suite struct MigrationTests {
        /// An org with an app of before, to which a folder with settled contacts is connected.
        static func with(
            _ body: @escaping @Sendable (Workspace, EmulatorServer) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                emulator.org.add(OAuthApp(clientID: "old-app", clientSecret: "demo-secret"))
                let text = ConnectionTests.web(emulator, clientID: "old-app")
                try await Workspace.with(text) { workspace in
                    try workspace.writeKey(ConnectionTests.key)
                    try workspace.write("events.ndjson", (0..<3).map { Profile($0) }.lines)
                    #expect(try await workspace.connect().status == 0)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    #expect(try await workspace.json("sync").int("$.created") == 3)
                    try await body(workspace, emulator)
                }
            }
        }

        @Test func anotherAppTakesOverAndNothingElseChanges() async throws {
            try await Self.with { workspace, emulator in
                let before = try await workspace.json("verify")
                let old = emulator.org.refreshTokens
                let early = try await workspace.tidemark("connect", "--migrate")
                #expect(early.status == 1)
                #expect(early.errors.contains("still that of the authorisation to be replaced"))
                try workspace.configure(ConnectionTests.web(emulator))
                let exit = try await workspace.connect("--migrate")
                #expect(exit.status == 0, "\(exit.errors)")
                #expect(exit.output.contains("Spring '26"))
                #expect(exit.output.contains("September 2025"))
                #expect(!exit.output.contains("username-password"))
                let after = try await workspace.json("verify")
                #expect(after.text("$.chainHead") == before.text("$.chainHead"))
                #expect(after.bool("$.ok") == true)
                #expect(emulator.org.refreshTokens.count == 1)
                #expect(emulator.org.refreshTokens != old)
                let again = try await workspace.json("sync")
                #expect(again.int("$.created") == 0 && again.int("$.updated") == 0)
                #expect(emulator.org.count(of: "Contact") == 3)
            }
        }

        @Test func aMigrationToAnotherOrgIsRefusedAndTheOldGrantStaysGood() async throws {
            try await Self.with { workspace, emulator in
                var options = EmulatorOptions()
                options.organizationNumber = 2
                let old = emulator.org.refreshTokens
                try await EmulatorServer.withRunning(options) { other in
                    try workspace.configure(ConnectionTests.web(other))
                    let exit = try await workspace.connect("--migrate")
                    #expect(exit.status == 1)
                    #expect(exit.errors.contains(emulator.org.organizationID))
                    #expect(exit.errors.contains(other.org.organizationID))
                    #expect(other.org.refreshTokens == [], "the new grant was ended")
                }
                #expect(emulator.org.refreshTokens == old)
                try workspace.configure(ConnectionTests.web(emulator, clientID: "old-app"))
                #expect(try await workspace.tidemark("whoami").status == 0)
            }
        }

        @Test func anotherToolsUserProvesTheOrgWithoutItsPassword() async throws {
            try await ConnectionTests.with { workspace, emulator in
                try workspace.write(
                    "old.json",
                    """
                    {"settings": {"username": "integration.user@emulator.example",
                      "auth_password": "canary-password", "security_token": "canary-token",
                      "isSandbox": true}}
                    """)
                try workspace.write("strange.env", "SF_USERNAME=somebody@elsewhere.example\n")
                try workspace.write("empty.yaml", "password: canary-password\n")
                let strange = try await workspace.connect("--migrate", "--from", "strange.env")
                #expect(strange.status == 1)
                #expect(strange.errors.contains("is not a user of this org"))
                #expect(emulator.org.refreshTokens == [])
                let empty = try await workspace.tidemark(
                    "connect", "--migrate", "--from", "empty.yaml")
                #expect(empty.status == 78)
                let exit = try await workspace.connect("--migrate", "--from", "old.json")
                #expect(exit.status == 0, "\(exit.errors)")
                #expect(exit.output.contains("Winter '27"))
                for text in [exit.output, exit.errors, empty.errors] {
                    #expect(!text.contains("canary"))
                }
                #expect(try await workspace.tidemark("whoami").status == 0)
            }
        }

        @Test func withoutAConnectionThereIsNothingToMigrate() async throws {
            try await ConnectionTests.with { workspace, _ in
                let exit = try await workspace.tidemark("connect", "--migrate")
                #expect(exit.status == 1)
                #expect(exit.errors.contains("no connection to migrate"))
                #expect(try await workspace.tidemark("connect", "--from", "x").status == 64)
            }
        }

        /// The same settings, another org behind them: a refreshed sandbox, a mistyped domain.
        @Test func anotherOrgBehindTheSettingsStopsEverything() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", (0..<3).map { Profile($0) }.lines)
                    #expect(try await workspace.tidemark("connect").status == 0)
                    var options = EmulatorOptions()
                    options.organizationNumber = 2
                    try await EmulatorServer.withRunning(options) { other in
                        try workspace.configure(ConfigurationText(other.baseURL))
                        _ = try await workspace.json("ingest", "events.ndjson")
                        for command in ["serve", "sync", "plan", "apply", "whoami", "connect"] {
                            let exit = try await workspace.tidemark(command)
                            #expect(exit.status == 1, "\(command): \(exit.output)\(exit.errors)")
                            for org in [emulator.org, other.org] {
                                #expect(
                                    exit.errors.contains(org.organizationID),
                                    "\(command): \(exit.errors)")
                            }
                        }
                        #expect(other.org.truth.isEmpty)
                        #expect(other.org.usedCalls == 0, "no call of the API was made")
                    }
                    try workspace.configure(ConfigurationText(emulator.baseURL))
                    #expect(try await workspace.json("sync").int("$.created") == 3)
                }
            }
        }
    }

    @Suite struct RightsTests {
        @Test func missingSightAndNeedlessRightsAreToldWithTheirPlace() async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                let rows = org.records(of: "ObjectPermissions")
                let contact = rows.first { $0["SobjectType"] == "Contact" }
                let id = try #require(contact?["Id"]?.string)
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let whole = try await workspace.json("whoami")
                    #expect(
                        whole.list("$.warnings").allSatisfy {
                            $0.text("$.message")?.contains("View All") == false
                        })
                    try org.edit(
                        "ObjectPermissions", id: id,
                        ["PermissionsViewAllRecords": false, "PermissionsModifyAllRecords": false])
                    for command in ["whoami", "check"] {
                        let exit = try await workspace.tidemark(command)
                        #expect(exit.status == 0)
                        #expect(exit.output.contains("lacks View All Records on Contact"))
                        #expect(exit.output.contains(/tidemark\.yaml:[0-9]+:[0-9]+: this user/))
                        #expect(exit.output.contains("more rights than needed on Contact: Delete"))
                        #expect(exit.output.contains("objects that no action uses: Account"))
                        #expect(exit.output.contains("of 15000"))
                    }
                    org.setLimits(used: 13_000)
                    let spent = try await workspace.tidemark("whoami")
                    #expect(spent.output.contains("(87%)"))
                    #expect(spent.output.contains("Tidemark stops at 80%"))
                }
            }
        }

        @Test func thePermissionSetIsPrintedWithoutAskingAnybody() async throws {
            var text = ConfigurationText("http://127.0.0.1:1")
            text.clientSecret = "env:NOBODY_SETS_THIS"
            try await Workspace.with(text) { workspace in
                let exit = try await workspace.tidemark("check", "--permission-set")
                #expect(exit.status == 0, "\(exit.errors)")
                #expect(exit.output.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"))
                #expect(exit.output.contains("<field>Contact.Plan__c</field>"))
                #expect(exit.output.contains("<viewAllRecords>true</viewAllRecords>"))
                #expect(!exit.output.contains("Contact.LastName"))
                let json = try await workspace.json("check", "--permission-set")
                #expect(json.text("$.permissionSet")?.contains("ApiEnabled") == true)
            }
        }
    }
}
