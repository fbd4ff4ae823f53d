import Foundation

/// A virtual environment of Python in the build folder, with packages from PyPI in it.
package struct PythonEnvironment: Sendable {
    /// What was tried and what it said.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// `TIDEMARK_OFFLINE=1`: nothing may be installed.
    package static let isOffline =
        ProcessInfo.processInfo.environment["TIDEMARK_OFFLINE"] == "1"

    private let folder: URL

    /// The environment `.build/<name>`, installed by whoever asks first.
    ///
    /// Throws `Failure` when Python or the network is not there.
    package static func prepare(
        _ name: String, packages: Set<String>
    ) throws -> PythonEnvironment {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent(".build/\(name)")
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

    /// Runs a script, whose path comes first, and returns its exit status and all that it printed.
    package func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let python = folder.appendingPathComponent("bin/python").path
        // A thread of its own: waiting for a process must not hold one that the server needs.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.execute([python] + arguments) })
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
