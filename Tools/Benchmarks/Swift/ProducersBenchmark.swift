import EventLog
import Events
import Foundation

extension Benchmark {
    /// Group commit: many producers, each waiting for its one event.
    static let producers = Benchmark(
        name: "producers",
        summary:
            "durable appends, events/s, 64 producers of one event: tasks against C threads"
    ) { options in
        let table = Table(["event", "producers", "C", "Tidemark", "ratio", "events a commit"])
        let producers = 64
        for bytes in [300, 1_000] {
            let each = options.scaled(1_000)
            let sample = SampleEvents(count: producers * each, bytes: bytes)
            var perCommit: [Double] = []
            let comparison = try await Comparison.measure(options) { folder in
                try await produceInC(sample, producers, each, folder)
            } ours: { folder in
                let result = try await produceInSwift(sample, producers, each, folder)
                perCommit.append(result.perCommit)
                return result.rate
            }
            table.add(
                ["\(bytes) B", "\(producers)"] + Table.cells(comparison)
                    + [String(format: "%.1f", Samples(perCommit).median)])
        }
    }
}

private func produceInC(
    _ sample: SampleEvents, _ producers: Int, _ each: Int, _ folder: String
) async throws -> Double {
    let log = try CLog(folder: folder)
    return try sample.withCEvents { events in
        let duration = try ContinuousClock().measure {
            try log.run(events, threads: producers, perThread: each)
        }
        return Double(producers * each) / (duration / .seconds(1))
    }
}

private func produceInSwift(
    _ sample: SampleEvents, _ producers: Int, _ each: Int, _ folder: String
) async throws -> (rate: Double, perCommit: Double) {
    let log = try LogWriter(folder: folder, now: { 0 })
    defer { log.close() }
    let before = try log.reader().usage().transactionCount
    let time = try await seconds {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for producer in 0..<producers {
                let own = sample.events[(producer * each)..<((producer + 1) * each)]
                group.addTask {
                    for event in own { _ = try await log.append([event]) }
                }
            }
            try await group.waitForAll()
        }
    }
    guard log.lastPosition == Position(UInt64(producers * each)) else {
        throw Mistake(
            description: "the log holds \(log.lastPosition) of \(producers * each) events")
    }
    let commits = try log.reader().usage().transactionCount - before
    let count = Double(producers * each)
    return (count / time, count / Double(max(1, commits)))
}
