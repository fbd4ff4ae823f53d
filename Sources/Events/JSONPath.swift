/// The way to one value inside a JSON value: member names and array indices, outermost first.
///
/// As in the mapping languages of Segment and Customer.io, `a.0` and `a[0]` mean the same: a member
/// step of digits also indexes an array, and an index step also names a member.
package struct JSONPath: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case member(String)
        case index(Int)
    }

    package let steps: [Step]

    package init(steps: [Step]) { self.steps = steps }

    /// A path of member names only.
    package init(_ members: [String]) { steps = members.map(Step.member) }

    /// Reads `$.traits.email`, `traits.email`, `$.items[0].price` or `$['first name']`.
    ///
    /// - Returns: `nil` for an empty name, an unclosed bracket or quote, or an index that is no
    ///   number.
    package init?(_ text: String) {
        var parser = JSONPathParser(text)
        guard let steps = parser.steps() else { return nil }
        self.steps = steps
    }
}

extension JSONPath: CustomStringConvertible {
    /// The path in the notation ``init(_:)`` reads, starting with `$`.
    package var description: String {
        steps.reduce(into: "$") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .member(let name) where Self.isPlain(name): text += ".\(name)"
            case .member(let name):
                let escaped = name.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
                text += "['\(String(escaped))']"
            }
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty
            && !name.contains { "$.[]'\"\\".contains($0) || $0.isWhitespace }
    }
}

/// Reads the text form of a ``JSONPath``.
private struct JSONPathParser {
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
        if rest.first == "$" { rest.removeFirst() } else if rest.first != "[" { rest = "." + rest }
    }

    mutating func steps() -> [JSONPath.Step]? {
        var steps: [JSONPath.Step] = []
        while let character = rest.popFirst() {
            switch character {
            case ".":
                // `$.['first name']` is as common as `$['first name']`.
                if rest.first == "[" { continue }
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                rest = rest.dropFirst(name.count)
                steps.append(.member(String(name)))
            case "[":
                guard let step = bracket() else { return nil }
                steps.append(step)
            default: return nil
            }
        }
        return steps
    }

    private mutating func bracket() -> JSONPath.Step? {
        guard let mark = rest.first else { return nil }
        if mark == "'" || mark == "\"" {
            rest.removeFirst()
            guard let name = quoted(until: mark), rest.popFirst() == "]" else { return nil }
            return .member(name)
        }
        let digits = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(digits.count)
        guard rest.popFirst() == "]", let index = Int(digits), index >= 0 else { return nil }
        return .index(index)
    }

    private mutating func quoted(until mark: Character) -> String? {
        var name = ""
        while let character = rest.popFirst() {
            if character == mark { return name }
            if character == "\\" {
                guard let escaped = rest.popFirst() else { return nil }
                name.append(escaped)
            } else {
                name.append(character)
            }
        }
        return nil
    }
}
