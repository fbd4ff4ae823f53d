import SalesforceEmulator
import Testing

/// Where the output goes when nobody can take it.
extension EndToEnd {
    @Suite struct OutputTests {
        /// Runs a line of shell in a workspace in which one contact was delivered; `$T` is the
        /// program.
        private func shell(_ line: String) async throws -> Exit {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", [Profile(1)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let exit = try await workspace.shell(line)
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                    return exit
                }
            }
        }

        @Test(
            .enabled(if: Workspace.hasFullDevice, "needs /dev/full, as Linux has it"),
            arguments: [
                "status", "log", "log --json", "audit --export csv", "audit --export ndjson",
                "explain Contact Email=person1@example.com", "plan --detailed-exitcode", "verify",
            ])
        func whatCouldNotBePrintedIsAFailure(command: String) async throws {
            let exit = try await shell("$T \(command) >/dev/full")
            #expect(exit.status == 1 && !exit.wasSignalled, "\(exit.errors)")
            #expect(exit.errors.contains("what was to be printed could not be written: No space"))
        }

        @Test(.enabled(if: Workspace.hasFullDevice, "needs /dev/full, as Linux has it"))
        func aComplaintThatNobodyCanTakeEndsNothingElse() async throws {
            let exit = try await shell(
                "printf 'bad\\n' | $T ingest - 2>/dev/full; $T sync 2>/dev/full")
            #expect(exit.status == 0 && !exit.wasSignalled)
            #expect(exit.output.contains("unchanged 0"))
            let failed = try await shell("$T explain Contact Email=nobody@example.com 2>/dev/full")
            #expect(failed.status == 1 && !failed.wasSignalled)
        }

        /// The log's own file must not be opened as standard output.
        @Test(arguments: [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
        func aClosedStreamDamagesNothing(closed: String) async throws {
            let line =
                "printf '%s\\n' '\(Profile(2).json)' > more.ndjson; $T ingest more.ndjson \(closed)"
            let exit = try await shell(line + "; $T status --json")
            #expect(exit.output.contains("\"settled\" : 1"), "\(exit.errors)")
            #expect(exit.output.contains("\"dirty\" : 1"), "it was taken in all the same")
        }

        @Test func aReaderThatHasHadEnoughIsNoFailure() async throws {
            let plain = try await shell("$T log | head -n 1")
            #expect(plain.output.split(separator: "\n").count == 1)
            #expect(plain.errors.isEmpty)
            let document = try await shell("$T plan --json | head -n 1")
            #expect(document.output == "{\n" && document.errors.isEmpty)
        }

        @Test func followEndsWithItsReaderBesideAServerToo() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        // `head` goes after a line; what comes later finds nobody.
                        let follower = try workspace.startShell(
                            "$T log --follow --kind event | head -n 1; echo gone")
                        try await eventually("the first event is shown") {
                            try follower.outputSoFar().contains(Profile(1).id) ? () : nil
                        }
                        _ = try await server.post("/v1/identify", Profile(2).json)
                        let exit = try await follower.exit()
                        #expect(exit.output.hasSuffix("gone\n") && exit.errors.isEmpty)
                    }
                }
            }
        }
    }
}
