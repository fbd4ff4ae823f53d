/// A pattern over a whole text: `*` stands for any characters, `?` for exactly one, `[abc]` and
/// `[a-z]` for one of a set, `\` takes the next character as it is.
///
/// Guarantees: matching takes time proportional to text × pattern at worst; it never backtracks
/// further than the last `*`.
package struct Glob: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case anything
        case one
        case character(Character)
        case set([ClosedRange<Character>])
    }

    /// The pattern as written.
    package let source: String
    private let pieces: [Piece]

    /// - Returns: `nil` when the pattern ends in a lone `\`, or when a set is empty, is never
    ///   closed, runs backwards, or begins with `^` or `!`: FQL knows no negated sets, and reading
    ///   the sign as itself would silently mean something else to those who do.
    package init?(_ source: String) {
        var pieces: [Piece] = []
        var characters = source.makeIterator()
        while let character = characters.next() {
            switch character {
            case "*": if pieces.last != .anything { pieces.append(.anything) }
            case "?": pieces.append(.one)
            case "[":
                guard let set = Self.set(&characters) else { return nil }
                pieces.append(.set(set))
            case "\\":
                guard let escaped = characters.next() else { return nil }
                pieces.append(.character(escaped))
            default: pieces.append(.character(character))
            }
        }
        self.source = source
        self.pieces = pieces
    }

    /// Reads a set up to its `]`.
    private static func set(
        _ characters: inout String.Iterator
    ) -> [ClosedRange<Character>]? {
        var members: [Character?] = []
        while let character = characters.next() {
            if character == "]" { return ranges(members) }
            // An unescaped hyphen joins its neighbours; it is kept as `nil` until they are known.
            if character == "-" {
                members.append(nil)
            } else if character == "\\" {
                guard let escaped = characters.next() else { return nil }
                members.append(escaped)
            } else if members.isEmpty, character == "^" || character == "!" {
                return nil
            } else {
                members.append(character)
            }
        }
        return nil
    }

    private static func ranges(_ members: [Character?]) -> [ClosedRange<Character>]? {
        var ranges: [ClosedRange<Character>] = []
        var index = 0
        while index < members.count {
            let first = members[index] ?? "-"
            if index + 2 < members.count, members[index] != nil, members[index + 1] == nil,
                let last = members[index + 2]
            {
                guard first <= last else { return nil }
                ranges.append(first...last)
                index += 3
            } else {
                ranges.append(first...first)
                index += 1
            }
        }
        return ranges.isEmpty ? nil : ranges
    }

    /// Whether the whole text fits the pattern. Case counts.
    package func matches(_ text: String) -> Bool {
        var position = text.startIndex
        var piece = 0
        // Where to resume when a later piece fails: the newest `*` swallows one character more.
        // Earlier ones never need to: what they swallowed can only be too little for the newest.
        var resume: (piece: Int, position: String.Index)?
        while position < text.endIndex {
            if piece < pieces.count, pieces[piece] == .anything {
                resume = (piece, position)
                piece += 1
            } else if piece < pieces.count, accepts(pieces[piece], text[position]) {
                piece += 1
                position = text.index(after: position)
            } else if let (star, start) = resume {
                position = text.index(after: start)
                resume = (star, position)
                piece = star + 1
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { $0 == .anything }
    }

    private func accepts(_ piece: Piece, _ character: Character) -> Bool {
        switch piece {
        case .anything: false
        case .one: true
        case .character(let wanted): wanted == character
        case .set(let ranges): ranges.contains { $0.contains(character) }
        }
    }
}
