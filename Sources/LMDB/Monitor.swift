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

    /// Runs `body` with the lock held. `body` gets a wait, which gives the lock up while it waits.
    package func withLock<R, E: Error>(
        _ body: (inout State, MonitorWait) throws(E) -> R
    ) throws(E) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state, MonitorWait(mutex: mutex, condition: condition))
    }

    /// Runs `body` with the lock held, and wakes the waiting threads when it returns true.
    package func change<E: Error>(_ body: (inout State) throws(E) -> Bool) throws(E) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if try body(&state) { pthread_cond_broadcast(condition) }
    }
}

/// How a thread waits inside ``Monitor/withLock(_:)``.
package struct MonitorWait {
    let mutex: UnsafeMutablePointer<pthread_mutex_t>
    let condition: UnsafeMutablePointer<pthread_cond_t>

    /// Waits until woken; sometimes it wakes for nothing: always look at the state again.
    package func untilWoken() { pthread_cond_wait(condition, mutex) }

    /// The same, for at most `nanoseconds` (under a second).
    package func untilWoken(nanosecondsMax nanoseconds: Int) {
        #if canImport(Darwin)
        var span = timespec(tv_sec: 0, tv_nsec: nanoseconds)
        _ = pthread_cond_timedwait_relative_np(condition, mutex, &span)
        #else
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_nsec += nanoseconds
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        _ = pthread_cond_timedwait(condition, mutex, &end)
        #endif
    }
}
