import Foundation
import SalesforceEmulator
import TestSupport
import Testing

/// simple-salesforce, unchanged, against the emulator: an opinion on it that is not ours.
///
/// It is installed from PyPI once, into the build folder. Without a network set
/// `TIDEMARK_OFFLINE=1`; without that, a failing installation fails the test.
@Suite struct ClientLibraryTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Python/drive.py").path

    @Test(
        .disabled(
            if: PythonEnvironment.isOffline, "TIDEMARK_OFFLINE=1: simple-salesforce is not there"))
    func anotherClientCreatesUpdatesUpsertsQueriesAndRunsJobs() async throws {
        let python = try PythonEnvironment.prepare(
            "salesforce-client", packages: ["simple-salesforce"])
        try await EmulatorServer.withRunning { server in
            let result = try await python.run([Self.script, server.baseURL])
            #expect(result.status == 0, "\(result.output)")
            // 2,100 inserted by a job, two more of which one is gone, and one by hand.
            #expect(server.org.count(of: "Contact") == 2_101)
            #expect(server.org.truth.count { $0.job != nil } == 2_103)
            #expect(server.org.statistics.calls[.bulkCreate] == 3)
        }
    }
}
