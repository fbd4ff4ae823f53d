import EventLog
import Events
import Foundation

extension Benchmark {
    /// Durable appends by one producer, by events in a commit and size.
    static let append = Benchmark(
        name: "append",
        summary: "durable appends, events/s, one producer: LogWriter against the same work in C"
    ) { options in
        let table = Table(["event", "events a commit", "C", "Tidemark", "ratio"])
        for bytes in [300, 1_000] {
            for (perCommit, commits) in [(1, 1_500), (10, 1_000), (100, 600), (1_000, 150)] {
                let commits = options.scaled(commits)
                let sample = SampleEvents(count: perCommit * commits, bytes: bytes)
                let comparison = try await Comparison.measure(options) { folder in
                    try await appendInC(sample, perCommit, folder)
                } ours: { folder in
                    try await appendInSwift(sample, perCommit, folder)
                }
                table.add(["\(bytes) B", "\(perCommit)"] + Table.cells(comparison))
            }
        }
    }
}

private func appendInC(
    _ sample: SampleEvents, _ perCommit: Int, _ folder: String
) async throws -> Double {
    let log = try CLog(folder: folder)
    let count = sample.events.count
    return try sample.withCEvents { events in
        let clock = ContinuousClock()
        let duration = try clock.measure {
            for start in stride(from: 0, to: count, by: perCommit) {
                try log.append(events + start, count: perCommit)
            }
        }
        return Double(count) / (duration / .seconds(1))
    }
}

private func appendInSwift(
    _ sample: SampleEvents, _ perCommit: Int, _ folder: String
) async throws -> Double {
    let log = try LogWriter(folder: folder, now: { 0 })
    defer { log.close() }
    let count = sample.events.count
    let batches = stride(from: 0, to: count, by: perCommit).map {
        Array(sample.events[$0..<($0 + perCommit)])
    }
    let time = try await seconds {
        for batch in batches { _ = try await log.append(batch) }
    }
    guard log.lastPosition == Position(UInt64(count)) else {
        throw Mistake(description: "the log holds \(log.lastPosition) of \(count) events")
    }
    return Double(count) / time
}
