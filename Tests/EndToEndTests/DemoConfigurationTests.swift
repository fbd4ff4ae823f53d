import Foundation
import SalesforceEmulator
import Testing

/// The configuration that `Tools/demo` shows: no demo with a broken one.
extension EndToEnd {
    @Suite struct DemoConfigurationTests {
        private static let path = Repository.path("Tools/demo-configuration/tidemark.yaml")

        /// As the demo sets them.
        private static func variables(_ workspace: Workspace, _ login: String) -> [String: String] {
            [
                "TIDEMARK_DATA": workspace.data, "TIDEMARK_INGEST_LISTEN": "127.0.0.1:0",
                "TIDEMARK_SALESFORCE_LOGIN_URL": login, "SF_CLIENT_ID": "demo-client",
                "SF_CLIENT_SECRET": "demo-secret",
            ]
        }

        @Test func itsFixturesHold() async throws {
            try await Workspace.with(nil) { workspace in
                let exit = try await workspace.tidemark(
                    "test", "--config", Self.path, "--json",
                    environment: Self.variables(workspace, "http://127.0.0.1:1"))
                #expect(exit.status == 0, "\(exit.errors)\(exit.output)")
                #expect(try exit.document().int("$.passed") ?? 0 > 0)
            }
        }

        @Test func itFitsTheOrgThatTheDemoStartsOnlineAndOffline() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(nil) { workspace in
                    for arguments in [["check"], ["check", "--offline"]] {
                        let exit = try await workspace.start(
                            arguments + ["--config", Self.path, "--json"],
                            environment: Self.variables(workspace, emulator.baseURL)
                        ).exit()
                        #expect(exit.status == 0, "\(exit.errors)\(exit.output)")
                        let document = try exit.document()
                        #expect(document.bool("$.ok") == true)
                        #expect(document.list("$.problems").isEmpty)
                    }
                }
            }
        }

        /// The script names its variables; a renamed one would leave the demo at its defaults.
        @Test func theDemoSetsWhatTheseTestsSet() throws {
            let script = try String(contentsOfFile: Repository.path("Tools/demo"), encoding: .utf8)
            for name in Self.variables(Workspace(folder: "/"), "").keys {
                #expect(script.contains("export \(name)="))
            }
            #expect(script.contains("Tools/demo-configuration/tidemark.yaml"))
        }
    }
}
