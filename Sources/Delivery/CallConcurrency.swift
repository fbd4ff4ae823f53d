/// How many calls may be under way at once: fewer at once when Salesforce is slow or says that too
/// many are, one more again after a while of quick answers. Pure.
///
/// Salesforce limits only calls that run for 20 seconds and longer: 25 of an org in production, 5
/// in a developer org (Developer Limits, "API Request Limits"), whoever made them. They share locks
/// and processors besides: what is slow with four at once is often quick with one.
package struct CallConcurrency: Sendable, Hashable {
    /// Half of the time after which Salesforce counts a call.
    static let slowAfter: Duration = .seconds(10)

    /// Never more than this.
    package let ceiling: Int
    package private(set) var current: Int
    private var quickCallCount = 0

    package init(ceiling: Int) {
        self.ceiling = max(1, ceiling)
        current = self.ceiling
    }

    /// Calls that went out together were answered, after these times.
    package mutating func answered(_ durations: [Duration]) {
        guard !durations.contains(where: { $0 >= Self.slowAfter }) else { return decrease() }
        quickCallCount += durations.count
        guard quickCallCount >= current else { return }
        quickCallCount = 0
        current = min(ceiling, current + 1)
    }

    /// Salesforce said that too many calls are under way, or was slow.
    package mutating func decrease() {
        quickCallCount = 0
        current = max(1, current / 2)
    }
}
