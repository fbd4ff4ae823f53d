import EventLog
import Foundation
import SalesforceEmulator
import Testing

/// A full disk is an answer to the sender, never a false acknowledgement.
extension EndToEnd {
    @Suite struct FullDiskTests {
        private static let diskBytes = 8 << 20

        @Test(.enabled(if: SmallDisk.isAllowed, "only root may mount a small disk"))
        func aFullDiskIsAnsweredWith503AndTheServerGoesOnWhenThereIsRoom() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await SmallDisk.with(workspace.data, bytes: Self.diskBytes) {
                        let ballast = workspace.data + "/ballast"
                        try Data(count: Self.diskBytes * 3 / 4)
                            .write(to: URL(fileURLWithPath: ballast))
                        let kept = try await Server.run(workspace) { server in
                            let kept = try await fill(server)
                            try FileManager.default.removeItem(atPath: ballast)
                            let later = try await eventually("there is room") {
                                let profile = Profile(99_999)
                                let answer = try await server.post("/v1/identify", profile.json)
                                return answer.status == 200 ? profile.id : nil
                            }
                            try await server.settled()
                            #expect(try await server.get("/readyz").status == 200)
                            return kept.union([later])
                        }
                        let log = try LogReader(folder: workspace.data + "/log")
                        defer { log.close() }
                        let found = Set(try log.events().map(\.messageID))
                        #expect(kept.subtracting(found).isEmpty)
                        #expect(emulator.org.contactsByEmail[Profile(99_999).email]?.count == 1)
                        let verified = try await workspace.json("verify")
                        #expect(verified.bool("$.ok") == true)
                    }
                }
            }
        }

        /// Sends until the door refuses; returns what it acknowledged.
        private func fill(_ server: Server) async throws -> Set<String> {
            var kept: Set<String> = []
            for start in stride(from: 0, to: 40_000, by: 400) {
                let profiles = (start..<start + 400).map { Profile($0 % 300, revision: $0) }
                let answer = try await server.post("/v1/batch", profiles.batch)
                guard answer.status == 200 else {
                    #expect(answer.status == 503)
                    #expect(answer.retryAfter.flatMap(Int.init) ?? 0 > 0)
                    #expect(answer.body.text("$.code") == "storage-full")
                    #expect(try await server.get("/readyz").status == 503)
                    #expect(try await server.get("/healthz").status == 200)
                    return kept
                }
                kept.formUnion(profiles.map(\.id))
            }
            Issue.record("the disk never was full")
            return kept
        }
    }
}

/// A file system in memory, as small as a test wants it.
enum SmallDisk {
    static var isAllowed: Bool { getuid() == 0 && canMount }

    /// Containers often run as root and still may not mount: it is tried.
    private static let canMount: Bool = {
        let folder = NSTemporaryDirectory() + "tidemark-mount-" + UUID().uuidString
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder])
            try run("umount", [folder])
            try FileManager.default.removeItem(atPath: folder)
            return true
        } catch {
            // Not allowed here: the test says so.
            return false
        }
    }()

    struct Failed: Error {
        let command: String
        let status: Int32
    }

    static func with(
        _ folder: String, bytes: Int, _ body: () async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try run("mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", folder])
        do {
            try await body()
        } catch {
            try run("umount", ["-l", folder])
            throw error
        }
        try run("umount", ["-l", folder])
    }

    private static func run(_ command: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(command: command, status: process.terminationStatus)
        }
    }
}
