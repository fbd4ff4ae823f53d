import Foundation

extension Benchmark {
    /// What a server holds in memory while it takes in and delivers a large org's worth.
    static let memory = Benchmark(
        name: "memory",
        summary:
            "memory of `tidemark serve` with 1 million events about 100,000 people; target 150 MB"
    ) { options in
        let programs = try Programs(parent: options.folder)
        defer { programs.remove() }
        let emulator = try programs.startEmulator(latencyMilliseconds: 0)
        defer { programs.stop(emulator.process) }
        let configuration = try programs.writeConfiguration(
            emulatorPort: emulator.port, ingestPort: 0)
        let server = try programs.start("tidemark", ["serve", "--config", configuration])
        defer { programs.stop(server) }
        var watch = MemoryWatch(processID: server.processIdentifier)
        let events = options.scaled(1_000_000)
        let run = try ServedRun(programs: programs, configuration: configuration)
        try run.ingest(events: events, people: events / 10, watch: &watch)
        try run.waitUntilSettled(&watch)
        let table = Table(["measure", "MB"])
        table.add(["anonymous memory, most seen (RssAnon)", watch.anonymous])
        table.add(["resident memory, most seen (VmHWM, with the mapped files)", watch.resident])
        table.add(["events", Table.short(Double(events))])
    }
}

/// A server that is fed by the command line.
private struct ServedRun {
    let programs: Programs
    let configuration: String

    private static let lookInterval = 0.05
    private static let waitSecondsMax = 600.0

    init(programs: Programs, configuration: String) throws {
        self.programs = programs
        self.configuration = configuration
    }

    func ingest(events: Int, people: Int, watch: inout MemoryWatch) throws {
        let file = try programs.generate(events: events, people: people)
        let ingest = try programs.start(
            "tidemark", ["ingest", file.path, "--config", configuration])
        while ingest.isRunning {
            try watch.look()
            Thread.sleep(forTimeInterval: Self.lookInterval)
        }
        guard ingest.terminationStatus == 0 else { throw Mistake(description: "ingest failed") }
    }

    func waitUntilSettled(_ watch: inout MemoryWatch) throws {
        let begun = Date()
        while Date().timeIntervalSince(begun) < Self.waitSecondsMax {
            for _ in 0..<20 {
                try watch.look()
                Thread.sleep(forTimeInterval: Self.lookInterval)
            }
            let data = try programs.run(
                "tidemark", ["status", "--json", "--config", configuration])
            let status = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            let keys = status?["keys"] as? [String: Any]
            let projection = status?["projection"] as? [String: Any]
            let isCaughtUp = projection?["lag"] as? Int == 0
            if isCaughtUp, keys?["dirty"] as? Int == 0, keys?["settled"] as? Int ?? 0 > 0 { return }
        }
        throw Mistake(description: "the server did not come to rest")
    }
}
