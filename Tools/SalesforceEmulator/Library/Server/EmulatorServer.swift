import Hummingbird
import Logging
import NIOCore

/// A running emulator: an org behind HTTP.
package struct EmulatorServer: Sendable {
    /// The org it serves.
    package let org: Org
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    package let baseURL: String
    /// The port it listens on.
    package let port: Int

    /// Runs an emulator for as long as `body` runs; its connections are closed when it returns.
    ///
    /// Throws `EmulatorError.addressUnavailable` when it cannot listen, and what `body` throws.
    package static func withRunning<R: Sendable>(
        _ options: EmulatorOptions = EmulatorOptions(),
        _ body: @escaping @Sendable (EmulatorServer) async throws -> R
    ) async throws -> R {
        let org = Org(options)
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                try await serve(org, options) { portFound.yield($0) }
                return nil
            }
            group.addTask {
                for await port in ports {
                    let url = "http://\(options.host):\(port)"
                    org.withState { $0.baseURL = url }
                    return try await body(EmulatorServer(org: org, baseURL: url, port: port))
                }
                throw CancellationError()
            }
            // The server task ends first only by failing, or when its task is cancelled.
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// Serves until the task is cancelled; `isListening` learns the port.
    private static func serve(
        _ org: Org, _ options: EmulatorOptions,
        isListening: @escaping @Sendable (Int) -> Void
    ) async throws {
        let lateCalls = LateCalls(org: org)
        var logger = Logger(label: "salesforce-emulator")
        logger.logLevel = .critical
        let app = Application(
            responder: EmulatorResponder(
                org: org, latencyMilliseconds: options.latencyMilliseconds,
                lateCalls: lateCalls),
            configuration: .init(
                address: .hostname(options.host, port: options.port), serverName: nil),
            onServerRunning: { channel in isListening(channel.localAddress?.port ?? 0) },
            logger: logger)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await app.run() }
                group.addTask { await lateCalls.run() }
                group.addTask { await BulkWork(org: org).run() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch let error as IOError {
            throw EmulatorError.addressUnavailable(
                host: options.host, port: options.port, reason: "\(error)")
        }
    }
}
