/// Objects for which Salesforce refuses every record alike: a field that is gone, a right that is
/// missing. They are left alone for a while instead of burning the allocation record by record.
package struct StoppedObjects: Sendable, Hashable {
    /// Long enough to cost next to nothing, short enough that a corrected permission is noticed.
    static let length: Duration = .seconds(5 * 60)

    private var until: [String: Duration] = [:]

    package init() {}

    package mutating func stop(_ object: String, now: Duration) {
        until[object] = now + Self.length
    }

    package func contains(_ object: String, now: Duration) -> Bool {
        until[object].map { $0 > now } ?? false
    }

    /// Until the first object may be tried again; `nil` when none is stopped.
    package func wait(now: Duration) -> Duration? {
        until.values.filter { $0 > now }.min().map { $0 - now }
    }
}
