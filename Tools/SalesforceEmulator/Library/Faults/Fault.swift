/// A failure to inject: which calls it hits, and what happens to them.
package struct Fault: Sendable {
    /// Calls of this kind; nil for any.
    package var kind: CallKind?
    /// Matching calls let through before the first that is hit.
    package var afterCalls: Int
    /// How many calls are hit; nil for all from then on.
    package var times: Int?
    /// What happens to the calls hit.
    package var effect: FaultEffect

    /// Without arguments but the effect: the next call of any kind, once.
    package init(
        on kind: CallKind? = nil, afterCalls: Int = 0, times: Int? = 1, _ effect: FaultEffect
    ) {
        self.kind = kind
        self.afterCalls = afterCalls
        self.times = times
        self.effect = effect
    }
}

/// What a fault does to a call.
package enum FaultEffect: Sendable {
    /// Answers `status` with the error array, executing nothing.
    case status(Int, code: String, message: String)
    /// Answers `status` with `body` as given, executing nothing.
    case raw(Int, body: String, contentType: String)
    /// 503 and the maintenance page in HTML, executing nothing.
    case maintenancePage
    /// 503 `SERVER_UNAVAILABLE` with a `Retry-After`, executing nothing.
    case unavailable(retryAfterSeconds: Int)
    /// 500 and an empty body, executing nothing (recorded for composite).
    case emptyInternalError
    /// Closes the connection, executing nothing.
    case cutBefore
    /// Executes, then closes the connection without a byte of answer.
    case cutAfter
    /// Executes, sends half of the answer's body, closes.
    case truncate
    /// Closes the connection now; executes after `milliseconds`, or, when nil, when told to by
    /// `Org.releaseLateCalls()`. The request whose answer was lost and that was not dead.
    case late(milliseconds: Int?)
    /// Executes and answers, `milliseconds` later.
    case delay(milliseconds: Int)
    /// 401 `INVALID_SESSION_ID` though the session is good, executing nothing.
    case unauthorized
    /// 403 `REQUEST_LIMIT_EXCEEDED`: the day's calls are used up.
    case dailyLimit
    /// 403 `REQUEST_LIMIT_EXCEEDED`: too many long calls at once.
    case concurrencyLimit
    /// `UNABLE_TO_LOCK_ROW` for the items at these indexes (nil: all); the others execute.
    case lockRow(items: [Int]?)
    /// An error of one's choice for single items; the others execute.
    case itemErrors([ItemError])
    /// A Bulk API job fails before it executes row `afterRows`; what was written stays, the rest is
    /// unprocessed. Only for `bulkProcess`.
    case failJob(afterRows: Int, message: String)
}

extension FaultEffect {
    /// Whether the effect can strike a part of a composite call.
    var fitsSubrequest: Bool {
        switch self {
        case .status, .lockRow, .itemErrors: true
        default: false
        }
    }

    /// Whether the effect has a meaning for calls of `kind`: a job's turn has no connection to
    /// cut, and only a job can fail as one.
    func fits(_ kind: CallKind?) -> Bool {
        switch self {
        case .lockRow, .itemErrors, .status, .delay: true
        case .failJob: kind == .bulkProcess
        default: kind != .bulkProcess
        }
    }
}

/// An error for one item of a collections call; index 0 also means a single-record call.
package struct ItemError: Sendable, Hashable {
    /// Place of the item in the call, from 0.
    package let index: Int
    /// The `statusCode` to answer.
    package let code: String
    /// The message to answer.
    package let message: String

    /// An error for the item at `index`.
    package init(index: Int, code: String, message: String) {
        self.index = index
        self.code = code
        self.message = message
    }
}

/// Faults in force, in the order injected; the first that matches a call hits it.
struct FaultPlan: Sendable {
    private var faults: [(fault: Fault, seenCount: Int, hitCount: Int)] = []

    mutating func add(_ fault: Fault) { faults.append((fault, 0, 0)) }

    mutating func clear() { faults.removeAll() }

    /// The effect on the next call of `kind`. Every fault that matches counts the call, so that
    /// `afterCalls` of two faults are independent.
    mutating func effect(on kind: CallKind) -> FaultEffect? {
        // A job's turn is no call: a fault on any call does not strike it.
        strike { $0.kind == kind || ($0.kind == nil && kind != .bulkProcess) }
    }

    /// The effect on a subrequest of a composite call: faults on any call strike the outer one
    /// alone, and a part of a call has no connection to cut and no delay of its own.
    mutating func effect(onSubrequest kind: CallKind) -> FaultEffect? {
        strike { $0.kind == kind && $0.effect.fitsSubrequest }
    }

    private mutating func strike(_ matches: (Fault) -> Bool) -> FaultEffect? {
        var effect: FaultEffect?
        for index in faults.indices {
            let fault = faults[index].fault
            guard matches(fault) else { continue }
            faults[index].seenCount += 1
            let isDue = faults[index].seenCount > fault.afterCalls
            let isSpent = fault.times.map { faults[index].hitCount >= $0 } ?? false
            guard effect == nil, isDue, !isSpent else { continue }
            faults[index].hitCount += 1
            effect = fault.effect
        }
        faults.removeAll { entry in entry.fault.times.map { entry.hitCount >= $0 } ?? false }
        return effect
    }
}
