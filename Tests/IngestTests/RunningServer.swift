import AsyncHTTPClient
import EventLog
import Events
import Foundation
import Ingest
import Logging
import NIOCore
import ServiceLifecycle
import Testing

/// A real server on loopback over a real log in a folder of its own.
struct RunningServer: Sendable {
    let url: String
    let port: Int
    let log: LogWriter

    static let writeKey = "website-key"
    /// What the server's clock says throughout.
    static let now: Int64 = 1_767_323_045_678

    /// Runs `body` against a server that listens, then shuts it down gracefully.
    static func run(
        limits: IngestLimits = .init(), logLimits: LogLimits = .init(), origins: [String] = [],
        logNow: @escaping @Sendable () -> Int64 = { now },
        _ body: @Sendable (RunningServer) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "ingest-\(UUID().uuidString)"
        defer { Cleanup.remove(folder) }
        let log = try LogWriter(folder: folder + "/log", limits: logLimits, now: logNow)
        defer { log.close() }
        let (ports, opened) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "ingest-tests")
        logger.logLevel = .error
        let assigned = Counter()
        let service = IngestServer.service(
            host: "127.0.0.1", port: 0,
            keys: WriteKeys([("website", writeKey), ("backend", "backend-key")]), log: log,
            limits: limits, origins: AllowedOrigins(origins), logger: logger, now: { now },
            makeMessageID: { "assigned-\(assigned.next())" },
            onListening: { port in
                opened.yield(port)
                opened.finish()
            })
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: service)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                try await body(
                    RunningServer(url: "http://127.0.0.1:\(port)", port: port, log: log))
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// The events in the log, in order.
    func events() throws -> [Event] {
        let entries = try log.reader().entries(
            after: .zero, countMax: 100_000, bytesMax: 100_000_000)
        return try entries.map(EventBody.decode)
    }

    /// Sends a request; the key goes in as the libraries send it unless `headers` say otherwise.
    func send(
        _ method: String = "POST", _ path: String, _ body: [UInt8] = [],
        headers: [(String, String)] = [("Authorization", "Basic d2Vic2l0ZS1rZXk6")]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        request.headers.add(contentsOf: .init(headers))
        if method == "POST" { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let buffer = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code), body: Array(buffer.readableBytesView),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 })
    }

    func post(
        _ path: String, _ text: String,
        headers: [(String, String)] = [("Authorization", "Basic d2Vic2l0ZS1rZXk6")]
    ) async throws -> Answer {
        try await send("POST", path, Array(text.utf8), headers: headers)
    }
}

/// A response, read to its end.
struct Answer: Sendable {
    let status: Int
    let body: [UInt8]
    let headers: [String: String]

    var text: String { String(decoding: body, as: UTF8.self) }

    func value(_ path: String) throws -> JSONValue? {
        try JSONPath(path).flatMap { path in try JSONValue.parse(body)[path] }
    }
}

/// Numbers for message IDs: 1, 2, 3, ….
final class Counter: Sendable {
    private let lock = NSLock()
    // Guarded by `lock`.
    nonisolated(unsafe) private var value = 0

    func next() -> Int {
        lock.withLock {
            value += 1
            return value
        }
    }
}

/// Compresses as client libraries do, with the system's gzip.
enum Gzip {
    static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-c"]
        let input = FileManager.default.temporaryDirectory
            .appendingPathComponent(UUID().uuidString)
        try Data(bytes).write(to: input)
        defer { Cleanup.remove(input.path) }
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let compressed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return Array(compressed)
    }
}

/// Removes what a test has made; a failure to do so fails the test.
enum Cleanup {
    static func remove(_ path: String) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record(error)
        }
    }
}
