import Projection

/// The waits of operations in doubt: no write until the request can no longer run, then look again.
///
/// A fence begins at the later of the sending and our own start, by the monotonic clock: after a
/// restart the moment of sending is known only by the wall clock, which may have been set.
package struct Fences: Sendable, Hashable {
    private struct Identity: Sendable, Hashable {
        let intent: UInt64
        let index: Int
    }

    private let length: Duration
    private let startedAt: Duration
    private var sentAt: [Identity: Duration] = [:]

    package init(length: Duration, startedAt: Duration) {
        self.length = length
        self.startedAt = startedAt
    }

    /// Remembers when this process sent operations of an intent, at the latest.
    package mutating func sent(intent: UInt64, indexes: some Sequence<Int>, at moment: Duration) {
        for index in indexes {
            sentAt[Identity(intent: intent, index: index)] = moment
        }
    }

    /// Forgets operations that have a definite answer.
    package mutating func answered(intent: UInt64, indexes: some Sequence<Int>) {
        for index in indexes { sentAt[Identity(intent: intent, index: index)] = nil }
    }

    package func deadline(of operation: OpenOperation) -> Duration {
        let identity = Identity(intent: operation.intent, index: operation.index)
        return max(sentAt[identity] ?? startedAt, startedAt) + length
    }

    /// The operations whose fence has passed.
    package func passed(_ open: [OpenOperation], now: Duration) -> [OpenOperation] {
        open.filter { $0.isInDoubt && deadline(of: $0) <= now }
    }

    /// How long until the next fence passes; `nil` when there is none.
    package func wait(_ open: [OpenOperation], now: Duration) -> Duration? {
        open.filter(\.isInDoubt).map { max(.zero, deadline(of: $0) - now) }.min()
    }
}
