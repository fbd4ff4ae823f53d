import EventLog
import Events
import Foundation
import Ingest
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
    /// One installation for all cases, however they run.
    private static let python = Task {
        try PythonEnvironment.prepare(Set(libraries.map(\.package)))
    }

    @Test(
        .disabled(if: isOffline, "TIDEMARK_OFFLINE=1: the vendors' libraries are not installed"),
        arguments: libraries)
    func vendorsLibraryDeliversEveryKindUnchanged(library: Library) async throws {
        let python = try await Self.python.value
        try await RunningServer.run { server in
            let result = try await python.run([
                "send.py", library.name, server.url, RunningServer.writeKey,
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
                "send.py", library.name, server.url, "wrong-key", "gzip", "0",
            ])
            #expect(result.status == 1)
            #expect(result.output.contains("unauthorised"), "\(result.output)")
            #expect(server.log.lastPosition == .zero)
        }
    }
}

/// A virtual environment of Python in the build folder.
struct PythonEnvironment: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL

    static func prepare(_ packages: Set<String>) throws -> PythonEnvironment {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent(".build/client-libraries")
        let environment = PythonEnvironment(folder: folder)
        let marker = folder.appendingPathComponent("installed").path
        if FileManager.default.fileExists(atPath: marker) { return environment }
        try require(["env", "python3", "-m", "venv", "--clear", folder.path])
        let pip = folder.appendingPathComponent("bin/pip").path
        try require([pip, "install", "--quiet", "--disable-pip-version-check"] + packages.sorted())
        // Written last, so that an installation cut short is done again.
        try Data().write(to: URL(fileURLWithPath: marker))
        return environment
    }

    /// Runs one of the scripts beside these tests.
    func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Python")
        let python = folder.appendingPathComponent("bin/python").path
        let script = scripts.appendingPathComponent(arguments[0]).path
        let rest = Array(arguments.dropFirst())
        // A thread of its own: waiting for a process must not hold one that the server needs.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.execute([python, script] + rest) })
            }
        }
    }

    private static func require(_ command: [String]) throws {
        let result = try execute(command)
        guard result.status == 0 else {
            throw Failure(
                description: "\(command.joined(separator: " ")) failed: \(result.output); "
                    + "without a network set TIDEMARK_OFFLINE=1")
        }
    }

    private static func execute(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command[0] == "env" ? Array(command.dropFirst()) : command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
