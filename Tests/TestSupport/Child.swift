import Foundation

/// A child process of a test: a program of this package, with its lines of output.
package final class Child {
    private let process = Process()
    private let output = Pipe()

    /// Starts the program `name`, which stands beside the tests.
    package init(_ name: String, _ arguments: [String]) throws {
        process.executableURL = try Programs.url(name)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
    }

    /// The next `count` bytes of output that are there, waiting for the first; empty at its end.
    package func read() -> Data { output.fileHandleForReading.availableData }

    /// Reads whole lines until there are `count`, or the output ends.
    package func lines(count: Int) -> [String] {
        var text = ""
        while text.count(where: { $0 == "\n" }) < count {
            let data = read()
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return Self.wholeLines(text)
    }

    /// Everything up to the end of the output, in whole lines.
    package func lines() -> [String] { lines(count: .max) }

    /// SIGKILL: the process ends where it stands.
    package func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Waits for the end. The exit status, or minus the signal that ended it.
    package func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit
            ? process.terminationStatus : -process.terminationStatus
    }

    /// Whether this system lets a process be ended before a step of its own: see
    /// `crash_points_arm` in `Tests/CrashPoints`.
    package static var canEndAtAnyStep: Bool {
        #if os(Linux)
        true
        #else
        false
        #endif
    }

    /// Waits for the end of a process that is to be killed at one of its steps, or to have said
    /// `line` and nothing else when it has fewer.
    ///
    /// - Throws: when it ended in another way.
    package func isKilledBeforeSaying(_ line: String) throws -> Bool {
        let said = lines()
        let status = end()
        if status == -SIGKILL, said.isEmpty { return true }
        if status == 0, said == [line] { return false }
        throw UnsoundStore(description: "the process ended with \(status) and said \(said)")
    }

    private static func wholeLines(_ text: String) -> [String] {
        // What follows the last newline was cut off by the end of the process: no line.
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
