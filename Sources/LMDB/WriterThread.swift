import Foundation

/// A thread of one's own that does one piece of work after another, in the order given.
///
/// A write transaction must begin and end on one thread, and a commit blocks for as long as the
/// disk takes: neither suits the shared pool of the tasks.
package final class WriterThread: Sendable {
    package typealias Work = @Sendable () -> Void

    struct Queue {
        var works: [Work] = []
        var isStopped = false
        var hasEnded = false
    }

    private let monitor: Monitor<Queue>

    /// Starts the thread under `name` (15 bytes show in the system's lists).
    package init(name: String) {
        let monitor = Monitor(Queue())
        self.monitor = monitor
        DedicatedThread.start(name: name) { Self.loop(monitor) }
    }

    deinit {
        monitor.change { queue in
            queue.isStopped = true
            return true
        }
    }

    /// Runs `body` on the thread and returns what it returned. Nil when the thread was stopped
    /// before.
    package func runUnlessStopped<R: Sendable>(_ body: @Sendable @escaping () -> R) async -> R? {
        await withCheckedContinuation { (continuation: CheckedContinuation<R?, Never>) in
            var isStopped = false
            monitor.change { queue in
                isStopped = queue.isStopped
                if !isStopped { queue.works.append { continuation.resume(returning: body()) } }
                return !isStopped
            }
            if isStopped { continuation.resume(returning: nil) }
        }
    }

    /// Runs `body` on the thread and returns what it returned. Calling it after ``stop()`` is a
    /// mistake of the program.
    package func run<R: Sendable>(_ body: @Sendable @escaping () -> R) async -> R {
        guard let result = await runUnlessStopped(body) else {
            preconditionFailure("work was given to a writer thread after it was stopped")
        }
        return result
    }

    /// Does the work that was given so far, then ends the thread. Returns when it has ended. Not
    /// for the thread itself to call.
    package func stop() {
        monitor.change { queue in
            queue.isStopped = true
            return true
        }
        monitor.wait { $0.hasEnded ? () : nil }
    }

    private static func loop(_ monitor: Monitor<Queue>) {
        while let works = next(monitor) {
            for work in works { work() }
        }
        monitor.change { queue in
            queue.hasEnded = true
            return true
        }
    }

    /// All the work that waits, or nil when there is none left and the thread should end.
    private static func next(_ monitor: Monitor<Queue>) -> [Work]? {
        let works = monitor.wait { queue -> [Work]? in
            if queue.works.isEmpty && !queue.isStopped { return nil }
            defer { queue.works = [] }
            return queue.works
        }
        return works.isEmpty ? nil : works
    }
}

/// Starts a thread outside the tasks' pool.
package enum DedicatedThread {
    /// Enough for hashing and LMDB's recursion; the default of secondary threads on some systems is
    /// less.
    static let stackBytes = 1 << 20

    /// Runs `body` on a new thread named `name`.
    package static func start(name: String, _ body: @Sendable @escaping () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = stackBytes
        thread.start()
    }
}
