import EventLog
import Foundation
import Hummingbird
import Ingest
import Logging
import NIOCore
import ServiceLifecycle

extension Benchmark {
    /// The HTTP door against the same server that reads and discards the same requests.
    static let ingest = Benchmark(
        name: "ingest",
        summary:
            "requests/s at 64 connections: durable against discarded, only validated, only written"
    ) { options in
        let table = Table(["request", "limit", "rate of the limit", "durable", "ratio"])
        let duration = Duration.milliseconds(options.scaled(2_000))
        for (name, request) in [
            ("one event, 1 KB", LoadRequest.single(bodyBytes: 1_024)),
            ("100 events of 604 B", LoadRequest.batch(of: identifyEvent, count: 100)),
        ] {
            for (limit, rate) in limits(of: request, duration, options) {
                let comparison = try await Comparison.measure(options, limit: rate) { folder in
                    try await durableRate(request, duration, folder)
                }
                table.add([name, limit] + Table.cells(comparison))
            }
        }
    }
}

/// What durable requests are compared with: each gives requests a second.
private func limits(
    of request: LoadRequest, _ duration: Duration, _ options: Options
) -> [(name: String, rate: (String) async throws -> Double)] {
    func served(_ service: @escaping (@escaping OnListening) -> any Service) async throws -> Double
    {
        try await withService(service) { port in
            try await LoadClient(port: port, request: request).rate(for: duration)
        }
    }
    return [
        ("discarded", { _ in try await served(discardingService) }),
        ("validated only", { _ in try await served(validatingService) }),
        (
            "written and synced",
            { folder in
                try await DiskLimit.bytesPerSecond(in: folder, options) / Double(request.bodyBytes)
            }
        ),
    ]
}

private func durableRate(
    _ request: LoadRequest, _ duration: Duration, _ folder: String
) async throws -> Double {
    let log = try LogWriter(folder: folder + "/log") { 0 }
    defer { log.close() }
    let rate = try await withService { onListening in
        IngestServer.service(
            host: "127.0.0.1", port: 0, keys: WriteKeys([("website", LoadRequest.writeKey)]),
            log: log, logger: quiet, now: { 1_767_323_045_678 }, onListening: onListening)
    } body: { port in
        try await LoadClient(port: port, request: request).rate(for: duration)
    }
    let least = rate * (duration / .seconds(1)) * Double(request.eventCount) * 0.9
    guard Double(log.lastPosition.number) >= least else {
        throw Mistake(description: "the log holds \(log.lastPosition) events, \(least) were sent")
    }
    return rate
}

private let quiet: Logger = {
    var logger = Logger(label: "benchmark")
    logger.logLevel = .error
    return logger
}()

private typealias OnListening = @Sendable (Int) async -> Void

@Sendable private func discardingService(_ onListening: @escaping OnListening) -> any Service {
    answeringService(onListening) { for try await _ in $0.body {} }
}

/// What is left when everything that must be done to a body is done, and nothing is stored.
@Sendable private func validatingService(_ onListening: @escaping OnListening) -> any Service {
    let acceptance = EventAcceptance(limits: .init(), makeMessageID: MessageIDs.random)
    return answeringService(onListening) { request in
        let body = try await request.body.collect(upTo: 1 << 20)
        let isBatch = request.uri.path.hasSuffix("batch")
        let accepted = try body.withUnsafeReadableBytes {
            try acceptance.accept($0, as: isBatch ? .batch : .event(.identify))
        }
        guard accepted.rejections.isEmpty else { throw HTTPError(.badRequest) }
    }
}

private func answeringService(
    _ onListening: @escaping OnListening, _ take: @escaping @Sendable (Request) async throws -> Void
) -> any Service {
    let answer = ByteBuffer(string: #"{"success":true}"#)
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
        try await take(request)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: answer))
    }
    return Application(
        responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await onListening($0.localAddress?.port ?? 0) }, logger: quiet)
}

/// Runs the service while `body` does, and shuts it down gracefully.
private func withService(
    _ make: (@escaping OnListening) -> any Service, body: (Int) async throws -> Double
) async throws -> Double {
    let (ports, opened) = AsyncStream.makeStream(of: Int.self)
    let service = make { port in
        opened.yield(port)
        opened.finish()
    }
    let group = ServiceGroup(
        configuration: .init(services: [.init(service: service)], logger: quiet))
    let running = Task { try await group.run() }
    var rate = 0.0
    for await port in ports { rate = try await body(port) }
    await group.triggerGracefulShutdown()
    try await running.value
    return rate
}
