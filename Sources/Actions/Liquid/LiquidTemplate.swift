import Events
import Records

/// A `@liquid` text, compiled: the subset of LiquidJS that Segment documents for mappings
/// ("Destination Actions", Liquid syntax).
///
/// What the subset leaves out is a problem of the configuration, not of each event. In the place of
/// Segment's limit of 500 ms stands a limit on work, because the same event must give the same
/// value on every machine; for the same reason there is no `now`.
struct LiquidTemplate: Sendable {
    /// A longer text is refused.
    static let charactersMax = 1_000
    /// Blocks within one another; bounds the parser's and the renderer's recursion.
    static let nestingMax = 32
    /// Bytes that may be read and made for one event, all steps together. More gives no value. Ten
    /// milliseconds or so: nothing that honest templates come near, since there are no loops.
    static let workBytesMax = 1_000_000

    let nodes: [LiquidNode]
    /// What it reads from the event; parts of paths that are only known when it runs are left out.
    let paths: [JSONPath]

    /// - Throws: ``LiquidError`` for a text that is too long, is no template, or uses what the
    ///   subset leaves out.
    init(_ text: String) throws(LiquidError) {
        let source = Array(text)
        guard source.count <= Self.charactersMax else {
            throw LiquidError(
                "a @liquid template has at most \(Self.charactersMax) characters", at: 0,
                in: source)
        }
        var parser = LiquidParser(source)
        nodes = try parser.template()
        paths = parser.paths
    }

    /// The text that is made of what is read; `nil` when that took more than
    /// ``workBytesMax``.
    func text(from input: some MappingInput) -> String? {
        var renderer = LiquidRenderer(input: input)
        do throws(LiquidExhausted) {
            return try renderer.render(nodes)
        } catch {
            return nil
        }
    }
}

/// Why a `@liquid` text cannot be used.
struct LiquidError: Error, Sendable, Hashable {
    /// What is wrong, and the remedy.
    let message: String
    /// From 1, within the text.
    let line: Int
    /// From 1, in characters.
    let column: Int

    init(_ message: String, at index: Int, in source: [Character]) {
        let before = source[..<index]
        let start = before.lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
        line = before.count(where: \.isNewline) + 1
        column = index - start + 1
        self.message = message
    }
}

/// One piece of a template.
indirect enum LiquidNode: Sendable {
    case text(String)
    /// `{{ … }}` and `echo`.
    case output(LiquidExpression)
    /// `if` and `unless`: the first branch that holds.
    case choice([LiquidBranch])
    case assign(String, LiquidExpression)
    case capture(String, [LiquidNode])
    /// `increment` (1) and `decrement` (-1).
    case count(String, by: Int)
}

/// A branch of `if`.
struct LiquidBranch: Sendable {
    /// `nil` is `else`.
    let condition: LiquidCondition?
    let nodes: [LiquidNode]
}

/// What is asked in `if`.
indirect enum LiquidCondition: Sendable {
    case truth(LiquidExpression)
    case comparison(LiquidExpression, LiquidRelation, LiquidExpression)
    case not(LiquidCondition)
    case and(LiquidCondition, LiquidCondition)
    case or(LiquidCondition, LiquidCondition)
}

/// How two values are compared.
enum LiquidRelation: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case different = "<>"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case contains
}

/// A value and the filters that it goes through.
struct LiquidExpression: Sendable {
    let operand: LiquidOperand
    let calls: [LiquidCall]
}

/// A filter with its arguments.
struct LiquidCall: Sendable {
    let filter: LiquidFilter
    let arguments: [LiquidOperand]
    /// `default`'s `allow_false: true`.
    let allowsFalse: Bool
}

/// Where a value comes from.
indirect enum LiquidOperand: Sendable {
    case literal(FieldValue)
    /// What is compared with `blank` or `empty`.
    case vacant(LiquidVacancy)
    case variable(name: String, [LiquidStep])
}

/// The words for "nothing in it".
enum LiquidVacancy: String, Sendable {
    /// Null, false, text of white space, nothing inside.
    case blank
    /// Text, list or object with nothing inside.
    case empty
}

/// The way from a variable to a part of it.
enum LiquidStep: Sendable {
    case known(JSONPath.Step)
    /// `[…]` with a variable inside.
    case made(LiquidOperand)
}
