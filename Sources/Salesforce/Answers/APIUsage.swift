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
}

/// The one counter of a client.
final class UsageCounter: Sendable {
    private struct State {
        var usage = APIUsage()
        /// How many answers have told the allocation so far.
        var answers = 0
    }

    // Protected by the mutex; never held across a suspension.
    private let state = Mutex(State())

    var current: APIUsage { state.withLock { $0.usage } }

    /// Counts a call that is about to be made.
    ///
    /// - Returns: how many answers had come before it, for ``update(limitInfo:after:)``.
    func begin(isCounted: Bool) -> Int {
        state.withLock { state in
            if isCounted { state.usage.calls += 1 }
            return state.answers
        }
    }

    /// Takes an answer's limit header. Answers of calls that ran side by side arrive in any order,
    /// so among them the highest count holds; only a call that began after the latest answer can
    /// tell that the rolling count went down.
    func update(limitInfo: String?, after answersBefore: Int) {
        guard let limitInfo else { return }
        state.withLock { state in
            let known = state.usage.used
            state.usage.update(limitInfo: limitInfo)
            if answersBefore != state.answers, let known, let told = state.usage.used {
                state.usage.used = max(known, told)
            }
            state.answers += 1
        }
    }
}
