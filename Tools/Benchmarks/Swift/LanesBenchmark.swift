import Foundation

extension Benchmark {
    /// What carrying many records costs, in calls and in time.
    static let lanes = Benchmark(
        name: "lanes",
        summary: "changed and new records by Composite calls and Bulk jobs, 20 ms a call"
    ) { options in
        let programs = try Programs(parent: options.folder)
        defer { programs.remove() }
        let emulator = try programs.startEmulator(latencyMilliseconds: 20)
        defer { programs.stop(emulator.process) }
        let lanes = try Lanes(programs: programs, port: emulator.port)
        let table = Table([
            "step", "API calls", "limit", "created", "updated", "taken in, s", "delivered, s",
            "delivered, events/s", "peak MB",
        ])
        let people = options.scaled(10_000)
        table.add(
            try await lanes.row(
                "\(4 * people) events of \(people) people",
                Wave(first: 0, people: people, versions: 4), created: people))
        table.add(
            try await lanes.row(
                "1,000 changed records", Wave(first: 0, people: 1_000, versions: 1, time: 10),
                updated: 1_000, callsMax: 3))
        let newcomers = options.scaled(1_000_000)
        table.add(
            try await lanes.row(
                "\(newcomers) new records",
                Wave(first: 1_000_000, people: newcomers, versions: 1), created: newcomers,
                callsMax: 60))
    }
}

/// Events of a range of people.
private struct Wave {
    let first: Int
    let people: Int
    /// Events about each, next to each other.
    let versions: Int
    var time = 0

    var eventCount: Int { people * versions }

    private static let chunkCount = 10_000

    /// Writes the events, without holding all of them.
    func write(to file: URL) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        var lines = ""
        for person in first..<(first + people) {
            for version in 0..<versions { lines += line(person, version) }
            if person % Self.chunkCount == 0 {
                try handle.write(contentsOf: Data(lines.utf8))
                lines = ""
            }
        }
        try handle.write(contentsOf: Data(lines.utf8))
        try handle.close()
    }

    private func line(_ person: Int, _ version: Int) -> String {
        let second = String(format: "%02d", version + time)
        return """
            {"type":"identify","messageId":"\(person)-\(version)-\(time)",\
            "timestamp":"2026-01-01T00:00:\(second)Z","userId":"u\(person)","traits":{\
            "email":"p\(person)@example.com","first_name":"F\(person)",\
            "last_name":"L\(person)","plan":"p\(version + time)"}}

            """
    }
}

private struct Lanes {
    let programs: Programs
    let port: Int
    let configuration: String

    init(programs: Programs, port: Int) throws {
        self.programs = programs
        self.port = port
        configuration = try programs.writeConfiguration(emulatorPort: port, ingestPort: 0)
        // By a unique external id: what a job may create.
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
            .replacing("{ Email: $.traits.email }", with: "{ External_Id__c: $.userId }")
            .replacing("FirstName: $", with: "Email: $.traits.email\n      FirstName: $")
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// One wave, taken in and delivered. Other counts than those expected are a mistake, not a
    /// figure.
    func row(
        _ name: String, _ wave: Wave, created: Int = 0, updated: Int = 0, callsMax: Int? = nil
    ) async throws -> [String] {
        let file = programs.work.appendingPathComponent("wave.ndjson")
        try wave.write(to: file)
        let before = try await programs.statistics(port: port)
        let intake = try await seconds {
            _ = try programs.run("tidemark", ["ingest", file.path, "--config", configuration])
        }
        // From the log to Salesforce, with the start of the program.
        var peak = ""
        let delivery = try await seconds { peak = try sync() }
        let after = try await programs.statistics(port: port)
        let changes = ["created", "updated", "noOpWrites"].map { name in
            (after[name] as? Int ?? 0) - (before[name] as? Int ?? 0)
        }
        let calls = Self.calls(after) - Self.calls(before)
        guard changes == [created, updated, 0], calls <= callsMax ?? .max else {
            throw Mistake(description: "\(name): \(calls) calls, and \(changes) changes")
        }
        return [
            name, "\(calls)", callsMax.map(String.init) ?? "-", "\(created)", "\(updated)",
            String(format: "%.2f", intake), String(format: "%.2f", delivery),
            String(format: "%.0f", Double(wave.eventCount) / delivery), peak,
        ]
    }

    /// - Returns: the most memory that the process held, in MB.
    private func sync() throws -> String {
        let process = try programs.start("tidemark", ["sync", "--config", configuration])
        var watch = MemoryWatch(processID: process.processIdentifier)
        while process.isRunning {
            // Between the question and the look it may have ended.
            try? watch.look()
            Thread.sleep(forTimeInterval: 0.05)
        }
        guard process.terminationStatus == 0 else {
            throw Mistake(description: "sync ended with \(process.terminationStatus)")
        }
        return watch.anonymous
    }

    /// Token and identity requests are not of the API allocation.
    private static func calls(_ statistics: [String: Any]) -> Int {
        let kinds = statistics["callsByKind"] as? [String: Int] ?? [:]
        return kinds.filter { !["token", "identity", "bulkProcess"].contains($0.key) }.values
            .reduce(0, +)
    }
}
