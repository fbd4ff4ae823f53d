import Projection

/// The waits of operations in doubt: no write until the request can no longer run, then look again.
///
/// A fence begins when the request had left for certain, by the monotonic clock; the wall clock may
/// have been set. Of what this process sent, it knows. Of what another one sent, the log tells by
/// when it had left, if that process, or the first one after it, could say so by the clock of this
/// same boot. Otherwise the sender may have lived until our own start, and the fence begins there.
package struct Fences: Sendable, Hashable {
    private struct Identity: Sendable, Hashable {
        let intent: UInt64
        let index: Int
    }

    private let length: Duration
    private let startedAt: Duration
    /// What `startedAt` and every `now` are counted from; `nil` when other processes count from
    /// elsewhere.
    private let boot: String?
    private var sentAt: [Identity: Duration] = [:]

    package init(length: Duration, startedAt: Duration, boot: String?) {
        self.length = length
        self.startedAt = startedAt
        self.boot = boot
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

    package func deadline(of operation: OpenOperation, now: Duration) -> Duration {
        let identity = Identity(intent: operation.intent, index: operation.index)
        if let sentAt = sentAt[identity] { return max(sentAt, startedAt) + length }
        return (leaving(of: operation, now: now) ?? startedAt) + length
    }

    /// By when the operation had left, as the log tells.
    ///
    /// - Returns: `nil` when it does not, or by another clock. A moment to come is by another clock
    ///   too, whatever its name: this one is never set back.
    private func leaving(of operation: OpenOperation, now: Duration) -> Duration? {
        guard let moment = operation.sentBy, moment.boot == boot else { return nil }
        let leaving = Duration.milliseconds(moment.milliseconds)
        return leaving <= now ? leaving : nil
    }

    /// The operations whose fence has passed.
    package func passed(_ open: [OpenOperation], now: Duration) -> [OpenOperation] {
        open.filter { $0.isInDoubt && deadline(of: $0, now: now) <= now }
    }

    /// How long until the next fence passes; `nil` when there is none.
    package func wait(_ open: [OpenOperation], now: Duration) -> Duration? {
        open.filter(\.isInDoubt).map { max(.zero, deadline(of: $0, now: now) - now) }.min()
    }
}
