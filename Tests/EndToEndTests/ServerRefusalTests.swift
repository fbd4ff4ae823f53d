import EventLog
import Foundation
import SalesforceEmulator
import Testing

/// What a command says when the server that it writes through does not take what it brings.
extension EndToEnd {
    @Suite struct ServerRefusalTests {
        private static let overloaded = (
            status: 503,
            body: #"{"message":"65536 events wait to be appended; try again","isPassing":true}"#
        )
        private static let full = (
            status: 503, body: #"{"message":"the log's disk is full; free some space"}"#
        )
        private static let taken = (
            status: 200, body: #"{"outcomes":["accepted"],"positions":[3]}"#
        )

        /// A data folder with a log, and a file with one event more.
        private func withEvent(
            _ body: @escaping @Sendable (Workspace) async throws -> Void
        ) async throws {
            try await Workspace.with(ConfigurationText("http://127.0.0.1:9")) { workspace in
                try workspace.write("first.ndjson", [Profile(1)].lines)
                _ = try await workspace.json("ingest", "first.ndjson")
                // Folds it: what reads beside a server folds nothing.
                _ = try await workspace.json("status")
                try workspace.write("events.ndjson", [Profile(2)].lines)
                try await body(workspace)
            }
        }

        @Test func aServerThatHasTooMuchToDoIsAskedAgain() async throws {
            try await withEvent { workspace in
                let script = [Self.overloaded, Self.overloaded, Self.taken]
                try await ScriptedControl.run(workspace, script) { control in
                    let ingested = try await workspace.json("ingest", "events.ndjson")
                    #expect(ingested.int("$.accepted") == 1)
                    #expect(control.writeCount == 3)
                }
            }
        }

        @Test func whatTheServerSaysIsPassedOnAndNothingElse() async throws {
            try await withEvent { workspace in
                try await ScriptedControl.run(workspace, [Self.full]) { control in
                    let exit = try await workspace.tidemark("ingest", "events.ndjson")
                    #expect(exit.status == 1)
                    #expect(exit.errors.contains("the log's disk is full; free some space"))
                    #expect(exit.errors.contains("run the same command again"))
                    #expect(!exit.errors.contains("restart"), "\(exit.errors)")
                    #expect(control.writeCount == 1, "a person has to do something first")

                    let replay = try await workspace.tidemark("replay", "--from", "1")
                    #expect(replay.status == 1)
                    #expect(replay.errors.contains("the log's disk is full; free some space"))
                }
            }
        }

        @Test(.enabled(if: SmallDisk.isAllowed, "only root may mount a small disk"))
        func aFullDiskUnderTheServerIsNamedAndOnceThereIsRoomTheFileIsTaken() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await SmallDisk.with(workspace.data, bytes: 8 << 20) {
                        let ballast = workspace.data + "/ballast"
                        try Data(count: 6 << 20).write(to: URL(fileURLWithPath: ballast))
                        let plan = String(repeating: "p", count: 8_000)
                        let many = (0..<400).map {
                            Profile($0, plan: plan, messageID: "large-\($0)")
                        }
                        try workspace.write("events.ndjson", many.lines)
                        try await Server.run(workspace) { server in
                            let exit = try await workspace.tidemark("ingest", "events.ndjson")
                            #expect(exit.status == 1)
                            #expect(
                                exit.errors.contains("the log's disk is full"), "\(exit.errors)")
                            #expect(!exit.errors.contains("restart"), "\(exit.errors)")
                            try FileManager.default.removeItem(atPath: ballast)
                            try workspace.write("few.ndjson", [Profile(99_999)].lines)
                            try await eventually("there is room") {
                                let again = try await workspace.tidemark("ingest", "few.ndjson")
                                return again.status == 0 ? () : nil
                            }
                            try await server.settled()
                        }
                        #expect(emulator.org.contactsByEmail[Profile(99_999).email]?.count == 1)
                    }
                }
            }
        }
    }
}
