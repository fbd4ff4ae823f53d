import Events
import Records

/// Reads a trigger by recursive descent, one function per rule:
///
/// ```
/// expression  = conjunction, { "or", conjunction }
/// conjunction = unary, { "and", unary }
/// unary       = "!", unary | "(", expression, ")" | call | path, comparison
/// call        = ( "contains" | "match" ), "(", path, ",", text, ")"
/// comparison  = ( "=" | "!=" ), ( text | number | "true" | "false" | "null" )
///             | ( "<" | "<=" | ">" | ">=" ), number
/// ```
struct TriggerParser {
    private let source: [Character]
    private var lexer: TriggerLexer
    private var token: TriggerToken
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
        switch token.kind {
        case .not: return try negation()
        case .open:
            try advance()
            let inner = try expression()
            try expect(.close, "\")\"")
            return inner
        case .path(let name, let path):
            let start = token.start
            try advance()
            if token.kind == .open { return try call(name, start: start, isNegated: false) }
            return .test(try checked(path, name, start: start), try comparison(after: name))
        default:
            throw error("expected a condition, found \(token.name)")
        }
    }

    /// `!contains(…)` is a test of its own, false for what is not text; any other `!` negates the
    /// truth of what follows.
    private mutating func negation() throws(TriggerError) -> TriggerExpression {
        try advance()
        if case .path(let name, _) = token.kind {
            let start = token.start
            try advance()
            guard token.kind == .open else {
                throw TriggerError(
                    "\"!\" takes parentheses, contains() or match(); write !( … )", at: start,
                    in: source)
            }
            return try call(name, start: start, isNegated: true)
        }
        return .not(try unary())
    }

    private mutating func call(
        _ function: String, start: Int, isNegated: Bool
    ) throws(TriggerError) -> TriggerExpression {
        guard function == "contains" || function == "match" else {
            let hint = suggestion(for: function, among: ["contains", "match"])
            throw TriggerError(
                "there is no function \"\(function)\"\(hint); contains(path, \"text\") and "
                    + "match(path, \"pattern\") exist", at: start, in: source)
        }
        try advance()
        guard case .path(let name, let path) = token.kind else {
            throw error("\(function)() takes a path first, found \(token.name)")
        }
        let checkedPath = try checked(path, name, start: token.start)
        try advance()
        try expect(.comma, "\",\"")
        guard case .text(let text) = token.kind else {
            throw error("\(function)() takes a text in quotes second, found \(token.name)")
        }
        let test = try test(function, text, isNegated: isNegated)
        try advance()
        try expect(.close, "\")\"")
        return .test(checkedPath, test)
    }

    private func test(
        _ function: String, _ text: String, isNegated: Bool
    ) throws(TriggerError) -> TriggerTest {
        if function == "contains" { return isNegated ? .lacks(text) : .contains(text) }
        guard let glob = Glob(text) else {
            throw error(
                "a pattern knows * and ?; write \\\\[ for a bracket and \\\\\\\\ for a backslash")
        }
        return isNegated ? .mismatches(glob) : .matches(glob)
    }

    private mutating func comparison(after name: String) throws(TriggerError) -> TriggerTest {
        guard case .comparison(let relation) = token.kind else {
            throw error("expected a comparison after \"\(name)\", found \(token.name)")
        }
        try advance()
        guard let test = test(relation, token.kind) else {
            let wanted =
                relation == .equal || relation == .unequal
                ? "a text in quotes, a number, true, false or null" : "a number"
            throw error("\"\(relation.rawValue)\" takes \(wanted), found \(token.name)")
        }
        try advance()
        return test
    }

    private func test(_ relation: NumberRelation, _ literal: TriggerToken.Kind) -> TriggerTest? {
        if case .number(let number) = literal { return .number(relation, number) }
        guard relation == .equal || relation == .unequal else { return nil }
        let isEqual = relation == .equal
        switch literal {
        case .text(let text): return isEqual ? .isText(text) : .isNotText(text)
        case .path("true", _): return isEqual ? .isBoolean(true) : .isNotBoolean(true)
        case .path("false", _): return isEqual ? .isBoolean(false) : .isNotBoolean(false)
        case .path("null", _): return isEqual ? .isNull : .isPresent
        default: return nil
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

    private func error(_ message: String) -> TriggerError {
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
