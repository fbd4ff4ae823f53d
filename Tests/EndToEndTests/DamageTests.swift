import EventLog
import Foundation
import SalesforceEmulator
import Testing

/// A damaged log is always called damaged, whatever of it is hit, and nothing is folded from it.
extension EndToEnd {
    @Suite struct DamageTests {
        /// A byte of a stored entry.
        enum Part: Int, CaseIterable {
            case version = 0
            case kind = 1
            case time = 5
            case hash = 20
            /// The first of the body: of an event the length of its source's name, of every other
            /// entry the brace of its JSON.
            case body = 42
        }

        /// A log of which some is folded into the state and some is not.
        private func withPartlyFolded(
            _ body: @escaping @Sendable (Workspace, _ folded: UInt64) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", (0..<5).map { Profile($0) }.lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let status = try await workspace.json("status")
                    let folded = UInt64(status.int("$.projection.position") ?? 0)
                    _ = try await workspace.json("replay", "--from", "1")
                    try workspace.write("more.ndjson", (5..<8).map { Profile($0) }.lines)
                    _ = try await workspace.json("ingest", "more.ndjson")
                    try await body(workspace, folded)
                }
            }
        }

        /// Everything that tells what the state folder holds; `nil` when there is none.
        private func state(_ workspace: Workspace) -> Data? {
            FileManager.default.contents(atPath: workspace.data + "/state/data.mdb")
        }

        private func expectFound(
            at position: UInt64, _ part: Part, _ workspace: Workspace
        ) async throws {
            let before = state(workspace)
            let exit = try await workspace.tidemark("verify", "--json")
            #expect(exit.status == 2, "\(part) of \(position): \(exit.errors)")
            let verified = try exit.document()
            #expect(verified.bool("$.ok") == false)
            #expect(verified.text("$.state") == "not-compared")
            #expect(verified.int("$.entries") ?? 0 > 0 && verified.text("$.chainHead") != nil)
            let problems = verified.list("$.problems").map { "\($0.value)" }
            #expect(
                problems.contains { $0.contains("position \(position): ") },
                "\(part) of \(position): \(problems)")
            #expect(state(workspace) == before, "nothing is folded from a damaged log")
        }

        @Test(arguments: Part.allCases)
        func aFlippedByteOfAnyEntryIsFoundAtItsPosition(part: Part) async throws {
            try await withPartlyFolded { workspace, folded in
                let log = try DamagedLog(workspace)
                let decision = try log.position(of: .decision)
                #expect(decision > folded)
                let positions = [
                    try log.position(of: .configuration), try log.position(of: .event),
                    try log.position(of: .intent), decision, log.lastPosition,
                ]
                for position in positions {
                    try log.flip(byte: part.rawValue, of: position)
                    try await expectFound(at: position, part, workspace)
                }
                try FileManager.default.removeItem(atPath: workspace.data + "/state")
                for position in [decision, log.lastPosition] {
                    try log.flip(byte: part.rawValue, of: position)
                    try await expectFound(at: position, part, workspace)
                }
                try log.mend()
                let verified = try await workspace.json("verify")
                #expect(verified.text("$.state") == "agrees")
            }
        }

        @Test func whatIsDamagedIsSaidToPeopleToo() async throws {
            try await withPartlyFolded { workspace, _ in
                let log = try DamagedLog(workspace)
                try log.flip(byte: Part.body.rawValue, of: 1)
                let exit = try await workspace.tidemark("verify")
                #expect(exit.status == 2)
                #expect(exit.output.contains("problem: position 1: "))
                #expect(exit.output.contains("the state was not compared with the log"))
                try log.mend()
                #expect(try await workspace.tidemark("verify").output.hasPrefix("ok: "))
            }
        }
    }
}
