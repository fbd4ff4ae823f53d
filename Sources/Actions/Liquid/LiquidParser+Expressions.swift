import Events
import Records

/// Values, filters and conditions:
///
/// ```
/// condition  = comparison, [ ( "and" | "or" ), condition ]
/// comparison = "not", comparison | expression, [ relation, expression ]
/// expression = operand, { "|", filter, [ ":", operand, { ",", operand } ] }
/// operand    = text | number | "true" | "false" | "nil" | "null" | "blank" | "empty" | variable
/// variable   = name, { ".", name | "[", operand, "]" }
/// ```
///
/// As in Liquid, `and` and `or` bind alike and are taken from the right.
extension LiquidParser {
    mutating func expression(closedBy closing: String) throws(LiquidError) -> LiquidExpression {
        let value = try expression()
        try close(closing)
        return value
    }

    mutating func expression() throws(LiquidError) -> LiquidExpression {
        let operand = try operand()
        var calls: [LiquidCall] = []
        skipSpaces()
        while take("|") {
            calls.append(try call(first: calls.isEmpty ? operand : nil))
            skipSpaces()
        }
        return LiquidExpression(operand: operand, calls: calls)
    }

    // MARK: Conditions

    mutating func condition() throws(LiquidError) -> LiquidCondition {
        let left = try comparison()
        skipSpaces()
        if takeKeyword("and") { return .and(left, try condition()) }
        if takeKeyword("or") { return .or(left, try condition()) }
        return left
    }

    private mutating func comparison() throws(LiquidError) -> LiquidCondition {
        skipSpaces()
        if takeKeyword("not") { return .not(try comparison()) }
        let left = try expression()
        skipSpaces()
        // The longer ones stand first among the cases: "<" begins "<=".
        for relation in LiquidRelation.allCases where relation != .contains {
            if take(relation.rawValue) {
                return .comparison(left, relation, try expression())
            }
        }
        if takeKeyword("contains") { return .comparison(left, .contains, try expression()) }
        return .truth(left)
    }

    // MARK: Filters

    /// - Parameter first: what the filter is applied to, when it is the first.
    private mutating func call(first: LiquidOperand?) throws(LiquidError) -> LiquidCall {
        skipSpaces()
        let start = index
        let name = takeWord()
        guard let filter = LiquidFilter(rawValue: name) else {
            throw error(Self.unknownFilter(name), at: start)
        }
        var arguments: [LiquidOperand] = []
        var allowsFalse = false
        skipSpaces()
        if take(":") {
            repeat {
                skipSpaces()
                let place = index
                let word = takeWord()
                skipSpaces()
                if !word.isEmpty, take(":") {
                    allowsFalse = try named(word, of: filter, at: place)
                } else {
                    index = place
                    arguments.append(try operand())
                }
                skipSpaces()
            } while take(",")
        }
        guard filter.argumentCounts.contains(arguments.count) else {
            throw error(
                "the filter \"\(name)\" takes \(filter.argumentCountText), found "
                    + "\(arguments.count)", at: start)
        }
        if filter == .date, case .literal(.text(let word)) = first, word == "now" || word == "today"
        {
            throw error(
                "there is no \"\(word)\": the same event must always give the same value; use "
                    + "timestamp or receivedAt", at: start)
        }
        return LiquidCall(filter: filter, arguments: arguments, allowsFalse: allowsFalse)
    }

    private static func unknownFilter(_ name: String) -> String {
        if LiquidFilter.disabled.contains(name) { return "filter \"\(name)\" is disabled" }
        let names = LiquidFilter.allCases.map(\.rawValue)
        let hint = NearestName.of(name, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
        return "there is no filter \"\(name)\"\(hint)"
    }

    private mutating func named(
        _ word: String, of filter: LiquidFilter, at start: Int
    ) throws(LiquidError) -> Bool {
        guard filter == .default, word == "allow_false" else {
            throw error("the filter \"\(filter.rawValue)\" has no \"\(word)\"", at: start)
        }
        guard case .literal(.boolean(let flag)) = try operand() else {
            throw error("allow_false is true or false", at: start)
        }
        return flag
    }

    // MARK: Operands

    private mutating func operand() throws(LiquidError) -> LiquidOperand {
        skipSpaces()
        guard index < source.count else { throw error("expected a value", at: index) }
        let start = index
        let character = source[index]
        if character == "\"" || character == "'" { return .literal(.text(try text(character))) }
        if character.isASCII, character.isNumber || character == "-" { return try number() }
        if character == "(" {
            throw error("ranges are of use in \"for\" only, and \"for\" is disabled", at: start)
        }
        let word = takeWord()
        switch word {
        case "": throw error("expected a value, found \"\(character)\"", at: start)
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        case "nil", "null": return .literal(.null)
        case "blank": return .vacant(.blank)
        case "empty": return .vacant(.empty)
        default:
            let steps = try steps()
            note(word, steps)
            return .variable(name: word, steps)
        }
    }

    private mutating func steps() throws(LiquidError) -> [LiquidStep] {
        var steps: [LiquidStep] = []
        while index < source.count {
            if source[index] == "[" {
                let start = index
                index += 1
                steps.append(try bracketed())
                skipSpaces()
                guard take("]") else { throw error("\"[\" is never closed; add \"]\"", at: start) }
            } else if source[index] == "." {
                index += 1
                let name = takeWord()
                guard !name.isEmpty else { throw error("expected a name after \".\"", at: index) }
                steps.append(.known(.member(name)))
            } else {
                break
            }
            guard steps.count <= PathText.stepsMax else {
                throw error("a path has at most \(PathText.stepsMax) steps", at: index)
            }
        }
        return steps
    }

    private mutating func bracketed() throws(LiquidError) -> LiquidStep {
        let start = index
        switch try operand() {
        case .literal(.text(let name)): return .known(.member(name))
        case .literal(.number(let number)):
            guard let index = number.integer, index >= 0 else {
                throw error("an index is a whole number from 0", at: start)
            }
            return .known(.index(index))
        case .variable(let name, let steps): return .made(.variable(name: name, steps))
        case .literal, .vacant:
            throw error("brackets take a number, a name in quotes or a variable", at: start)
        }
    }

    private mutating func text(_ quote: Character) throws(LiquidError) -> String {
        let start = index
        index += 1
        guard let end = source[index...].firstIndex(of: quote) else {
            throw error("the text that begins here is never closed; add \(quote)", at: start)
        }
        let text = String(source[index..<end])
        index = end + 1
        return text
    }

    private mutating func number() throws(LiquidError) -> LiquidOperand {
        let start = index
        index += 1
        while index < source.count, isPartOfNumber(at: index) { index += 1 }
        let written = String(source[start..<index])
        guard let number = DecimalNumber(written) else {
            throw error("\"\(written)\" is not a number", at: start)
        }
        return .literal(.number(number))
    }

    private func isPartOfNumber(at index: Int) -> Bool {
        source[index].isASCII && (source[index].isNumber || source[index] == ".")
    }

    // MARK: Characters

    mutating func skipSpaces() {
        while index < source.count, source[index].isWhitespace { index += 1 }
    }

    /// A name: letters, digits, `_` and hyphens, but for one that closes; empty when there is none.
    mutating func takeWord() -> String {
        let start = index
        while index < source.count {
            let character = source[index]
            let isHyphen = character == "-" && !closes(at: index + 1)
            guard character.isLetter || character.isNumber || character == "_" || isHyphen else {
                break
            }
            index += 1
        }
        return String(source[start..<index])
    }

    private func closes(at index: Int) -> Bool {
        index + 1 < source.count && source[index + 1] == "}"
            && (source[index] == "}" || source[index] == "%")
    }

    mutating func take(_ text: String) -> Bool {
        let wanted = Array(text)
        guard index + wanted.count <= source.count,
            source[index..<(index + wanted.count)].elementsEqual(wanted)
        else { return false }
        index += wanted.count
        return true
    }

    private mutating func takeKeyword(_ keyword: String) -> Bool {
        let start = index
        if takeWord() == keyword { return true }
        index = start
        return false
    }
}
