import ArgumentParser
import Foundation
import ProfileGenerator

/// Prints a generated stream: one event, or one batch of events, a line.
@main
struct ProfileGeneratorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile-generator",
        abstract: "Print realistic profile events, the same for the same seed.",
        discussion: """
            Events go to standard output, one JSON object a line.

            Example: profile-generator --people 700 --events 3000 --seed 42 > wave1.ndjson
                     profile-generator --people 700 --events 3000 --seed 42 --wave 2 > wave2.ndjson

            Wave 2 has the same people with new message ids; about two values in a hundred differ.
            """)

    @Option(help: "How many people the events are about.")
    var people = 700

    @Option(help: "How many events to print.")
    var events = 3_000

    @Option(help: "What everything follows from.")
    var seed: UInt64 = 1

    @Option(help: "1 introduces the people; each later wave changes them a little.")
    var wave = 1

    @Option(help: "Share of events, from 0 up to 1, that repeat an earlier one byte for byte.")
    var duplicates = 0.0

    @Option(help: "Time of the first wave's first event, RFC 3339 (default: 2025-01-01T00:00:00Z).")
    var start: String?

    @Flag(help: "One event a line (the default).")
    var ndjson = false

    @Option(help: #"Events a line, as {"batch":[…]}."#)
    var batch: Int?

    /// The HTTP API takes 500 KB a request by default; larger batches than this cannot fit.
    static let batchEventCountMax = 1_000
    /// Printed at once: enough that the system call costs nothing beside the generating.
    static let chunkBytesMax = 256 * 1_024

    func validate() throws {
        guard people >= 1 else { throw ValidationError("--people must be at least 1.") }
        guard events >= 0 else { throw ValidationError("--events must not be negative.") }
        guard (1...ProfileGenerator.waveMax).contains(wave) else {
            throw ValidationError("--wave must be 1 to \(ProfileGenerator.waveMax).")
        }
        guard (0..<1).contains(duplicates) else {
            throw ValidationError("--duplicates is a share: 0 up to, not including, 1.")
        }
        guard !(ndjson && batch != nil) else {
            throw ValidationError("--ndjson and --batch exclude each other.")
        }
        guard (1...Self.batchEventCountMax).contains(batch ?? 1) else {
            throw ValidationError("--batch must be 1 to \(Self.batchEventCountMax).")
        }
        _ = try startMilliseconds()
    }

    func run() throws {
        let generator = ProfileGenerator(
            seed: seed, people: people, wave: wave, start: try startMilliseconds(),
            duplicateShare: duplicates)
        let output = FileHandle.standardOutput
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.chunkBytesMax * 2)
        for index in 0..<events {
            write(index, by: generator, to: &bytes)
            if bytes.count >= Self.chunkBytesMax {
                try output.write(contentsOf: Data(bytes))
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try output.write(contentsOf: Data(bytes))
    }

    private func write(_ index: Int, by generator: ProfileGenerator, to bytes: inout [UInt8]) {
        guard let batch else {
            generator.append(index, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            return
        }
        if index % batch == 0 { bytes.append(contentsOf: #"{"batch":["#.utf8) }
        generator.append(index, to: &bytes)
        let isLast = index % batch == batch - 1 || index == events - 1
        bytes.append(contentsOf: isLast ? "]}\n".utf8 : ",".utf8)
    }

    private func startMilliseconds() throws -> Int64 {
        guard let start else { return ProfileGenerator.startDefault }
        do {
            let date = try Date(start, strategy: .iso8601)
            return Int64((date.timeIntervalSince1970 * 1_000).rounded())
        } catch {
            throw ValidationError("--start must be a time such as 2025-01-01T00:00:00Z.")
        }
    }
}
