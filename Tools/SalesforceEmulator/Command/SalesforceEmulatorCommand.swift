import ArgumentParser
import Foundation
import SalesforceEmulator

/// Serves an empty Salesforce org on a local port until SIGTERM or SIGINT.
@main
struct SalesforceEmulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salesforce-emulator",
        abstract: "A local Salesforce org for tests, demos and benchmarks.",
        discussion: "Prints its address on one line. Control it under /__emulator__/.")

    @Option(help: "The port to listen on; 0 for any free one.")
    var port = 0

    @Option(help: "A file to write the port to once the emulator listens.")
    var portFile: String?

    @Option(help: "Milliseconds added to every API call.")
    var latencyMs = 0

    @Option(help: "The OAuth client id to accept.")
    var clientID = "demo-client"

    @Option(help: "The OAuth client secret to accept.")
    var clientSecret = "demo-secret"

    @Option(help: "A PEM file with the public key of the JWT bearer flow.")
    var jwtPublicKey: String?

    @Flag(help: "Give a new refresh token with each refresh, and end the one presented.")
    var rotateRefreshTokens = false

    @Option(help: "API calls a day before the org answers REQUEST_LIMIT_EXCEEDED.")
    var dailyLimit = 15_000

    @Option(help: "API calls in progress at once before REQUEST_LIMIT_EXCEEDED; 0 for no limit.")
    var concurrentLimit = 0

    @Option(help: "Milliseconds that a closed Bulk API job waits before it is processed.")
    var bulkDelayMs = 0

    mutating func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is \(port); use 0 to 65535.")
        }
        guard latencyMs >= 0 else {
            throw ValidationError("--latency-ms is \(latencyMs); use 0 or more.")
        }
        guard bulkDelayMs >= 0 else {
            throw ValidationError("--bulk-delay-ms is \(bulkDelayMs); use 0 or more.")
        }
        guard dailyLimit >= 0 else {
            throw ValidationError("--daily-limit is \(dailyLimit); use 0 or more.")
        }
    }

    func run() async throws {
        var options = EmulatorOptions()
        options.port = port
        options.clientID = clientID
        options.clientSecret = clientSecret
        options.latencyMilliseconds = latencyMs
        options.dailyCallMax = dailyLimit
        options.concurrentCallMax = concurrentLimit > 0 ? concurrentLimit : nil
        options.bulkDelayMilliseconds = bulkDelayMs
        options.rotatesRefreshTokens = rotateRefreshTokens
        options.publicKeyPEM = try jwtPublicKey.map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        let portFile = portFile
        let stop = StopSignals()
        try await EmulatorServer.withRunning(options) { server in
            if let portFile {
                // Written whole before it appears: a waiting reader never sees half a number.
                try Data("\(server.port)\n".utf8)
                    .write(to: URL(fileURLWithPath: portFile), options: .atomic)
            }
            print(server.baseURL)
            fflush(nil)
            await stop.first()
        }
    }
}

/// SIGTERM and SIGINT as something to wait for.
///
/// Unchecked because Dispatch does not mark its sources sendable; here they are created in `init`
/// and only kept alive afterwards, never touched.
final class StopSignals: @unchecked Sendable {
    private let signals: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (signals, input) = AsyncStream.makeStream(of: Void.self)
        self.signals = signals
        sources = [SIGTERM, SIGINT].map { number in
            // The default action would end the process before connections are closed.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { input.yield() }
            source.resume()
            return source
        }
    }

    func first() async {
        for await _ in signals { return }
    }
}
