/// How many of an org's API requests may be seen used before Tidemark makes no more.
///
/// The allocation is the org's, over a rolling 24 hours, and shared with everything else that calls
/// it. A small part of the share is kept for probes: without them nobody would learn that calls
/// have aged.
package struct AllocationShare: Sendable, Hashable {
    /// Probes of a day, at one in fifteen minutes.
    package static let probesKeptMax = 96
    /// Of a small allocation no more than this part is kept for probes, but one call always.
    private static let keptPart = 0.01

    /// 0–1.
    package let share: Double

    package init(_ share: Double) { self.share = share }

    /// Calls in 24 hours after which only probes are made.
    package func callsMax(ofLimit limit: Int) -> Int {
        let allowed = Int(Double(limit) * share)
        let kept = min(Self.probesKeptMax, max(1, Int(Double(allowed) * Self.keptPart)))
        return max(0, allowed - kept)
    }

    /// Calls that may still be made, those under way counted as used; as many as one likes while
    /// Salesforce has told nothing.
    package func remaining(_ usage: APIUsage) -> Int {
        guard let used = usage.used, let limit = usage.limit, limit > 0 else { return .max }
        return max(0, callsMax(ofLimit: limit) - used - usage.underWay)
    }
}
