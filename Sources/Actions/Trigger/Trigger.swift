import Events

/// When an action applies: a condition over events in FQL, the filter language of Segment and
/// Customer.io.
///
/// ```
/// type = "identify" and (traits.plan != "free" or match(traits.email, "*@example.com"))
/// ```
///
/// Read properly, where the reference products do not: `and` binds tighter than `or`, parentheses
/// and `!( … )` nest and mean what they say, and a text that is not a trigger is an error with its
/// place, never a trigger that silently does not fire. Compiled once; evaluating allocates no more
/// than the values it reads.
package struct Trigger: Sendable, Hashable, CustomStringConvertible {
    /// The text as written.
    package let source: String
    /// What the text means.
    package let expression: TriggerExpression

    /// A longer text is refused: no person writes one, and it bounds what parsing can cost.
    package static let sourceCharactersMax = 20_000
    /// Parentheses and negations within one another; bounds the parser's recursion.
    package static let nestingMax = 64

    /// Reads a trigger.
    ///
    /// - Throws: ``TriggerError`` with line, column and remedy for anything that is not one.
    package init(_ source: String) throws(TriggerError) {
        var parser = try TriggerParser(source)
        expression = try parser.parse()
        self.source = source
    }

    /// Whether the event satisfies the condition.
    package func matches(_ event: Event) -> Bool { expression.holds(for: event) }

    /// The text as written.
    package var description: String { source }
}
