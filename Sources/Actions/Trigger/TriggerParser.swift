import Events
import Records

/// Reads a trigger by recursive descent, one function per rule:
///
/// ```
/// expression  = conjunction, { "or", conjunction }
/// conjunction = unary, { "and", unary }
/// unary       = "!", unary | "(", expression, ")" | search | value, [ comparison ]
///             | literal, ( relation | "in" ), value
/// search      = ( "contains" | "match" ), "(", value, ",", text, ")"
/// value       = path | ( "length" | "lowercase" | "typeof" ), "(", path, ")"
/// comparison  = ( "=" | "!=" ), ( literal | list ) | "in", list
///             | ( "<" | "<=" | ">" | ">=" ), number
/// list        = "[", [ literal, { ",", literal } ], "]"
/// literal     = text | number | "true" | "false" | "null"
/// relation    = "=" | "!=" | "<" | "<=" | ">" | ">="
/// ```
///
/// Without a comparison a value holds when it is the boolean true.
struct TriggerParser {
    private let source: [Character]
    private var lexer: TriggerLexer
    fileprivate private(set) var token: TriggerToken
    private var depth = 0

    init(_ text: String) throws(TriggerError) {
        source = Array(text)
        guard source.count <= Trigger.sourceCharactersMax else {
            throw TriggerError(
                "a trigger has at most \(Trigger.sourceCharactersMax) characters", at: 0, in: source
            )
        }
        lexer = TriggerLexer(source)
        token = try lexer.next()
    }

    mutating func parse() throws(TriggerError) -> TriggerExpression {
        guard token.kind != .end else {
            throw error("the trigger is empty; write a condition such as type = \"identify\"")
        }
        let expression = try expression()
        guard token.kind == .end else {
            throw error("expected \"and\", \"or\" or the end, found \(token.name)\(wordHint)")
        }
        return expression
    }

    private mutating func expression() throws(TriggerError) -> TriggerExpression {
        var parts = [try conjunction()]
        while token.isWord("or") {
            try advance()
            parts.append(try conjunction())
        }
        if parts.count == 1 { return parts[0] }
        return .or(
            parts.flatMap { part in
                if case .or(let inner) = part { inner } else { [part] }
            })
    }

    private mutating func conjunction() throws(TriggerError) -> TriggerExpression {
        var parts = [try unary()]
        while token.isWord("and") {
            try advance()
            parts.append(try unary())
        }
        if parts.count == 1 { return parts[0] }
        return .and(
            parts.flatMap { part in
                if case .and(let inner) = part { inner } else { [part] }
            })
    }

    private mutating func unary() throws(TriggerError) -> TriggerExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Trigger.nestingMax else {
            throw error("nested deeper than \(Trigger.nestingMax) levels")
        }
        // No root has these names, so they cannot begin a condition.
        if token.isWord("and") || token.isWord("or") {
            throw error("expected a condition, found \(token.name)")
        }
        if let literal = literal { return try flipped(literal) }
        switch token.kind {
        case .not: return try negation()
        case .open:
            try advance()
            let inner = try expression()
            try expect(.close, "\")\"")
            return inner
        case .path(let name, _):
            if Self.searches.contains(name), try isCall() {
                return try search(name, isNegated: false)
            }
            return try condition()
        default:
            throw error("expected a condition, found \(token.name)")
        }
    }

    /// `!contains(…)` is a test of its own, false for what is not text; any other `!` negates the
    /// truth of what follows.
    private mutating func negation() throws(TriggerError) -> TriggerExpression {
        try advance()
        guard case .path(let name, _) = token.kind, literal == nil else {
            return .not(try unary())
        }
        if Self.searches.contains(name), try isCall() { return try search(name, isNegated: true) }
        let start = token.start
        let subject = try value()
        if case .comparison = token.kind { throw bareNegation(at: start) }
        if token.isWord("in") { throw bareNegation(at: start) }
        return .not(try subject.isTrue(self))
    }

    private func bareNegation(at start: Int) -> TriggerError {
        TriggerError(
            "\"!\" takes parentheses, contains() or match(); write !( … )", at: start, in: source)
    }

    private mutating func search(
        _ function: String, isNegated: Bool
    ) throws(TriggerError) -> TriggerExpression {
        try advance()
        try expect(.open, "\"(\"")
        guard case .path = token.kind else {
            throw error("\(function)() takes a path first, found \(token.name)")
        }
        let subject = try value()
        try expect(.comma, "\",\"")
        guard case .text(let text) = token.kind else {
            throw error("\(function)() takes a text in quotes second, found \(token.name)")
        }
        let test = try test(function, text, isNegated: isNegated)
        try advance()
        try expect(.close, "\")\"")
        return subject.tested(test)
    }

    private func test(
        _ function: String, _ text: String, isNegated: Bool
    ) throws(TriggerError) -> TriggerTest {
        if function == "contains" { return isNegated ? .lacks(text) : .contains(text) }
        guard let glob = Glob(text) else {
            throw error(
                "a pattern knows *, ?, [abc] and [a-z]; write \\\\[ for a bracket and "
                    + "\\\\\\\\ for a backslash")
        }
        return isNegated ? .mismatches(glob) : .matches(glob)
    }

    // MARK: Conditions

    private mutating func condition() throws(TriggerError) -> TriggerExpression {
        let subject = try value()
        if token.isWord("in") {
            try advance()
            return subject.tested(.isOneOf(try list()))
        }
        guard case .comparison(let relation) = token.kind else { return try subject.isTrue(self) }
        try advance()
        if token.kind == .openList, relation == .equal || relation == .unequal {
            let items = try list()
            return subject.tested(relation == .equal ? .isList(items) : .isNotList(items))
        }
        guard let literal, let test = TriggerTest(relation, literal) else {
            let wanted =
                relation == .equal || relation == .unequal
                ? "a text in quotes, a number, true, false, null or a list" : "a number"
            throw error("\"\(relation.rawValue)\" takes \(wanted), found \(token.name)")
        }
        try advance()
        return subject.tested(test)
    }

    /// `5 < traits.n` and `"a" in traits.tags`.
    private mutating func flipped(_ literal: TriggerLiteral) throws(TriggerError)
        -> TriggerExpression
    {
        let written = token.name
        try advance()
        if token.isWord("in") {
            try advance()
            return try value().tested(.includes(literal))
        }
        guard case .comparison(let relation) = token.kind else {
            throw error("expected a comparison or \"in\" after \(written), found \(token.name)")
        }
        guard let test = TriggerTest(relation.flipped, literal) else {
            throw error("\"\(relation.rawValue)\" compares numbers only, found \(written)")
        }
        try advance()
        return try value().tested(test)
    }

    private mutating func list() throws(TriggerError) -> [TriggerLiteral] {
        try expect(.openList, "a list such as [\"a\", \"b\"]")
        var items: [TriggerLiteral] = []
        while token.kind != .closeList {
            if !items.isEmpty { try expect(.comma, "\",\" or \"]\"") }
            guard let literal else {
                throw error(
                    "a list holds texts in quotes, numbers, true, false and null, found "
                        + token.name)
            }
            items.append(literal)
            try advance()
        }
        try advance()
        return items
    }

    // MARK: Values

    /// What a condition is about.
    private struct Subject {
        let measure: TriggerMeasure?
        let path: JSONPath
        let name: String

        func tested(_ test: TriggerTest) -> TriggerExpression {
            measure.map { .measured($0, path, test) } ?? .test(path, test)
        }

        /// A value alone, which only a member of an object can answer: no root is a boolean.
        func isTrue(_ parser: TriggerParser) throws(TriggerError) -> TriggerExpression {
            guard measure == nil, path.steps.count > 1 else {
                throw parser.error(
                    "expected a comparison after \"\(name)\", found \(parser.token.name)")
            }
            return tested(.isBoolean(true))
        }
    }

    private mutating func value() throws(TriggerError) -> Subject {
        guard case .path(let name, let path) = token.kind else {
            throw error("expected a path, found \(token.name)")
        }
        let start = token.start
        guard try isCall() else {
            try advance()
            return Subject(measure: nil, path: try checked(path, name, start: start), name: name)
        }
        guard let measure = TriggerMeasure(rawValue: name) else {
            throw unknownFunction(name, at: start)
        }
        try advance()
        try expect(.open, "\"(\"")
        guard case .path(let inner, let path) = token.kind else {
            throw error("\(name)() takes a path, found \(token.name)")
        }
        let checkedPath = try checked(path, inner, start: token.start)
        try advance()
        try expect(.close, "\")\"")
        return Subject(measure: measure, path: checkedPath, name: "\(name)(\(inner))")
    }

    /// Whether the token behind this one opens a call.
    private func isCall() throws(TriggerError) -> Bool {
        var ahead = lexer
        return try ahead.next().kind == .open
    }

    private static let searches = ["contains", "match"]

    private func unknownFunction(_ name: String, at start: Int) -> TriggerError {
        let names = Self.searches + TriggerMeasure.allCases.map(\.rawValue)
        return TriggerError(
            "there is no function \"\(name)\"\(suggestion(for: name, among: names)); there are "
                + names.joined(separator: ", "), at: start, in: source)
    }

    /// The literal that the token is.
    private var literal: TriggerLiteral? {
        switch token.kind {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .path("true", _): .boolean(true)
        case .path("false", _): .boolean(false)
        case .path("null", _): .null
        default: nil
        }
    }

    // MARK: Words and places

    private func checked(
        _ path: JSONPath, _ name: String, start: Int
    ) throws(TriggerError) -> JSONPath {
        guard let message = EventRoots.problem(with: path, written: name) else { return path }
        throw TriggerError(message, at: start, in: source)
    }

    private mutating func expect(
        _ kind: TriggerToken.Kind, _ name: String
    ) throws(TriggerError) {
        guard token.kind == kind else {
            throw error("expected \(name), found \(token.name)\(wordHint)")
        }
        try advance()
    }

    private mutating func advance() throws(TriggerError) { token = try lexer.next() }

    fileprivate func error(_ message: String) -> TriggerError {
        TriggerError(message, at: token.start, in: source)
    }

    /// `AND` and the like, where `and` was meant.
    private var wordHint: String {
        guard case .path(let name, _) = token.kind else { return "" }
        return suggestion(for: name, among: ["and", "or"])
    }

    private func suggestion(for name: String, among names: [String]) -> String {
        NearestName.of(name, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
    }
}

extension TriggerTest {
    /// A comparison with a literal; `nil` when the relation compares numbers only and this is none.
    fileprivate init?(_ relation: NumberRelation, _ literal: TriggerLiteral) {
        let isEqual = relation == .equal
        switch literal {
        case .number(let number):
            self = .number(relation, number)
            return
        case _ where !isEqual && relation != .unequal: return nil
        case .text(let text): self = isEqual ? .isText(text) : .isNotText(text)
        case .boolean(let flag): self = isEqual ? .isBoolean(flag) : .isNotBoolean(flag)
        case .null: self = isEqual ? .isNull : .isPresent
        }
    }
}

extension NumberRelation {
    /// The relation with its sides exchanged.
    fileprivate var flipped: NumberRelation {
        switch self {
        case .equal, .unequal: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
