import Foundation
import TestSupport
import Testing

/// A folder with a configuration, where commands are run as a person would.
struct Workspace: Sendable {
    let folder: String

    var data: String { folder + "/data" }
    var configurationPath: String { folder + "/tidemark.yaml" }

    /// Runs `body` in a folder of its own, which goes afterwards.
    static func with<R>(
        _ configuration: ConfigurationText?, _ body: (Workspace) async throws -> R
    ) async throws -> R {
        try await withTemporaryFolder { folder in
            let workspace = Workspace(folder: folder)
            if let configuration { try workspace.configure(configuration) }
            return try await body(workspace)
        }
    }

    func configure(_ text: ConfigurationText) throws {
        _ = try write("tidemark.yaml", text.yaml)
    }

    /// Writes a file into the folder and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Starts `tidemark` in the folder, with the environment of the tests less what would disturb.
    func start(
        _ arguments: [String], program: URL? = nil, environment: [String: String] = [:],
        input: String? = nil
    ) throws -> ChildProcess {
        var variables = ProcessInfo.processInfo.environment
        for name in variables.keys where name.hasPrefix("TIDEMARK_") { variables[name] = nil }
        // A child that traps must end at once, not print for seconds.
        variables["SWIFT_BACKTRACE"] = "enable=no"
        variables["LOG_LEVEL"] = nil
        variables.merge(environment) { $1 }
        return try ChildProcess(
            program ?? Programs.url("tidemark"), arguments, environment: variables, folder: folder,
            input: input)
    }

    /// Runs `tidemark` in the folder to its end.
    func tidemark(
        _ arguments: String..., environment: [String: String] = [:], input: String? = nil
    ) async throws -> Exit {
        try await start(arguments, environment: environment, input: input).exit()
    }

    static let hasFullDevice = FileManager.default.fileExists(atPath: "/dev/full")

    /// Starts a line of shell in the folder; `$T` in it is `tidemark`.
    func startShell(_ line: String) throws -> ChildProcess {
        try start(
            ["-c", line], program: URL(fileURLWithPath: "/bin/sh"),
            environment: ["T": try Programs.url("tidemark").path])
    }

    /// Runs a line of shell to its end.
    func shell(_ line: String) async throws -> Exit { try await startShell(line).exit() }

    /// Runs a command that must succeed, and reads the JSON that it prints.
    func json(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Document {
        let exit = try await start(arguments + ["--json"]).exit()
        #expect(
            exit.status == 0, "\(arguments): \(exit.errors)\(exit.output)",
            sourceLocation: sourceLocation)
        return try exit.document()
    }
}
