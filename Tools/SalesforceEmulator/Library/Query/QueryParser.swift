/// Reads a SOQL statement: SELECT … FROM … [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n].
///
/// Subqueries, GROUP BY, TYPEOF, functions and date literals such as TODAY are not part of the
/// emulator; they are refused as malformed rather than answered wrongly.
struct QueryParser {
    private let tokens: [Token]
    private var index = 0

    static func parse(_ statement: String) throws(QueryError) -> Query {
        var lexer = QueryLexer(statement)
        var parser = QueryParser(tokens: try lexer.tokens())
        return try parser.statement()
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private var token: Token { tokens[min(index, tokens.count - 1)] }

    private mutating func statement() throws(QueryError) -> Query {
        try expect("SELECT")
        let selection = try selection()
        try expect("FROM")
        let position = token.position
        var query = Query(selection: selection, object: try name(), objectPosition: position)
        if take("WHERE") { query.filter = try filter() }
        if take("ORDER") {
            try expect("BY")
            repeat { query.order.append(try ordering()) } while takeSymbol(",")
        }
        if take("LIMIT") { query.limit = try count() }
        if take("OFFSET") { query.offset = try count() }
        guard token.kind == .end else { throw unexpected() }
        return query
    }

    private mutating func selection() throws(QueryError) -> Query.Selection {
        if case .name(let word) = token.kind, word.uppercased() == "COUNT",
            index + 1 < tokens.count, tokens[index + 1].kind == .symbol("(")
        {
            index += 2
            if takeSymbol(")") { return .count }
            let path = try path()
            guard takeSymbol(")") else { throw unexpected() }
            return .countOf(path)
        }
        var paths: [FieldPath] = []
        repeat { paths.append(try path()) } while takeSymbol(",")
        return .fields(paths)
    }

    private mutating func path() throws(QueryError) -> FieldPath {
        let position = token.position
        var names = [try name()]
        while takeSymbol(".") { names.append(try name()) }
        return FieldPath(names: names, position: position)
    }

    private mutating func ordering() throws(QueryError) -> Ordering {
        var ordering = Ordering(path: try path())
        if take("DESC") { ordering.isDescending = true } else { _ = take("ASC") }
        if take("NULLS") {
            ordering.areNullsFirst = take("FIRST")
            if !ordering.areNullsFirst { try expect("LAST") }
        }
        return ordering
    }

    // MARK: Conditions

    /// Conditions at one level are joined by AND alone or OR alone; mixing them needs parentheses
    /// (SOQL and SOSL Reference, "Condition Expression Syntax").
    private mutating func filter() throws(QueryError) -> Filter {
        var conditions = [try condition()]
        var joiner: String?
        while case .name(let word) = token.kind, ["AND", "OR"].contains(word.uppercased()) {
            if let joiner, joiner != word.uppercased() {
                throw .malformed("unexpected token: \(word)", token.position)
            }
            joiner = word.uppercased()
            index += 1
            conditions.append(try condition())
        }
        guard let joiner else { return conditions[0] }
        return joiner == "AND" ? .and(conditions) : .or(conditions)
    }

    private mutating func condition() throws(QueryError) -> Filter {
        if take("NOT") { return .not(try condition()) }
        if takeSymbol("(") {
            let inner = try filter()
            guard takeSymbol(")") else { throw unexpected() }
            return inner
        }
        let path = try path()
        if let list = try listOperator() { return .list(path, list, try literals()) }
        let comparison = try comparison()
        return .comparison(path, comparison, try literal())
    }

    private mutating func listOperator() throws(QueryError) -> ListOperator? {
        if take("IN") { return .isIn }
        if take("INCLUDES") { return .includes }
        if take("EXCLUDES") { return .excludes }
        if take("NOT") {
            try expect("IN")
            return .notIn
        }
        return nil
    }

    private mutating func comparison() throws(QueryError) -> ComparisonOperator {
        if take("LIKE") { return .like }
        guard case .symbol(let symbol) = token.kind,
            let comparison = ComparisonOperator(rawValue: symbol)
        else { throw unexpected() }
        index += 1
        return comparison
    }

    private mutating func literals() throws(QueryError) -> [Literal] {
        guard takeSymbol("(") else { throw unexpected() }
        var literals: [Literal] = []
        repeat { literals.append(try literal()) } while takeSymbol(",")
        guard takeSymbol(")") else { throw unexpected() }
        return literals
    }

    private mutating func literal() throws(QueryError) -> Literal {
        let token = token
        let literal: Literal
        switch token.kind {
        case .string(let text): literal = .string(text)
        case .pattern(let parts): literal = .pattern(parts)
        case .number(let number): literal = .number(number)
        case .date(let days): literal = .date(days)
        case .dateTime(let time): literal = .dateTime(time)
        case .time(let time): literal = .time(time)
        case .name(let word):
            switch word.lowercased() {
            case "null": literal = .null
            case "true": literal = .bool(true)
            case "false": literal = .bool(false)
            default: throw unexpected()
            }
        case .symbol, .end: throw unexpected()
        }
        index += 1
        return literal
    }

    // MARK: Tokens

    private mutating func name() throws(QueryError) -> String {
        guard case .name(let name) = token.kind else { throw unexpected() }
        index += 1
        return name
    }

    private mutating func count() throws(QueryError) -> Int {
        guard case .number(let number) = token.kind, number >= 0, number == number.rounded(),
            number < 1e9
        else { throw unexpected() }
        index += 1
        return Int(number)
    }

    private mutating func take(_ word: String) -> Bool {
        guard case .name(let name) = token.kind, name.uppercased() == word else { return false }
        index += 1
        return true
    }

    private mutating func takeSymbol(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ word: String) throws(QueryError) {
        guard take(word) else { throw unexpected() }
    }

    private func unexpected() -> QueryError {
        let text: String =
            switch token.kind {
            case .name(let name): name
            case .string(let text): "'\(text)'"
            case .symbol(let symbol): symbol
            case .number(let number): StoredValue.digits(number)
            case .date, .dateTime, .time: "date"
            case .pattern: "pattern"
            case .end: "<EOF>"
            }
        return .malformed("unexpected token: '\(text)'", token.position)
    }
}
