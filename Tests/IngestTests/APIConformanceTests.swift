import EventLog
import Foundation
import Ingest
import TestSupport
import Testing

/// Requests made from `docs/openapi.yaml`, good and bad, against a running server: no answer is a
/// 5xx, or other than the page says.
///
/// The tool is schemathesis, installed from PyPI once, into the build folder. Without a network set
/// `TIDEMARK_OFFLINE=1`.
@Suite struct APIConformanceTests {
    /// One run of the tool: which paths, and what more is asked of their answers.
    struct Run: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let arguments: [String]
        /// Events that must have been good, at least: those of the page's own examples.
        let storedMin: UInt64
    }

    private static let batches = ["/v1/batch", "/v1/import"]
    /// The same routes by another name, which `BrowserLibraryTests` tries: no need to play
    /// everything twice.
    private static let letters = ["a", "b", "g", "i", "p", "s", "t"].map { "/v1/\($0)" }

    static let runs = [
        // Names are limited by their bytes as sent, which a schema cannot say but for ASCII.
        Run(
            testDescription: "single events: what the page allows is taken, all else is refused",
            arguments: ["--max-examples", "6", "--generation-codec", "ascii"]
                + (batches + letters).flatMap { ["--exclude-path", $0] }, storedMin: 20),
        // A batch is taken with bad events in it, and refused when all are bad.
        Run(
            testDescription: "batches: answers are as the page says",
            arguments: [
                "--max-examples", "12", "--exclude-checks",
                "positive_data_acceptance,negative_data_rejection",
            ] + batches.flatMap { ["--include-path", $0] }, storedMin: 6),
    ]

    private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    /// One installation for both runs.
    private static let python = Task {
        try PythonEnvironment.prepare("api-conformance", packages: ["schemathesis>=4.32,<5"])
    }

    @Test(
        .disabled(
            if: PythonEnvironment.isOffline, "TIDEMARK_OFFLINE=1: schemathesis is not installed"),
        arguments: runs)
    func noRequestIsAnsweredOtherThanThePageSays(run: Run) async throws {
        let python = try await Self.python.value
        let page = Self.checkout.appendingPathComponent("docs/openapi.yaml").path
        let settings = Self.checkout
            .appendingPathComponent("Tests/IngestTests/Python/schemathesis.toml").path
        try await RunningServer.run { server in
            let result = try await python.run(
                [
                    "-m", "schemathesis.cli", "--config-file", settings, "run", page, "--url",
                    server.url, "--request-timeout", "60",
                    "--header", "Authorization: Bearer \(RunningServer.writeKey)",
                ] + run.arguments)
            #expect(result.status == 0, "\(result.output)")
            // It did send something, and some of it was good.
            #expect(server.log.lastPosition.number >= run.storedMin)
        }
    }
}
