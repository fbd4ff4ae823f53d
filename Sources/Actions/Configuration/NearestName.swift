/// Finds the name that a misspelt one was probably meant to be.
package enum NearestName {
    /// The nearest of `names`, when it is near enough to be a slip of the fingers: at most a third
    /// of its letters (and at least one, at most three) inserted, left out, changed or swapped.
    /// Case, `_` and `-` do not count. Among equals the first wins.
    package static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let given = letters(name)
        var best: (name: String, distance: Int)?
        for candidate in names {
            let wanted = letters(candidate)
            let limit = min(max(wanted.count / 3, 1), 3)
            let distance = distance(given, wanted)
            if distance <= limit, distance < best?.distance ?? Int.max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// `names`, the ones that are most like `name` first; equals stay in their order.
    package static func sorted(_ names: [String], from name: String) -> [String] {
        let given = letters(name)
        return names.enumerated()
            .map { (distance: distance(given, letters($1)), index: $0, name: $1) }
            .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
            .map(\.name)
    }

    private static func letters(_ name: String) -> [Character] {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    /// Edits between two words (Damerau–Levenshtein, neighbours swapped at most once).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for (row, character) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    rows[row][column + 1] + 1, next[column] + 1,
                    rows[row][column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], other == left[row - 1] {
                    cost = min(cost, rows[row - 1][column - 1] + 1)
                }
                next.append(cost)
            }
            rows.append(next)
        }
        return rows[left.count][right.count]
    }
}
