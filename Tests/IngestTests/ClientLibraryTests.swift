import EventLog
import Events
import Foundation
import Ingest
import TestSupport
import Testing

/// The vendors' own Python libraries, unchanged, against our door.
///
/// They are installed from PyPI once, into the build folder. Without a network set
/// `TIDEMARK_OFFLINE=1`; without that, a failing installation fails the test.
@Suite struct ClientLibraryTests {
    struct Library: CustomTestStringConvertible, Sendable {
        let name: String
        let package: String
        /// Where the library puts a person's traits.
        let traits: JSONPath
        /// Whether `X-Retry-Count` and friends matter is the library's affair; whether it zips is
        /// ours.
        let usesGzip: Bool

        var testDescription: String { package + (usesGzip ? ", gzip" : "") }
    }

    static let libraries = [false, true].flatMap { usesGzip in
        [
            Library(
                name: "segment", package: "segment-analytics-python",
                traits: JSONPath(["traits", "email"]), usesGzip: usesGzip),
            Library(
                name: "customerio", package: "customerio-cdp-analytics",
                traits: JSONPath(["traits", "email"]), usesGzip: usesGzip),
            Library(
                name: "rudderstack", package: "rudder-sdk-python",
                traits: JSONPath(["context", "traits", "email"]), usesGzip: usesGzip),
        ]
    }

    private static let isOffline = ProcessInfo.processInfo.environment["TIDEMARK_OFFLINE"] == "1"
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Python/send.py").path
    /// One installation for all cases, however they run.
    private static let python = Task {
        try PythonEnvironment.prepare(
            "client-libraries", packages: Set(libraries.map(\.package)))
    }

    @Test(
        .disabled(if: isOffline, "TIDEMARK_OFFLINE=1: the vendors' libraries are not installed"),
        arguments: libraries)
    func vendorsLibraryDeliversEveryKindUnchanged(library: Library) async throws {
        let python = try await Self.python.value
        try await RunningServer.run { server in
            let result = try await python.run([
                Self.script, library.name, server.url, RunningServer.writeKey,
                library.usesGzip ? "gzip" : "plain", "300",
            ])
            #expect(result.status == 0, "\(result.output)")
            let events = try server.events()
            #expect(events.count == 306)
            #expect(Set(events.map(\.messageID)).count == 306)
            let kinds = events.prefix(6).map(\.kind)
            #expect(kinds == [.identify, .track, .group, .page, .screen, .alias])
            let person = try #require(events.first)
            #expect(person.string(at: library.traits) == "zofia@example.com")
            #expect(person.string(at: JSONPath(["userId"])) == "user-1")
            let total = JSONPath(["properties", "total"])
            #expect(events[1].value(at: total) == .number("12.5"))
            #expect(events.allSatisfy { $0.source == "website" })
            #expect(events.allSatisfy { $0.eventTime <= $0.receivedAt })
        }
    }

    @Test(
        .disabled(if: isOffline, "TIDEMARK_OFFLINE=1: the vendors' libraries are not installed"),
        arguments: libraries.filter(\.usesGzip))
    func vendorsLibraryIsToldThatItsKeyIsUnknown(library: Library) async throws {
        let python = try await Self.python.value
        try await RunningServer.run { server in
            let result = try await python.run([
                Self.script, library.name, server.url, "wrong-key", "gzip", "0",
            ])
            #expect(result.status == 1)
            #expect(result.output.contains("unauthorised"), "\(result.output)")
            #expect(server.log.lastPosition == .zero)
        }
    }
}
