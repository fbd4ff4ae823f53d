import Projection
import Records

/// The order in which the keys of one round are worked on: parents before the records that look
/// them up.
///
/// Objects go by their rank in the graph of lookups, each object's keys together, so that a round
/// costs no more queries than it has objects. Only within objects that refer to each other, or to
/// themselves (`Account.ParentId`), keys are ordered one by one, by who is whose parent. Of keys
/// that look each other up in a circle one goes first, without what it looks up there.
///
/// Deletes of records that others look up come after everything else, children before parents: a
/// delete takes children along or is refused for their sake, and a child may just be on its way to
/// another parent.
package struct ParentOrder: Sendable, Hashable {
    /// Levels of one hierarchy taken in one round, each of which costs calls of its own; what lies
    /// deeper waits, and is taken up when its parent is there.
    package static let levelCountMax = 16

    /// Ids of keys, in the order in which they are to be planned and sent, each wave after the one
    /// before it has ended.
    package private(set) var waves: [[UInt64]] = []
    /// Keys that are their own parents over others, and none of which can be first.
    package private(set) var circular: Set<UInt64> = []
    /// Keys that go first in their circle, with the parents that come after them.
    package private(set) var openers: [UInt64: Set<ParentPlace>] = [:]

    /// - Parameters:
    ///   - graph: which objects' records point to which.
    ///   - places: the names under which a record would be looked up.
    ///   - mayLack: whether a record can be created without a field, and be given it later.
    package init(
        _ records: [DesiredRecord], graph: ParentGraph,
        places: (DesiredRecord) -> [ParentPlace],
        mayLack: (DesiredRecord, FieldState) -> Bool = { _, _ in false }
    ) {
        let last = records.filter { $0.presence.isAbsent && graph.hasChildren($0.object) }
        let lastIDs = Set(last.map(\.id))
        let ranks = Dictionary(grouping: records.filter { !lastIDs.contains($0.id) }) {
            graph.rank(of: $0.object)
        }
        for rank in ranks.keys.sorted() {
            let members = ranks[rank] ?? []
            let free = members.filter { !graph.isCircular($0.object) }
            if !free.isEmpty { waves.append(free.map(\.id)) }
            let bound = members.filter { graph.isCircular($0.object) }
            // Circles of objects that have nothing to do with each other are rare; one after the
            // other costs calls, not correctness.
            for circle in Dictionary(grouping: bound, by: { graph.circle(of: $0.object) })
                .sorted(by: { $0.key < $1.key })
            {
                addLevels(circle.value, places, mayLack)
            }
        }
        let deletes = Dictionary(grouping: last) { graph.rank(of: $0.object) }
        waves += deletes.sorted { $0.key > $1.key }.map { $0.value.map(\.id) }
    }

    /// Adds the keys of objects that refer to each other, level by level.
    private mutating func addLevels(
        _ records: [DesiredRecord], _ places: (DesiredRecord) -> [ParentPlace],
        _ mayLack: (DesiredRecord, FieldState) -> Bool
    ) {
        let circles = ParentCircles(records, places)
        let parents = circles.parents
        var levels: [UInt64: Int] = [:]
        var open = records
        var level = 0
        while !open.isEmpty, level < Self.levelCountMax - 1 {
            var ready = open.filter { record in
                (parents[record.id] ?? []).allSatisfy { levels[$0] != nil }
            }
            if ready.isEmpty {
                let opened = circles.openers(among: open, mayLack)
                openers.merge(opened) { first, _ in first }
                ready = open.filter { opened[$0.id] != nil }
            }
            guard !ready.isEmpty else { break }
            for record in ready { levels[record.id] = level }
            open.removeAll { levels[$0.id] != nil }
            level += 1
        }
        for record in open { levels[record.id] = level }
        circular.formUnion(circles.circular(open.map(\.id)))
        // A wave has keys of one object: then everything that a wave found out is in the log before
        // anything is planned that it could change.
        let byWave = Dictionary(grouping: records) { record in
            Wave(level: levels[record.id] ?? 0, object: record.object)
        }
        waves += byWave.sorted { $0.key < $1.key }.map { $0.value.map(\.id) }
    }

    private struct Wave: Hashable, Comparable {
        let level: Int
        let object: String

        static func < (one: Wave, other: Wave) -> Bool {
            (one.level, one.object) < (other.level, other.object)
        }
    }
}

/// Which objects' records point to which, by the lookups of a configuration.
package struct ParentGraph: Sendable {
    private let ranks: [String: Int]
    /// Objects that others off their own circle look up.
    private let withChildren: Set<String>
    /// Objects that are reached from themselves, with the first of those on the same circle.
    private let circles: [String: String]

    /// - Parameter parents: by child object, its parents' objects, all in lower case.
    package init(_ parents: [String: Set<String>]) {
        let objects = Set(parents.keys).union(parents.values.joined())
        var ancestors: [String: Set<String>] = [:]
        for object in objects { ancestors[object] = Self.ancestors(of: object, parents) }
        var circles: [String: String] = [:]
        for object in objects where ancestors[object]?.contains(object) == true {
            let circle = objects.filter {
                ancestors[object]?.contains($0) == true && ancestors[$0]?.contains(object) == true
            }
            circles[object] = circle.min() ?? object
        }
        var ranks: [String: Int] = [:]
        // Every object's ancestors off its own circle have fewer ancestors than it has.
        for object in objects.sorted(by: {
            (ancestors[$0]?.count ?? 0, $0) < (ancestors[$1]?.count ?? 0, $1)
        }) {
            let above = (ancestors[object] ?? []).filter {
                ancestors[$0]?.contains(object) != true
            }
            ranks[object] = (above.compactMap { ranks[$0] }.max() ?? -1) + 1
        }
        self.ranks = ranks
        self.circles = circles
        withChildren = objects.filter { parent in
            parents.contains { child, its in
                its.contains(parent)
                    && (circles[parent] == nil || circles[child] != circles[parent])
            }
        }
    }

    private static func ancestors(
        of object: String, _ parents: [String: Set<String>]
    ) -> Set<String> {
        var found: Set<String> = []
        var open = parents[object] ?? []
        while let next = open.popFirst() {
            guard found.insert(next).inserted else { continue }
            open.formUnion(parents[next] ?? [])
        }
        return found
    }

    /// Zero for objects that look nobody up; otherwise more than any of their parents' off the same
    /// circle.
    package func rank(of object: String) -> Int { ranks[object.lowercased()] ?? 0 }

    /// Whether records of other objects look this one's up.
    package func hasChildren(_ object: String) -> Bool {
        withChildren.contains(object.lowercased())
    }

    package func isCircular(_ object: String) -> Bool { circles[object.lowercased()] != nil }

    /// Names the circle that an object is on.
    package func circle(of object: String) -> String { circles[object.lowercased()] ?? "" }
}

extension DesiredRecord {
    /// The parents that the key's fields look up.
    package var parents: [ParentReference] {
        fields.compactMap { field in
            if case .parent(let parent) = field.content { return parent }
            return nil
        }
    }
}
