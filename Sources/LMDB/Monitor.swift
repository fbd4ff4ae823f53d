import Foundation

/// State under a lock, with a thread that waits for it to change.
///
/// For dedicated threads only: a task must never wait, it would hold a thread of the shared pool.
/// `@unchecked Sendable`: `state` is touched only between locking and unlocking `mutex`, and the
/// two pthread objects live at fixed addresses from `init` to `deinit`.
package final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
        pthread_cond_init(condition, nil)
        #else
        // Waits are measured on the monotonic clock: a stepped wall clock must not stretch them.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        mutex.deinitialize(count: 1).deallocate()
        condition.deinitialize(count: 1).deallocate()
    }

    /// Runs `body` with the lock held.
    package func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Runs `body` with the lock held, and wakes the waiting threads when it returns true.
    package func change<E: Error>(_ body: (inout State) throws(E) -> Bool) throws(E) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if try body(&state) { pthread_cond_broadcast(condition) }
    }

    /// Waits until `body` returns something, and returns it. `body` is asked with the lock held, at
    /// once and after each wake.
    ///
    /// It is asked anew each time, rather than waiting itself, because other threads change the
    /// state while it waits: a body that kept its `inout` state meanwhile could be compiled to look
    /// at a stale copy for ever.
    package func wait<R>(for body: (inout State) -> R?) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// The same, for at most `nanoseconds` (under a second); then nil.
    package func wait<R>(nanosecondsMax nanoseconds: Int, for body: (inout State) -> R?) -> R? {
        let end = Self.time(after: nanoseconds)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            if waitOnce(until: end) == ETIMEDOUT { return body(&state) }
        }
    }

    private func waitOnce(until end: timespec) -> Int32 {
        var end = end
        #if canImport(Darwin)
        // Relative there: a wake for nothing starts the span anew, which only makes it longer.
        return pthread_cond_timedwait_relative_np(condition, mutex, &end)
        #else
        return pthread_cond_timedwait(condition, mutex, &end)
        #endif
    }

    private static func time(after nanoseconds: Int) -> timespec {
        #if canImport(Darwin)
        return timespec(tv_sec: 0, tv_nsec: nanoseconds)
        #else
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_nsec += nanoseconds
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        return end
        #endif
    }
}
