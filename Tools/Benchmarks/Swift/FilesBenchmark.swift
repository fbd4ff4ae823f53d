import Foundation

extension Benchmark {
    /// What it takes to get a large file into the log.
    static let files = Benchmark(
        name: "files",
        summary: "`tidemark ingest` of 1 million events from a file; target 15 s, memory flat"
    ) { options in
        let programs = try Programs(parent: options.folder)
        defer { programs.remove() }
        let events = options.scaled(1_000_000)
        // Nothing is sent anywhere: the port is only a number.
        let configuration = try programs.writeConfiguration(emulatorPort: 1, ingestPort: 0)
        let run = FilesRun(programs: programs, configuration: configuration)
        let lines = try programs.generate(events: events, people: max(1, events / 10))
        let rows = try run.writeRows(events)
        let table = Table(["file", "MB", "events/s", "seconds", "RssAnon, most seen, MB"])
        table.add(try await run.row("NDJSON", lines, events))
        table.add(try await run.row("the same again: duplicates", lines, events, keepsData: true))
        table.add(try await run.row("NDJSON, gzip", try run.compressed(lines), events))
        table.add(try await run.row("CSV without ids", rows, events))
        table.add(try await run.row("the same again: duplicates", rows, events, keepsData: true))
    }
}

/// Files on their way into a log of their own.
private struct FilesRun {
    let programs: Programs
    let configuration: String

    private static let lookInterval = 0.02
    private static let rowsInMemory = 10_000

    /// Takes the file in and says what it took.
    func row(
        _ name: String, _ file: URL, _ events: Int, keepsData: Bool = false
    ) async throws -> [String] {
        let data = programs.work.appendingPathComponent("data")
        if !keepsData, FileManager.default.fileExists(atPath: data.path) {
            try FileManager.default.removeItem(at: data)
        }
        var memory = ""
        let time = try await seconds { memory = try ingest(file) }
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
        return [
            name, String(format: "%.0f", Double(size ?? 0) / 1_048_576),
            Table.short(Double(events) / time), String(format: "%.1f", time), memory,
        ]
    }

    /// - Returns: the most anonymous memory seen.
    private func ingest(_ file: URL) throws -> String {
        let ingest = try programs.start(
            "tidemark", ["ingest", file.path, "--config", configuration])
        var watch = MemoryWatch(processID: ingest.processIdentifier)
        while ingest.isRunning {
            // Between the question and the look it may have ended.
            try? watch.look()
            Thread.sleep(forTimeInterval: Self.lookInterval)
        }
        guard ingest.terminationStatus == 0 else {
            throw Mistake(description: "ingest of \(file.lastPathComponent) failed")
        }
        return watch.anonymous
    }

    func compressed(_ file: URL) throws -> URL {
        let packed = file.appendingPathExtension("gz")
        try Data().write(to: packed)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-c", file.path]
        gzip.standardOutput = try FileHandle(forWritingTo: packed)
        try Children.run(gzip)
        gzip.waitUntilExit()
        return packed
    }

    /// A CSV file of rows that have neither id nor type.
    func writeRows(_ count: Int) throws -> URL {
        let file = programs.work.appendingPathComponent("people.csv")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        var text =
            "userId,traits.email,traits.first_name,traits.last_name,traits.plan,"
            + "traits.score:number,timestamp\n"
        for row in 0..<count {
            let person = row % max(1, count / 10)
            text += "u-\(person),person\(person)@example.com,\"First \"\"\(person)\"\"\",Last,"
            text += "plan-\(row % 7),\(row),2025-01-01T00:00:00Z\n"
            if row % Self.rowsInMemory == 0 {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
        return file
    }
}
