import Records
import Synchronization

/// How much of the org's API allocation is used, by us and by everybody.
package struct APIUsage: Sendable, Hashable {
    /// API requests this client made; token requests and identity look-ups are none.
    package var calls = 0
    /// Requests of all integrations in the rolling 24 hours, from the latest answer's
    /// `Sforce-Limit-Info`; `nil` before the first.
    package var used: Int?
    /// The org's allocation for 24 hours.
    package var limit: Int?

    /// Calls of ours that are under way, and so not told yet.
    package var underWay = 0

    package init() {}

    /// Takes over `api-usage=123/15000`, also when other limits stand beside it
    /// (`api-usage=25/5000; per-app-api-usage=17/250(appName=x)`): REST API Developer Guide,
    /// "Limit Info Header". Anything else changes nothing.
    mutating func update(limitInfo: String) {
        for part in limitInfo.split(whereSeparator: { $0 == ";" || $0 == "," || $0 == " " }) {
            guard part.hasPrefix("api-usage=") else { continue }
            let numbers = part.dropFirst("api-usage=".count).split(separator: "/")
            guard numbers.count == 2, let used = Int(numbers[0]), let limit = Int(numbers[1]),
                used >= 0, limit > 0
            else { continue }
            self.used = used
            self.limit = limit
        }
    }

    /// Takes over the allocation as `GET /limits` tells it.
    mutating func update(_ daily: LimitsReport.Limit) {
        guard daily.max > 0, daily.remaining <= daily.max else { return }
        used = daily.max - daily.remaining
        limit = daily.max
    }
}

/// The one counter of a client.
final class UsageCounter: Sendable {
    private struct State {
        var usage = APIUsage()
        /// How many answers have told the allocation so far.
        var answers = 0
    }

    /// A call that was let out.
    struct Ticket {
        fileprivate let isCounted: Bool
        /// How many answers had come before it.
        fileprivate let answersBefore: Int
    }

    private let share: AllocationShare?
    // Protected by the mutex; never held across a suspension.
    private let state = Mutex(State())

    /// - Parameter share: `nil` for no bound of our own.
    init(share: AllocationShare? = nil) { self.share = share }

    var current: APIUsage { state.withLock { $0.usage } }

    /// Counts a call that is about to be made.
    ///
    /// - Parameter isProbe: the call asks how much is used: it may take of what is kept for probes.
    /// - Returns: `nil` when the call must not be made, because the share is used.
    func begin(isCounted: Bool, isProbe: Bool = false) -> Ticket? {
        state.withLock { state in
            if isCounted {
                let remaining = share?.remaining(state.usage) ?? .max
                guard isProbe || remaining > 0 else { return nil }
                state.usage.calls += 1
                state.usage.underWay += 1
            }
            return Ticket(isCounted: isCounted, answersBefore: state.answers)
        }
    }

    /// Takes an answer's limit header; `nil` when there was no answer, or none with the header: the
    /// call is then counted as one, for it may have been.
    ///
    /// Answers of calls that ran side by side arrive in any order, so among them the highest count
    /// holds; only a call that began after the latest answer can tell that the rolling count went
    /// down.
    func end(_ ticket: Ticket, limitInfo: String?) {
        state.withLock { state in
            if ticket.isCounted { state.usage.underWay -= 1 }
            guard let limitInfo else {
                if ticket.isCounted, let used = state.usage.used { state.usage.used = used + 1 }
                return
            }
            let known = state.usage.used
            state.usage.update(limitInfo: limitInfo)
            if ticket.answersBefore != state.answers, let known, let told = state.usage.used {
                state.usage.used = max(known, told)
            }
            state.answers += 1
        }
    }

    /// Takes what `GET /limits` tells, which is all there is where answers lack the header.
    func update(_ daily: LimitsReport.Limit) { state.withLock { $0.usage.update(daily) } }
}
