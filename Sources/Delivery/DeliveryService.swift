import EventLog
import Logging
import Projection
import ServiceLifecycle

/// Delivery while `serve` runs: wakes for new entries, and when a back-off, a fence or a pause
/// ends.
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

    /// Steps until the service group shuts down. A step under way is finished, so that its answers
    /// are recorded: cutting it short would leave every create in it in doubt.
    package func run() async throws {
        let wakes = Wakes()
        let feeding = Task { await wakes.feed(log.positions()) }
        await withGracefulShutdownHandler {
            while await !wakes.isStopped, !Task.isCancelled {
                let wait = await self.stepToEnd(wakes)
                await self.waitForWork(wakes, wait)
            }
        } onGracefulShutdown: {
            Task { await wakes.stop() }
        }
        feeding.cancel()
    }

    /// - Returns: how long until there is something to do without a new entry; `nil` for never.
    private func stepToEnd(_ wakes: Wakes) async -> Duration? {
        do {
            var result = try await engine.step()
            while result.didWork, await !wakes.isStopped, !Task.isCancelled {
                result = try await engine.step()
            }
            return result.wait
        } catch {
            // Nothing durable is lost; the log says what was sent. Try again from there.
            logger.error("a delivery step failed", metadata: ["error": "\(error)"])
            return Self.errorWait
        }
    }

    /// Waits for an entry, or until `wait` is over; then lets a burst gather, so that its records
    /// share calls.
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
    private var isAwake = false
    private(set) var isStopped = false
    private var waiter: CheckedContinuation<Void, Never>?

    /// Takes positions from the log until the task is cancelled or the log is closed.
    func feed(_ positions: AsyncStream<Position>) async {
        for await _ in positions {
            isAwake = true
            giveUp()
        }
    }

    /// No more waiting, from now on.
    func stop() {
        isStopped = true
        giveUp()
    }

    /// - Returns: whether an entry came; `false` when the time was over or waiting is stopped.
    func next(within limit: Duration?, _ environment: DeliveryEnvironment) async -> Bool {
        if !isAwake, !isStopped { await wait(limit, environment) }
        defer { isAwake = false }
        return isAwake && !isStopped
    }

    private func wait(_ limit: Duration?, _ environment: DeliveryEnvironment) async {
        let timer = limit.map { limit in
            Task {
                // A cancelled sleep ends the wait early, which is what its canceller wants.
                try? await environment.sleep(limit)
                if !Task.isCancelled { self.giveUp() }
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiter = continuation }
            }
        } onCancel: {
            Task { await self.stop() }
        }
        timer?.cancel()
    }

    private func giveUp() {
        waiter?.resume()
        waiter = nil
    }
}
