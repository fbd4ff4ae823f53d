/// A pattern over a whole text: `*` stands for any characters, `?` for exactly one, `\` takes the
/// next character as it is.
///
/// Guarantees: matching takes time proportional to text × pattern at worst; it never backtracks
/// further than the last `*`.
package struct Glob: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case anything
        case one
        case character(Character)
    }

    /// The pattern as written.
    package let source: String
    private let pieces: [Piece]

    /// - Returns: `nil` when the pattern ends in a lone `\` or holds an unescaped `[`: sets are not
    ///   part of this language, and reading `[` as itself would silently mean something else to
    ///   those who know them from elsewhere.
    package init?(_ source: String) {
        var pieces: [Piece] = []
        var characters = source.makeIterator()
        while let character = characters.next() {
            switch character {
            case "*": if pieces.last != .anything { pieces.append(.anything) }
            case "?": pieces.append(.one)
            case "[": return nil
            case "\\":
                guard let escaped = characters.next() else { return nil }
                pieces.append(.character(escaped))
            default: pieces.append(.character(character))
            }
        }
        self.source = source
        self.pieces = pieces
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
        }
    }
}
