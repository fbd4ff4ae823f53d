import Projection

/// Whether the org's API allocation lets another round begin: never more than the configured share.
///
/// The allocation is the org's, over a rolling 24 hours, and shared with everything else that calls
/// it; what Salesforce last told (`Sforce-Limit-Info`) is all that is known.
package struct CallBudget: Sendable, Hashable {
    /// 0–1.
    package let share: Double

    package init(share: Double) { self.share = share }

    /// Calls that may still be made; `nil` while Salesforce has told nothing.
    package func remaining(_ use: APIUse?) -> Int? {
        guard let use, use.limit > 0 else { return nil }
        return max(0, Int(Double(use.limit) * share) - use.used)
    }

    /// Keys that one call can be counted on to serve, looking and writing together: a query holds
    /// hundreds of matcher values, a write two hundred records.
    private static let keysPerCall = 50

    /// Keys that a round may take up so that its calls stay within what is left.
    package func keyCountMax(_ use: APIUse?) -> Int {
        guard let remaining = remaining(use), remaining < .max / Self.keysPerCall else {
            return .max
        }
        return max(1, remaining / 2) * Self.keysPerCall
    }

    package func isSpent(_ use: APIUse?) -> Bool { remaining(use) == 0 }
}
