import SalesforceEmulator
import Testing

/// What a terminal is shown, and nobody else. `script` lends a terminal.
extension EndToEnd {
    @Suite struct TerminalTests {
        private static let escape = "\u{1B}["

        /// `test` prints `ok` in green and needs nobody.
        private static let demo =
            "env -u NO_COLOR TERM=xterm SF_CLIENT_ID=x SF_CLIENT_SECRET=x $T test --config '"
            + Repository.path("Tools/demo-configuration/tidemark.yaml") + "'"

        private func terminal(_ command: String) -> String {
            #"script -qec "\#(command)" /dev/null"#
        }

        @Test func coloursAreForTerminals() async throws {
            try await Workspace.with(nil) { workspace in
                let shown = try await workspace.shell(terminal(Self.demo))
                #expect(shown.output.contains(Self.escape + "32mok"), "\(shown)")
                let piped = try await workspace.shell(Self.demo)
                #expect(piped.output.contains("ok  ") && !piped.output.contains(Self.escape))
            }
        }

        @Test(arguments: ["NO_COLOR=1", "TERM=dumb"])
        func whoeverWantsNoColourGetsNone(variable: String) async throws {
            try await Workspace.with(nil) { workspace in
                let command = Self.demo.replacing("$T", with: "\(variable) $T")
                let shown = try await workspace.shell(terminal(command))
                #expect(shown.output.contains("ok  "), "\(shown)")
                #expect(!shown.output.contains(Self.escape))
            }
        }

        /// Every query takes longer than the second after which progress is shown.
        @Test(arguments: [
            ("sync", true), ("sync >result.txt", true), ("sync 2>errors.txt", false),
            ("sync --json 2>errors.txt", false),
        ])
        func progressIsForATerminalsStandardError(command: String, isShown: Bool) async throws {
            try await EmulatorServer.withRunning { emulator in
                emulator.org.inject(Fault(on: .query, .delay(milliseconds: 1_200)))
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", [Profile(1)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    let shown = try await workspace.shell(terminal("$T \(command)"))
                    #expect(emulator.org.count(of: "Contact") == 1, "\(shown)")
                    #expect(shown.output.contains("\r\(Self.escape)Ksync") == isShown, "\(shown)")
                    for name in ["result.txt", "errors.txt"] where command.contains(name) {
                        let text = try await workspace.shell("cat \(name)").output
                        #expect(!text.contains(Self.escape))
                    }
                }
            }
        }
    }
}
