/// Keys that asked to come again, and when. In memory only: after a restart they come at once,
/// which costs at most one early call.
package struct RetrySchedule: Sendable, Hashable {
    private var notBefore: [UInt64: Duration] = [:]

    package init() {}

    package mutating func postpone(_ key: UInt64, until moment: Duration) {
        notBefore[key] = moment
    }

    /// The keys of `ids` that may be worked on now.
    package mutating func ready(_ ids: [UInt64], now: Duration) -> [UInt64] {
        notBefore = notBefore.filter { $0.value > now }
        return ids.filter { notBefore[$0] == nil }
    }

    /// How long until the next key may be worked on; `nil` when none waits.
    package func wait(now: Duration) -> Duration? {
        notBefore.values.filter { $0 > now }.min().map { $0 - now }
    }

    /// The keys that wait longer than `bound`, and until when: those that come first first.
    package func waiting(
        longerThan bound: Duration, now: Duration
    ) -> [(key: UInt64, until: Duration)] {
        notBefore.filter { $0.value - now > bound }
            .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            .map { (key: $0.key, until: $0.value) }
    }

    package var count: Int { notBefore.count }
}
