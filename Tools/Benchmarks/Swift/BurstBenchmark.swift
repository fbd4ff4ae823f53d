import Foundation

extension Benchmark {
    /// What a burst costs in API calls, and what it writes.
    static let burst = Benchmark(
        name: "burst",
        summary:
            "2,000 identify events of 500 people: calls, records and no-op writes, 20 ms a call"
    ) { options in
        let programs = try Programs(parent: options.folder)
        defer { programs.remove() }
        let emulator = try programs.startEmulator(latencyMilliseconds: 20)
        defer { programs.stop(emulator.process) }
        let burst = try Burst(programs: programs, port: emulator.port)
        let table = Table(["step", "API calls", "created", "updated", "no-op writes", "seconds"])
        table.add(
            try await burst.row("2,000 events, first time", created: 500) {
                try burst.ingest(wave: 0)
            })
        table.add(try await burst.row("the same 2,000 again") { try burst.ingest(wave: 0) })
        table.add(try await burst.row("replay --from 1") { try burst.replay() })
        table.add(
            try await burst.row("400 events, ten fields changed", updated: 10) {
                try burst.ingest(wave: 1)
            })
    }
}

private struct Burst {
    private static let callsMax = 10
    let programs: Programs
    let port: Int
    let configuration: String

    init(programs: Programs, port: Int) throws {
        self.programs = programs
        self.port = port
        configuration = try programs.writeConfiguration(emulatorPort: port, ingestPort: 0)
    }

    /// One step and the sync after it, by the emulator's counts; other counts than those expected
    /// are a mistake, not a figure.
    func row(
        _ name: String, created: Int = 0, updated: Int = 0, _ step: () throws -> Void
    ) async throws -> [String] {
        let before = try await programs.statistics(port: port)
        let time = try await seconds {
            try step()
            _ = try programs.run("tidemark", ["sync", "--config", configuration])
        }
        let after = try await programs.statistics(port: port)
        let calls = Self.calls(after) - Self.calls(before)
        let changes = ["created", "updated", "noOpWrites"].map { name in
            (after[name] as? Int ?? 0) - (before[name] as? Int ?? 0)
        }
        guard changes == [created, updated, 0], calls <= Self.callsMax else {
            throw Mistake(description: "\(name): \(calls) calls, and \(changes) changes")
        }
        return [name, "\(calls)"] + changes.map(String.init) + [String(format: "%.2f", time)]
    }

    /// Token and identity requests are not of the API allocation.
    private static func calls(_ statistics: [String: Any]) -> Int {
        let kinds = statistics["callsByKind"] as? [String: Int] ?? [:]
        return kinds.filter { !["token", "identity"].contains($0.key) }.values.reduce(0, +)
    }

    func ingest(wave: Int) throws {
        let path = programs.work.appendingPathComponent("wave\(wave).ndjson").path
        try Self.events(wave: wave).write(toFile: path, atomically: true, encoding: .utf8)
        _ = try programs.run("tidemark", ["ingest", path, "--config", configuration])
    }

    func replay() throws {
        _ = try programs.run(
            "tidemark", ["replay", "--from", "1", "--config", configuration])
    }

    /// Wave 0: 500 people, four adjacent events each. Wave 1: 400 of them once, ten with another
    /// plan.
    private static func events(wave: Int) -> String {
        let people = wave == 0 ? 500 : 400
        var lines = ""
        for person in 0..<people {
            for version in 0..<(wave == 0 ? 4 : 1) {
                let plan = wave == 0 ? "p\(version)" : person % 40 == 0 ? "changed" : "p3"
                let second = String(format: "%02d", version + wave * 10)
                lines += """
                    {"type":"identify","messageId":"\(wave)-\(person)-\(version)",\
                    "timestamp":"2026-01-01T00:00:\(second)Z","userId":"u\(person)","traits":{\
                    "email":"person\(person)@example.com","first_name":"F\(person)",\
                    "last_name":"L\(person)","plan":"\(plan)"}}

                    """
            }
        }
        return lines
    }
}
