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

    /// What the system keeps of a thread's name; with more it takes none of it.
    static let nameBytesMax = 15

    /// Runs `body` on a new thread named `name`, under which it stands in the system's lists too,
    /// as far as its first 15 bytes go.
    package static func start(name: String, _ body: @Sendable @escaping () -> Void) {
        let thread = Thread {
            take(name: name)
            body()
        }
        thread.name = name
        thread.stackSize = stackBytes
        thread.start()
    }

    /// Foundation keeps a thread's name to itself on Linux, and the C library's call for it is not
    /// visible to Swift there. Only the thread can name itself on every system.
    private static func take(name: String) {
        var short = name
        while short.utf8.count > nameBytesMax { short.removeLast() }
        // A name is only for people: without it the thread works as well.
        #if canImport(Darwin)
        _ = pthread_setname_np(short)
        #else
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, short, short.utf8.count)
        close(file)
        #endif
    }
}
