import Foundation
import SalesforceEmulator
import Testing

/// The state folder is disposable, and damage is found.
extension EndToEnd {
    @Suite struct StateTests {
        /// The status but for how full the disk is, which others fill too.
        private func status(_ workspace: Workspace) async throws -> String {
            try await workspace.tidemark("status", "--json").output
                .replacing(/"storage" : \{[^}]*\}/, with: "")
        }

        @Test(arguments: [["status"], ["sync"], ["rebuild"]])
        func aStateThatIsGoneComesBackTheSameAndNothingIsWritten(by command: [String]) async throws
        {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await deliverMixed(workspace, emulator.org)
                    let before = try await status(workspace)
                    let parked = try await workspace.tidemark("parked", "--json").output
                    let writing = emulator.org.writingCallCount
                    if command != ["rebuild"] {
                        try FileManager.default.removeItem(atPath: workspace.data + "/state")
                    }
                    let exit = try await workspace.start(command).exit()
                    #expect(exit.status == 0, "\(exit.errors)")
                    #expect(try await status(workspace) == before)
                    #expect(try await workspace.tidemark("parked", "--json").output == parked)
                    let verified = try await workspace.json("verify")
                    #expect(verified.bool("$.ok") == true)
                    let synced = try await workspace.json("sync")
                    #expect(synced.int("$.created") == 0 && synced.int("$.updated") == 0)
                    #expect(emulator.org.writingCallCount == writing)
                }
            }
        }

        /// Settled, parked and skipped keys.
        private func deliverMixed(_ workspace: Workspace, _ org: Org) async throws {
            let twin = JSON.string(Profile(3).email)
            try org.seed(
                "Contact", [["LastName": "A", "Email": twin], ["LastName": "B", "Email": twin]])
            let nobody = #"{"type":"identify","messageId":"x","userId":"x","traits":{}}"# + "\n"
            try workspace.write("events.ndjson", (0..<20).map { Profile($0) }.lines + nobody)
            _ = try await workspace.json("ingest", "events.ndjson")
            _ = try await workspace.json("sync")
        }

        /// Flips a bit in every copy of `needle`: pages that the file no longer uses hold old ones,
        /// and damage there harms nothing.
        private static func flipped(_ bytes: Data, at needle: Data) throws -> Data {
            var bytes = bytes
            var count = 0
            var start = bytes.startIndex
            while let range = bytes.range(of: needle, in: start..<bytes.endIndex) {
                bytes[range.lowerBound + 3] ^= 0x04
                count += 1
                start = range.upperBound
            }
            try #require(count > 0)
            return bytes
        }

        @Test func aFlippedByteInTheLogIsNeverCalledSound() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", (0..<20).map { Profile($0) }.lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let path = workspace.data + "/log/data.mdb"
                    let sound = try Data(contentsOf: URL(fileURLWithPath: path))
                    for person in [0, 7, 19] {
                        let email = Data(Profile(person).email.utf8)
                        try Self.flipped(sound, at: email).write(to: URL(fileURLWithPath: path))
                        let exit = try await workspace.tidemark("verify", "--json")
                        #expect(exit.status == 2, "\(exit.errors)")
                        let verified = try exit.document()
                        #expect(verified.bool("$.ok") == false)
                        #expect(!verified.list("$.problems").isEmpty)
                    }
                    try sound.write(to: URL(fileURLWithPath: path))
                    let verified = try await workspace.json("verify")
                    #expect(verified.bool("$.ok") == true)
                }
            }
        }

        @Test func aServerWhoseStateHasFailedEndsAndLosesNothing() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    let server = try await Server.start(workspace)
                    _ = try await server.post("/v1/identify", Profile(1).json)
                    try await server.settled()
                    try Self.losePages(of: workspace.data + "/state/data.mdb")
                    let answer = try await server.post("/v1/identify", Profile(2).json)
                    #expect(answer.status == 200)
                    let exit = try await server.process.exit()
                    #expect(exit.status == 1 && !exit.wasSignalled, "\(exit.errors)")
                    #expect(exit.errors.contains("tidemark: the state folder failed"))

                    _ = try await workspace.json("rebuild")
                    try await Server.run(workspace) { try await $0.settled() }
                    for profile in [Profile(1), Profile(2)] {
                        #expect(emulator.org.contactsByEmail[profile.email]?.count == 1)
                    }
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                }
            }
        }

        /// Lets both meta pages name a root page that is not there, under whoever has the file
        /// open. The root of the tables' names stands 128 bytes into a meta page of LMDB 0.9.
        private static func losePages(of path: String) throws {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            for page in 0...1 {
                try file.seek(toOffset: UInt64(page * Int(getpagesize()) + 128))
                try file.write(contentsOf: [UInt8](repeating: 0x7f, count: 8))
            }
            try file.close()
        }

        @Test func aStateThatDiffersFromTheLogIsFoundAndRebuilt() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", (0..<5).map { Profile($0) }.lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let path = workspace.data + "/state/data.mdb"
                    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                    try Self.flipped(bytes, at: Data(Profile(2).lastName.utf8))
                        .write(to: URL(fileURLWithPath: path))
                    let exit = try await workspace.tidemark("verify", "--json")
                    #expect(exit.status == 2, "\(exit.errors)")
                    let problem = try exit.document().list("$.problems").first
                    #expect(problem.map { "\($0.value)".contains("tidemark rebuild") } == true)
                    _ = try await workspace.json("rebuild")
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                }
            }
        }
    }
}
