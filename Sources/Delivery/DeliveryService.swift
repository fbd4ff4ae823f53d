import EventLog
import Logging
import Projection
import ServiceLifecycle

/// Delivery while `serve` runs: wakes for new entries, and when a back-off, a fence or a pause ends.
package struct DeliveryService: Service {
    private let engine: DeliveryEngine
    private let log: LogWriter
    private let limits: DeliveryLimits
    private let environment: DeliveryEnvironment
    private let logger: Logger
    /// After an error of our own store: long enough not to spin on a full disk.
    private static let errorWait: Duration = .seconds(5)

    package init(
        engine: DeliveryEngine, log: LogWriter, limits: DeliveryLimits,
        environment: DeliveryEnvironment, logger: Logger
    ) {
        self.engine = engine
        self.log = log
        self.limits = limits
        self.environment = environment
        self.logger = logger
    }

    /// Steps until the service group shuts down. A step under way is finished: its answers are recorded.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            let wakes = Wakes(log.positions())
            async let feeding: Void = wakes.feed()
            while !Task.isCancelled {
                let wait = await self.stepToEnd()
                await self.waitForWork(wakes, wait)
            }
            await feeding
        }
    }

    /// - Returns: how long until there is something to do without a new entry; `nil` for never.
    private func stepToEnd() async -> Duration? {
        do {
            var result = try await engine.step()
            while result.didWork, !Task.isCancelled { result = try await engine.step() }
            return result.wait
        } catch {
            // Nothing durable is lost; the log says what was sent. Try again from there.
            logger.error("a delivery step failed", metadata: ["error": "\(error)"])
            return Self.errorWait
        }
    }

    /// Waits for an entry, or until `wait` is over; then lets a burst gather, so that its records share
    /// calls.
    private func waitForWork(_ wakes: Wakes, _ wait: Duration?) async {
        guard await wakes.next(within: wait, environment) else { return }
        var waited: Duration = .zero
        while waited < limits.gatherMax {
            guard await wakes.next(within: limits.gatherQuiet, environment) else { return }
            waited += limits.gatherQuiet
        }
    }
}

/// New entries, as something to wait for with a limit.
private actor Wakes {
    private let stream: AsyncStream<Position>
    private var isAwake = false
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ stream: AsyncStream<Position>) { self.stream = stream }

    /// Takes positions from the log until the task is cancelled.
    func feed() async {
        for await _ in stream { wake() }
        wake()
    }

    private func wake() {
        isAwake = true
        waiter?.resume()
        waiter = nil
    }

    /// - Returns: whether an entry came; `false` when the time was over or the task was cancelled.
    func next(within limit: Duration?, _ environment: DeliveryEnvironment) async -> Bool {
        if isAwake {
            isAwake = false
            return true
        }
        let timer = limit.map { limit in
            Task {
                // A cancelled sleep ends the wait early, which is what its canceller wants.
                try? await environment.sleep(limit)
                self.giveUp()
            }
        }
        defer { timer?.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if isAwake || Task.isCancelled {
                    continuation.resume()
                } else {
                    waiter = continuation
                }
            }
        } onCancel: {
            Task { await self.giveUp() }
        }
        defer { isAwake = false }
        return isAwake
    }

    private func giveUp() {
        waiter?.resume()
        waiter = nil
    }
}
