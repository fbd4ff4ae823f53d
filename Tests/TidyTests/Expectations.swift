import Testing

/// Fails with every problem on a line of its own.
func expectNone(_ problems: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
        problems.isEmpty, "\(problems.count) problems:\n\(problems.joined(separator: "\n"))",
        sourceLocation: sourceLocation)
}
