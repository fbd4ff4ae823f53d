import Records

/// Filters over texts. Other values are taken as they would be put out.
enum LiquidTexts {
    /// `nil` for a filter of another kind.
    static func result(
        _ filter: LiquidFilter, _ value: FieldValue, _ arguments: [FieldValue]
    ) -> FieldValue? {
        switch filter {
        case .inspect, .json, .jsonify: return .text(value.json)
        case .raw: return value
        case .split: return .list(split(value.liquidText, arguments[0].liquidText))
        case .numberOfWords:
            return .number(
                DecimalNumber(value.liquidText.split(whereSeparator: \.isWhitespace).count))
        case .slice:
            return .text(String(LiquidLists.slice(Array(value.liquidText), arguments)))
        default:
            let text = value.liquidText
            return (changed(filter, text, arguments) ?? LiquidEncodings.changed(filter, text))
                .map(FieldValue.text)
        }
    }

    private static func changed(
        _ filter: LiquidFilter, _ text: String, _ arguments: [FieldValue]
    ) -> String? {
        let first = arguments.first?.liquidText ?? ""
        let second = arguments.count > 1 ? arguments[1].liquidText : ""
        switch filter {
        case .append: return text + first
        case .prepend: return first + text
        case .capitalize: return text.prefix(1).uppercased() + text.dropFirst().lowercased()
        case .downcase: return text.lowercased()
        case .upcase: return text.uppercased()
        case .lstrip: return stripped(text, first, start: true, end: false)
        case .rstrip: return stripped(text, first, start: false, end: true)
        case .strip: return stripped(text, first, start: true, end: true)
        case .stripNewlines: return String(text.filter { !$0.isNewline })
        case .normalizeWhitespace: return normalized(text)
        case .remove: return text.replacingCodePoints(first, with: "")
        case .removeFirst: return text.replacingCodePoints(first, with: "", countMax: 1)
        case .removeLast: return replacingLast(first, with: "", in: text)
        case .replace: return text.replacingCodePoints(first, with: second)
        case .replaceFirst: return text.replacingCodePoints(first, with: second, countMax: 1)
        case .replaceLast: return replacingLast(first, with: second, in: text)
        case .truncate: return truncated(text, arguments)
        case .truncateWords: return truncatedWords(text, arguments)
        default: return nil
        }
    }

    /// As in JavaScript, a text without the separator is one piece, and an empty separator takes
    /// characters apart. Empty pieces at the end are left out, as in Ruby.
    private static func split(_ text: String, _ separator: String) -> [FieldValue] {
        var pieces =
            separator.isEmpty
            ? text.map(String.init)
            : text.split(
                separator: separator,
                omittingEmptySubsequences: false
            ).map(String.init)
        while pieces.last?.isEmpty == true { pieces.removeLast() }
        return pieces.map(FieldValue.text)
    }

    private static func stripped(
        _ text: String, _ characters: String, start: Bool, end: Bool
    ) -> String {
        func isDropped(_ character: Character) -> Bool {
            characters.isEmpty ? character.isWhitespace : characters.contains(character)
        }
        var rest = text[...]
        if start { rest = rest.drop(while: isDropped) }
        while end, let last = rest.last, isDropped(last) { rest.removeLast() }
        return String(rest)
    }

    private static func normalized(_ text: String) -> String {
        var result = ""
        for character in text where !character.isWhitespace || result.last != " " {
            result.append(character.isWhitespace ? " " : character)
        }
        return result
    }

    private static func replacingLast(
        _ pattern: String, with replacement: String, in text: String
    ) -> String {
        let wanted = Array(pattern.unicodeScalars)
        let scalars = Array(text.unicodeScalars)
        guard !wanted.isEmpty, wanted.count <= scalars.count,
            let start = (0...(scalars.count - wanted.count)).last(where: { start in
                scalars[start..<(start + wanted.count)].elementsEqual(wanted)
            })
        else { return text }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[..<start])
        result.append(contentsOf: replacement.unicodeScalars)
        result.append(contentsOf: scalars[(start + wanted.count)...])
        return String(result)
    }

    /// To so many characters, the ellipsis among them.
    private static func truncated(_ text: String, _ arguments: [FieldValue]) -> String {
        let count = arguments.first.map { $0.liquidNumber?.integer ?? 0 } ?? 50
        let ellipsis = arguments.count > 1 ? arguments[1].liquidText : "..."
        guard text.count > count else { return text }
        return text.prefix(max(0, count - ellipsis.count)) + ellipsis
    }

    /// To so many words, at least one.
    private static func truncatedWords(_ text: String, _ arguments: [FieldValue]) -> String {
        let count = max(1, arguments.first.map { $0.liquidNumber?.integer ?? 1 } ?? 15)
        let ellipsis = arguments.count > 1 ? arguments[1].liquidText : "..."
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.prefix(count).joined(separator: " ") + (words.count > count ? ellipsis : "")
    }
}
