import Actions
import Records

/// The objects that a changed configuration concerns: their keys are folded again, all others stay.
/// Pure.
///
/// Nothing of one object's keys depends on another object, but for lookups: a parent's outcome
/// wakes its children. So objects that lookups join are concerned together.
struct RefoldScope: Sendable, Hashable {
    /// In lower case.
    let objects: Set<String>

    init(_ objects: Set<String>) { self.objects = objects }

    /// What is otherwise under `new` than under `old`, which was in force from `position` on.
    init(from old: ConfigurationEntry, at position: UInt64, to new: FoldRules) {
        let (before, after) = (old.needs, new.needs)
        let names = Set(
            (old.actions + new.entry.actions).map { $0.object.lowercased() }
                + (before.objects + after.objects).map { $0.lowercased() })
        var concerned = names.filter { name in
            new.changes.latest(of: name) > position
                || old.actionIndexes(of: name) != new.entry.actionIndexes(of: name)
        }
        // Children and parents of what is concerned, until there are no more.
        while true {
            let joined = [before.parents, after.parents].flatMap { $0 }
                .filter { child, parents in
                    concerned.contains(child) || !concerned.isDisjoint(with: parents)
                }
                .reduce(into: concerned) { $0.formUnion($1.value.union([$1.key])) }
            if joined == concerned { break }
            concerned = joined
        }
        self.init(concerned)
    }

    func contains(_ object: String) -> Bool { objects.contains(object.lowercased()) }

    func union(_ other: RefoldScope?) -> RefoldScope {
        RefoldScope(objects.union(other?.objects ?? []))
    }
}

extension ConfigurationEntry {
    /// Where the enabled actions of an object stand: rows name actions by this.
    fileprivate func actionIndexes(of object: String) -> [Int] {
        actions.indices.filter {
            actions[$0].isEnabled && actions[$0].object.lowercased() == object
        }
    }
}

/// A state in which some objects are folded less far than the others.
struct PartialRefold: Sendable, Hashable {
    /// How far all other objects are folded. The checkpoint tells of those in ``scope``.
    let through: UInt64
    let scope: RefoldScope

    init(through: UInt64, scope: RefoldScope) {
        self.through = through
        self.scope = scope
    }

    init(_ bytes: [UInt8]) {
        let names = String(decoding: bytes.dropFirst(8), as: UTF8.self)
        self.init(
            through: StateKey.number(bytes),
            scope: RefoldScope(Set(names.split(separator: "\n").map(String.init))))
    }

    /// Position and names; no API name holds a line end.
    func encoded() -> [UInt8] {
        StateKey.number(through) + Array(scope.objects.sorted().joined(separator: "\n").utf8)
    }
}
