/// When the parents that keys wait for are looked for in Salesforce without a reason of our own.
///
/// A parent that we make ourselves wakes its children when it is there. One that a person makes is
/// noticed only by looking, and looking costs calls: so it is done seldom, for many keys at once,
/// going round.
package struct ParentWatch: Sendable, Hashable {
    private let interval: Duration
    private var notBefore: Duration?
    /// Where in the table of waiting keys the next look goes on.
    private(set) var cursor: [UInt8]?

    package init(interval: Duration) { self.interval = interval }

    /// Due at once after a start: what happened in between is not known.
    package func isDue(now: Duration) -> Bool { notBefore.map { $0 <= now } ?? true }

    /// A look was made, or nothing waits.
    package mutating func rest(now: Duration, cursor: [UInt8]? = nil) {
        notBefore = now + interval
        self.cursor = cursor
    }

    /// How long until the next look; `nil` when it is due.
    package func wait(now: Duration) -> Duration? {
        notBefore.flatMap { $0 > now ? $0 - now : nil }
    }
}
