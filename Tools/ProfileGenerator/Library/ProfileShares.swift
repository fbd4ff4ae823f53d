/// How often things happen in a generated stream. Shares of one, over many events.
package enum ProfileShares {
    /// After each person's first identify: the rest are `group` calls.
    package static let identify = 0.70
    package static let track = 0.25
    /// Events that come late: stamped before their wave began, with the values of that time.
    package static let late = 0.05
    /// People whose region is `null`, and people whose company is `null`.
    package static let nullField = 0.03
    /// From one wave to the next, per person and changing field.
    package static let changedFieldPerWave = 0.02
}
