import Projection

/// Objects for which Salesforce refuses what does not lie in single records: a field that is gone
/// and still mapped, a right that is missing. Their keys wait, instead of burning the allocation
/// record by record; nothing of them is parked. Pure.
///
/// An object goes on when its description or its actions change. What is not in a description is
/// found out by a trial with one key, now and then.
package struct StoppedObjects: Sendable, Hashable {
    /// Between two looks at the description: most often an answer that nothing changed.
    static let lookInterval: Duration = .seconds(5 * 60)
    /// Between two trials, each a query and perhaps a write.
    static let trialInterval: Duration = .seconds(60 * 60)

    private struct Stop: Sendable, Hashable {
        var entry: ObjectStopEntry
        var nextLookAt: Duration
        var nextTrialAt: Duration
    }

    private var stops: [String: Stop] = [:]

    package init() {}

    /// What was stopped when the process before ended: looked at and tried anew.
    package init(_ entries: [ObjectStopEntry], now: Duration) {
        for entry in entries {
            stops[entry.object] = Stop(entry: entry, nextLookAt: now, nextTrialAt: now)
        }
    }

    /// Stops an object, or puts off its next trial.
    ///
    /// - Returns: what the log has to say, unless it says that already.
    package mutating func stop(
        _ object: String, reason: String, now: Duration, wallClock: Int64
    ) -> ObjectStopEntry? {
        let known = stops[object]
        let entry = ObjectStopEntry(
            object: object, reason: reason, since: known?.entry.since ?? wallClock)
        stops[object] = Stop(
            entry: entry, nextLookAt: now + Self.lookInterval,
            nextTrialAt: now + Self.trialInterval)
        return known?.entry == entry ? nil : entry
    }

    /// - Returns: whether the object was stopped.
    package mutating func resume(_ object: String) -> Bool {
        stops.removeValue(forKey: object) != nil
    }

    /// Lets those go that are not in `objects`, which the configuration has freed.
    package mutating func keepOnly(_ objects: [String]) {
        stops = stops.filter { objects.contains($0.key) }
    }

    package var isEmpty: Bool { stops.isEmpty }
    package var entries: [ObjectStopEntry] { stops.values.map(\.entry) }

    /// How many keys of the object a round may take: all, none, or one on trial.
    package func keyCountMax(of object: String, now: Duration) -> Int {
        guard let stop = stops[object] else { return .max }
        return stop.nextTrialAt <= now ? 1 : 0
    }

    /// Whether a description should be asked for; the next time is `lookInterval` later.
    package mutating func isLookDue(now: Duration) -> Bool {
        var isDue = false
        for object in stops.keys where (stops[object]?.nextLookAt ?? .zero) <= now {
            stops[object]?.nextLookAt = now + Self.lookInterval
            isDue = true
        }
        return isDue
    }

    /// Until the next look or trial; `nil` when nothing is stopped.
    package func wait(now: Duration) -> Duration? {
        stops.values.flatMap { [$0.nextLookAt, $0.nextTrialAt] }.filter { $0 > now }.min()
            .map { $0 - now }
    }
}
