import Projection
import Salesforce

/// Whether the org's API allocation lets another round begin: never more than the configured share.
///
/// What Salesforce last told (`Sforce-Limit-Info`, or `/limits`) is all that is known. The client
/// itself refuses a call beyond the share; this keeps rounds from beginning what they cannot end.
package struct CallBudget: Sendable, Hashable {
    private let share: AllocationShare

    /// - Parameter share: 0–1.
    package init(share: Double) { self.share = AllocationShare(share) }

    /// Calls that may still be made; `nil` while Salesforce has told nothing.
    package func remaining(_ use: APIUse?) -> Int? {
        guard let use, use.limit > 0 else { return nil }
        return max(0, share.callsMax(ofLimit: use.limit) - use.used)
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
