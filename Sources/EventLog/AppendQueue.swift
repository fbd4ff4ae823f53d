import Events
import LMDB

/// What one call wants appended, and who waits for it.
struct AppendRequest: Sendable {
    enum Content: Sendable {
        /// Those of the range, and the keys of all.
        case events([Event], [MessageKey], Range<Int>)
        case encoded(EncodedEvents, Range<Int>)
        case entries([(EntryKind, [UInt8])])
    }

    let content: Content
    let count: Int
    /// The bodies' bytes.
    let bytes: Int
    let continuation: CheckedContinuation<Result<[AppendResult], LogError>, Never>
}

/// Where producers leave their requests and the writer's thread takes them, in order.
final class AppendQueue: Sendable {
    private struct State {
        var requests: [AppendRequest] = []
        var count = 0
        var bytes = 0
        /// How many requests must wait before the writer is woken; more than one while it gathers.
        var wakeCount = 1
        /// Set once: what every further call is refused with.
        var refusal: LogError?
    }

    private let monitor = Monitor(State())
    private let limits: LogLimits
    private let delayNanoseconds: Int

    init(limits: LogLimits) {
        self.limits = limits
        let (seconds, attoseconds) = limits.batchDelayMax.components
        // Under a second, as the monitor wants it.
        delayNanoseconds = seconds > 0 ? 999_999_999 : Int(attoseconds / 1_000_000_000)
    }

    /// Queues a request.
    ///
    /// - Throws: `overloaded`, or the refusal when the queue was ended.
    func add(_ request: AppendRequest) throws(LogError) {
        try monitor.change { (state) throws(LogError) -> Bool in
            if let refusal = state.refusal { throw refusal }
            // An empty queue takes any request: it fits in one commit.
            guard
                state.count == 0
                    || state.count + request.count <= limits.queueEventCountMax
                        && state.bytes + request.bytes <= limits.queueBytesMax
            else {
                throw .overloaded(queuedEventCount: state.count, queuedBytes: state.bytes)
            }
            state.requests.append(request)
            state.count += request.count
            state.bytes += request.bytes
            return state.requests.count >= state.wakeCount
        }
    }

    /// Refuses every further request with `error`. What is queued stays, unless `error` means that
    /// it cannot be stored: see ``CommitLoop``.
    func refuse(with error: LogError) {
        monitor.change { state in
            state.refusal = state.refusal ?? error
            return true
        }
    }

    /// The requests of the next commit; waits for the first. With `gatherCount` above one it waits
    /// a little, at most `batchDelayMax`, until so many are there. Nil when the queue was ended and
    /// is empty.
    func next(gatherCount: Int) -> [AppendRequest]? {
        monitor.wait { state in
            state.wakeCount = 1
            return state.requests.isEmpty && state.refusal == nil ? nil : ()
        }
        if gatherCount > 1 {
            // Running out of time is no failure: what is there goes.
            _ = monitor.wait(nanosecondsMax: delayNanoseconds) { state in
                state.wakeCount = gatherCount
                return state.requests.count < gatherCount && state.refusal == nil ? nil : ()
            }
        }
        // Nobody else takes requests: what was seen above is still there.
        return monitor.withLock { $0.requests.isEmpty ? nil : take(&$0) }
    }

    /// As many requests from the front as fit in one commit, at least one.
    private func take(_ state: inout State) -> [AppendRequest] {
        if state.count <= limits.batchEventCountMax && state.bytes <= limits.batchBytesMax {
            let all = state.requests
            state.requests = []
            state.requests.reserveCapacity(all.count)
            state.count = 0
            state.bytes = 0
            return all
        }
        var taken = 0
        var count = 0
        var bytes = 0
        for request in state.requests {
            let isFull =
                count + request.count > limits.batchEventCountMax
                || bytes + request.bytes > limits.batchBytesMax
            if isFull && taken > 0 { break }
            taken += 1
            count += request.count
            bytes += request.bytes
        }
        let batch = Array(state.requests[..<taken])
        state.requests.removeFirst(taken)
        state.count -= count
        state.bytes -= bytes
        return batch
    }
}
