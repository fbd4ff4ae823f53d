import Foundation
import Synchronization

/// How a program ended, and what it said.
struct Exit: Sendable {
    /// The exit status; the signal's number when a signal ended it.
    let status: Int32
    let wasSignalled: Bool
    let output: String
    let errors: String

    /// Standard output as one JSON document.
    func document() throws -> Document { try Document(output) }
}

/// A program that was started: its output goes to files, so that no pipe can fill up and stop it.
final class ChildProcess: Sendable {
    private let process: Process
    private let exited: AsyncStream<Void>
    private let outputPath: String
    private let errorPath: String

    /// - Parameter folder: where the files with its output are put.
    init(
        _ program: URL, _ arguments: [String], environment: [String: String], folder: String,
        input: String? = nil
    ) throws {
        let process = Process()
        let (exited, ended) = AsyncStream.makeStream(of: Void.self)
        let stem = folder + "/" + UUID().uuidString
        (self.process, self.exited) = (process, exited)
        (outputPath, errorPath) = (stem + ".out", stem + ".err")
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) }
            ?? FileHandle.nullDevice
        let output = try Self.file(outputPath)
        let errors = try Self.file(errorPath)
        process.standardOutput = output
        process.standardError = errors
        process.terminationHandler = { _ in ended.finish() }
        try process.run()
        try output.close()
        try errors.close()
    }

    /// A test that failed half-way leaves no server behind.
    deinit { signal(SIGKILL) }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    var processID: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// What it has said on standard output so far.
    func outputSoFar() throws -> String { try Self.text(outputPath) }

    /// What it has said on standard error so far.
    func errorsSoFar() throws -> String { try Self.text(errorPath) }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    /// Sends a signal, if it still runs.
    func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Waits until it has ended.
    func exit() async throws -> Exit {
        for await _ in exited {}
        // The stream ends just before Foundation has noted the status.
        process.waitUntilExit()
        return Exit(
            status: process.terminationStatus,
            wasSignalled: process.terminationReason == .uncaughtSignal,
            output: try outputSoFar(), errors: try errorsSoFar())
    }
}
