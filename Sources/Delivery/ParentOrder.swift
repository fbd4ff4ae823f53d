import Projection
import Records

/// The order in which the keys of one round are worked on: parents before the records that look
/// them up.
///
/// Objects go by their rank in the graph of lookups, each object's keys together, so that a round
/// costs no more queries than it has objects. Only within objects that refer to each other, or to
/// themselves (`Account.ParentId`), keys are ordered one by one, by who is whose parent.
package struct ParentOrder: Sendable, Hashable {
    /// Levels of one hierarchy taken in one round, each of which costs calls of its own; what lies
    /// deeper waits, and is taken up when its parent is there.
    package static let levelCountMax = 16

    /// Ids of keys, in the order in which they are to be planned and sent, each wave after the one
    /// before it has ended.
    package private(set) var waves: [[UInt64]] = []
    /// Keys that are their own parents over others: none of them can be first.
    package private(set) var circular: Set<UInt64> = []

    /// - Parameters:
    ///   - graph: which objects' records point to which.
    ///   - places: the names under which a record would be looked up.
    package init(
        _ records: [DesiredRecord], graph: ParentGraph,
        places: (DesiredRecord) -> [ParentPlace]
    ) {
        let ranks = Dictionary(grouping: records) { graph.rank(of: $0.object) }
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
                addLevels(circle.value, places)
            }
        }
    }

    /// Adds the keys of objects that refer to each other, level by level.
    private mutating func addLevels(
        _ records: [DesiredRecord], _ places: (DesiredRecord) -> [ParentPlace]
    ) {
        let parents = Self.parents(among: records, places)
        var levels: [UInt64: Int] = [:]
        var open = records
        var level = 0
        while !open.isEmpty, level < Self.levelCountMax - 1 {
            let ready = open.filter { record in
                (parents[record.id] ?? []).allSatisfy { levels[$0] != nil }
            }
            guard !ready.isEmpty else { break }
            for record in ready { levels[record.id] = level }
            open.removeAll { levels[$0.id] != nil }
            level += 1
        }
        for record in open { levels[record.id] = level }
        circular.formUnion(Self.circular(open.map(\.id), parents))
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

    /// For each key the keys among `records` that it looks up and that have no record yet. A linked
    /// parent has its id, so nobody has to come after it.
    private static func parents(
        among records: [DesiredRecord], _ places: (DesiredRecord) -> [ParentPlace]
    ) -> [UInt64: Set<UInt64>] {
        var unlinked: [ParentPlace: UInt64] = [:]
        for record in records where record.delivery.link == nil {
            for place in places(record) { unlinked[place] = record.id }
        }
        var parents: [UInt64: Set<UInt64>] = [:]
        for record in records {
            let found = record.parents.compactMap { unlinked[$0.place] }
            if !found.isEmpty { parents[record.id] = Set(found) }
        }
        return parents
    }

    /// The keys of `ids` that are reached from themselves.
    private static func circular(
        _ ids: [UInt64], _ parents: [UInt64: Set<UInt64>]
    ) -> Set<UInt64> {
        // Whoever nobody of the rest looks up, or looks up nobody of it, is on no circle.
        var rest = Set(ids)
        while true {
            let lookedUp = rest.reduce(into: Set<UInt64>()) { $0.formUnion(parents[$1] ?? []) }
            let kept = rest.filter { id in
                lookedUp.contains(id) && !rest.isDisjoint(with: parents[id] ?? [])
            }
            if kept.count == rest.count { return rest }
            rest = kept
        }
    }
}

/// Which objects' records point to which, by the lookups of a configuration.
package struct ParentGraph: Sendable {
    private let ranks: [String: Int]
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
