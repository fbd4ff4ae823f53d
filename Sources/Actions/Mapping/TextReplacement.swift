import Records

/// `@replace`: puts one text in the place of another, and perhaps a second one after that.
///
/// Patterns are texts, not regular expressions, and are found code point by code point.
struct TextReplacement: Sendable {
    /// A pattern with what takes its place.
    struct Pair: Sendable {
        let pattern: String
        let replacement: String
    }

    /// As the mapping kit has it, for patterns and replacements alike.
    static let charactersMax = 10

    /// One or two, applied one after the other. Patterns are not empty.
    let pairs: [Pair]
    let ignoresCase: Bool
    /// Only the first occurrence otherwise.
    let replacesAll: Bool

    /// Numbers and booleans are taken as the text that they are written as; null, lists and objects
    /// stay as they are.
    func applied(to value: FieldValue) -> FieldValue {
        switch value {
        case .text(let text): .text(applied(to: text))
        case .number(let number): .text(applied(to: number.description))
        case .boolean(let flag): .text(applied(to: flag ? "true" : "false"))
        case .null, .list, .object: value
        }
    }

    private func applied(to text: String) -> String {
        pairs.reduce(text) { text, pair in
            text.replacingCodePoints(
                pair.pattern, with: pair.replacement, ignoresCase: ignoresCase,
                countMax: replacesAll ? .max : 1)
        }
    }
}

extension String {
    /// The text with up to `countMax` occurrences of `pattern` replaced, from the beginning on. An
    /// empty pattern occurs nowhere.
    func replacingCodePoints(
        _ pattern: String, with replacement: String, ignoresCase: Bool = false, countMax: Int = .max
    ) -> String {
        let wanted = pattern.unicodeScalars.map { ignoresCase ? $0.folded : $0 }
        let scalars = Array(unicodeScalars)
        guard !wanted.isEmpty, wanted.count <= scalars.count else { return self }
        var result = String.UnicodeScalarView()
        var index = 0
        var count = 0
        while index < scalars.count {
            let end = index + wanted.count
            let isFound =
                count < countMax && end <= scalars.count
                && (ignoresCase
                    ? wanted.elementsEqual(scalars[index..<end].lazy.map(\.folded))
                    : wanted.elementsEqual(scalars[index..<end]))
            if isFound {
                result.append(contentsOf: replacement.unicodeScalars)
                index = end
                count += 1
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    /// For comparing without regard to case: the lower case, when it is one code point.
    fileprivate var folded: Unicode.Scalar {
        let lower = properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first ?? self : self
    }
}
