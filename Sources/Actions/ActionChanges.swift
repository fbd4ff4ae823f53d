/// How one list of actions differs from an earlier one, by their names. Pure.
package struct ActionChanges: Sendable, Hashable, CustomStringConvertible {
    package let added: [String]
    package let changed: [String]
    package let removed: [String]
    /// The same actions in another order, which decides between two that map one field of one
    /// event.
    package let isReordered: Bool

    package init(from earlier: [Action], to later: [Action]) {
        let known = Dictionary(earlier.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(later.map(\.name))
        added = later.map(\.name).filter { known[$0] == nil }
        changed = later.filter { action in known[action.name].map { $0 != action } ?? false }
            .map(\.name)
        removed = earlier.map(\.name).filter { !names.contains($0) }
        let kept = later.map(\.name).filter { known[$0] != nil }
        isReordered = kept != earlier.map(\.name).filter { names.contains($0) }
    }

    package var isEmpty: Bool {
        added.isEmpty && changed.isEmpty && removed.isEmpty && !isReordered
    }

    /// For people: `added "A"; changed "B", "C"`.
    package var description: String {
        let parts = [("added", added), ("changed", changed), ("removed", removed)]
            .filter { !$0.1.isEmpty }
            .map { word, names in
                "\(word) " + names.map { "\"\($0)\"" }.joined(separator: ", ")
            }
        let order = isReordered ? ["in another order"] : []
        return isEmpty ? "no action is different" : (parts + order).joined(separator: "; ")
    }
}
