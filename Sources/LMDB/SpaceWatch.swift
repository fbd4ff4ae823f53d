/// When to say that a disk or a map is filling up: at the warning share, at each further step, and
/// once a day while it lasts; and when it is over. Pure: it is told how full they are, and when.
package struct SpaceWatch: Sendable, Hashable {
    /// Steps in which it is said again, in hundredths of the disk or map.
    static let stepPercent = 5
    /// Between two words about the same step.
    static let reminderInterval: Duration = .seconds(24 * 60 * 60)

    package enum News: Sendable, Hashable {
        case filling(EnvironmentUsage.Place, percent: Int)
        /// What was said to be filling up has room again.
        case eased
    }

    private struct Said: Sendable, Hashable {
        var step: Int
        var at: Duration
    }

    private var said: Said?

    package init() {}

    /// - Parameter now: of a clock that only goes forward.
    /// - Returns: what is to be said; `nil` for nothing.
    package mutating func look(_ usage: EnvironmentUsage, now: Duration) -> News? {
        guard usage.isWarning else {
            defer { said = nil }
            return said == nil ? nil : .eased
        }
        let (place, percent) = usage.fullest
        let step = percent / Self.stepPercent
        if let said, step <= said.step, now - said.at < Self.reminderInterval {
            // A whole step less is news when it comes back; going to and fro over an edge is not.
            if step < said.step - 1 { self.said?.step = step }
            return nil
        }
        said = Said(step: step, at: now)
        return .filling(place, percent: percent)
    }
}
