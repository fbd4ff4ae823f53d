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
    // Protected by the mutex; never held across a suspension.
    private let usage = Mutex(APIUsage())

    var current: APIUsage { usage.withLock { $0 } }

    func countCall() { usage.withLock { $0.calls += 1 } }

    func update(limitInfo: String?) {
        guard let limitInfo else { return }
        usage.withLock { $0.update(limitInfo: limitInfo) }
    }
}
