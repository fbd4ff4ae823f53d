/// What a walk over the whole log found.
package struct LogVerification: Sendable, Hashable {
    /// Entries looked at.
    package let entries: Int
    /// The hash of the last one, 32 bytes; zeros in an empty log. Kept elsewhere it proves, later,
    /// that nothing up to here has changed.
    package let chainHead: [UInt8]
    /// Empty when the log is whole. At most as many as were asked for.
    package let problems: [LogProblem]

    package var isSound: Bool { problems.isEmpty }
}

/// One contradiction in the log.
package struct LogProblem: Sendable, Hashable {
    /// Where it shows.
    package let position: Position
    /// What it is, without any value of an event.
    package let description: String
}
