import Events

/// The text of a `@template`: literal stretches, and `{{ path }}` or `{{{ path }}}` where a value
/// goes.
///
/// Nothing is escaped. A path that the event lacks, and null, give nothing; numbers keep the digits
/// that they came with; lists and objects are written as JSON.
struct TemplateText: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case text(String)
        case path(JSONPath)
    }

    private let parts: [Part]

    /// - Throws: ``PathError`` for a place that is never closed, is empty, or holds no path.
    init(_ text: String) throws(PathError) {
        let source = Array(text)
        var parts: [Part] = []
        var index = 0
        while let open = Self.find("{{", in: source, from: index) {
            if open > index { parts.append(.text(String(source[index..<open]))) }
            let braces = open + 2 < source.count && source[open + 2] == "{" ? 3 : 2
            let start = open + braces
            let closing = String(repeating: "}", count: braces)
            guard let end = Self.find(closing, in: source, from: start) else {
                throw PathError(
                    message: "\"{{\" is never closed; add \"\(closing)\"", index: open)
            }
            parts.append(.path(try Self.path(source[start..<end], at: open)))
            index = end + braces
        }
        if index < source.count { parts.append(.text(String(source[index...]))) }
        self.parts = parts
    }

    /// The paths in it, as parsed.
    var paths: [JSONPath] {
        parts.compactMap { part in
            if case .path(let path) = part { path } else { nil }
        }
    }

    func text(from input: some MappingInput) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .text(let literal): text += literal
            case .path(let path): input.write(at: path, to: &text)
            }
        }
    }

    private static func path(
        _ written: ArraySlice<Character>, at index: Int
    ) throws(PathError) -> JSONPath {
        let trimmed = String(written).trimmingSpaces
        guard !trimmed.isEmpty else {
            throw PathError(message: "\"{{ }}\" needs a path inside", index: index)
        }
        do throws(PathError) {
            return try PathText.parse(trimmed)
        } catch {
            throw PathError(message: error.message, index: index)
        }
    }

    private static func find(_ word: String, in source: [Character], from start: Int) -> Int? {
        let word = Array(word)
        guard start + word.count <= source.count else { return nil }
        return (start...(source.count - word.count)).first { index in
            source[index..<(index + word.count)].elementsEqual(word)
        }
    }
}

extension String {
    /// Without white space at either end.
    var trimmingSpaces: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
