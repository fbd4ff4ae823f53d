import Synchronization

/// How many events a source may send: a bucket that fills steadily and that each event empties a
/// little.
struct TokenBucket: Sendable, Hashable {
    /// Events a second on average; the bucket holds as many, so a quiet second may be made up for.
    let perSecond: Int
    /// In thousandths of an event, so that milliseconds fill it without rounding.
    private var level: Int
    private var filledAt: Int64

    /// - Parameter time: milliseconds since 1970-01-01T00:00:00Z, as below.
    init(perSecond: Int, at time: Int64) {
        self.perSecond = perSecond
        level = perSecond * 1_000
        filledAt = time
    }

    /// Takes `count` events out, if the bucket holds any at all: a batch larger than the bucket
    /// must get through sometime, and is paid for afterwards.
    ///
    /// - Returns: `nil` when they were taken, else the milliseconds until it is worth trying again.
    mutating func take(_ count: Int, at time: Int64) -> Int64? {
        fill(at: time)
        guard level > 0 else { return Int64((-level) / perSecond + 1) }
        level -= count * 1_000
        return nil
    }

    /// A clock that goes back fills nothing.
    private mutating func fill(at time: Int64) {
        // Long pauses are cut short: the product must not overflow, and the bucket is full anyway
        // unless a batch a thousand times its size went before.
        let elapsed = Int(min(max(0, time - filledAt), 1_000_000))
        filledAt = max(filledAt, time)
        level = min(level + elapsed * perSecond, perSecond * 1_000)
    }
}

/// The buckets of all sources.
final class EventRate: Sendable {
    /// `nil`: no limit, and no lock taken.
    private let perSecond: Int?
    private let buckets = Mutex<[String: TokenBucket]>([:])

    init(perSecond: Int?) { self.perSecond = perSecond }

    /// Counts events of a source.
    ///
    /// - Throws: ``Refusal/tooMany(retryAfter:)`` when the source has sent too many; then none is
    /// counted.
    func take(_ count: Int, of source: String, at time: Int64) throws(Refusal) {
        guard let perSecond else { return }
        let wait = buckets.withLock { buckets in
            buckets[source, default: TokenBucket(perSecond: perSecond, at: time)]
                .take(count, at: time)
        }
        if let wait { throw .tooMany(retryAfter: .milliseconds(wait)) }
    }
}
