import Events
import Records

/// Splits a trigger's text into tokens.
struct TriggerLexer {
    private let source: [Character]
    private var index = 0

    init(_ source: [Character]) { self.source = source }

    /// The next token; `.end` at the end, again and again.
    mutating func next() throws(TriggerError) -> TriggerToken {
        while index < source.count, source[index].isWhitespace { index += 1 }
        let start = index
        guard index < source.count else { return TriggerToken(kind: .end, start: start) }
        let character = source[index]
        let kind: TriggerToken.Kind
        switch character {
        case "(": kind = single(.open)
        case ")": kind = single(.close)
        case "[": kind = single(.openList)
        case "]": kind = single(.closeList)
        case ",": kind = single(.comma)
        case "=", "<", ">", "!": kind = operation()
        case "\"", "'": kind = .text(try text(quote: character))
        case "-", "0"..."9": kind = .number(try number())
        default: kind = try path()
        }
        return TriggerToken(kind: kind, start: start)
    }

    private mutating func single(_ kind: TriggerToken.Kind) -> TriggerToken.Kind {
        index += 1
        return kind
    }

    private mutating func operation() -> TriggerToken.Kind {
        let first = source[index]
        index += 1
        let isTwo = first != "=" && index < source.count && source[index] == "="
        if isTwo { index += 1 }
        switch first {
        case "<": return .comparison(isTwo ? .lessOrEqual : .less)
        case ">": return .comparison(isTwo ? .greaterOrEqual : .greater)
        case "!": return isTwo ? .comparison(.unequal) : .not
        default: return .comparison(.equal)
        }
    }

    private mutating func number() throws(TriggerError) -> DecimalNumber {
        let start = index
        index += 1
        while index < source.count, isNumberPart(source[index]) { index += 1 }
        let written = String(source[start..<index])
        guard let number = DecimalNumber(written) else {
            throw error("\"\(written)\" is not a number", at: start)
        }
        return number
    }

    private func isNumberPart(_ character: Character) -> Bool {
        if character == "+" || character == "-" {
            return source[index - 1] == "e" || source[index - 1] == "E"
        }
        return PathText.isNameCharacter(character) || character == "."
    }

    private mutating func path() throws(TriggerError) -> TriggerToken.Kind {
        let start = index
        guard PathText.isNameCharacter(source[index]) || source[index] == "\\" else {
            throw error("\"\(source[index])\" has no meaning here", at: start)
        }
        do throws(PathError) {
            let path = try PathText.scan(
                source, from: &index, takesBare: PathText.isNameCharacter)
            return .path(name: String(source[start..<index]), path)
        } catch {
            throw self.error(error.message, at: error.index)
        }
    }

    private mutating func text(quote: Character) throws(TriggerError) -> String {
        let start = index
        var text = ""
        index += 1
        while index < source.count, source[index] != quote {
            if source[index] == "\\" {
                text += try escape()
            } else {
                text.append(source[index])
                index += 1
            }
        }
        guard index < source.count else {
            throw error("the text that begins here is never closed; add \(quote)", at: start)
        }
        index += 1
        return text
    }

    /// Reads one escape: `\"`, `\'`, `\\`, `\/`, `\n`, `\r`, `\t` or `\u` with four hexadecimal
    /// digits.
    private mutating func escape() throws(TriggerError) -> String {
        let start = index
        index += 1
        guard index < source.count else {
            throw error("the text ends inside an escape", at: start)
        }
        let character = source[index]
        index += 1
        switch character {
        case "\"", "'", "\\", "/": return String(character)
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return try unicodeEscape(start: start)
        default:
            throw error(
                "\"\\\(character)\" is no escape; write \\\\ for a backslash itself", at: start)
        }
    }

    private mutating func unicodeEscape(start: Int) throws(TriggerError) -> String {
        let digits = source[index...].prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.isHexDigit),
            let value = UInt32(String(digits), radix: 16), let scalar = Unicode.Scalar(value)
        else {
            throw error(
                "\\u takes four hexadecimal digits that name a character; write characters beyond "
                    + "them as themselves", at: start)
        }
        index += 4
        return String(scalar)
    }

    func error(_ message: String, at index: Int) -> TriggerError {
        TriggerError(message, at: index, in: source)
    }
}
