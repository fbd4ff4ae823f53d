import Projection
import Reconciliation
import Records

/// Keys of objects that refer to each other, and who of them is whose parent. Pure.
struct ParentCircles {
    /// For each key the keys that it looks up and that have no record yet. A linked parent has its
    /// id, so nobody has to come after it.
    let parents: [UInt64: Set<UInt64>]
    private let idsByPlace: [ParentPlace: UInt64]

    init(_ records: [DesiredRecord], _ places: (DesiredRecord) -> [ParentPlace]) {
        var unlinked: [ParentPlace: UInt64] = [:]
        for record in records where record.delivery.link == nil {
            for place in places(record) { unlinked[place] = record.id }
        }
        var parents: [UInt64: Set<UInt64>] = [:]
        for record in records {
            let found = record.parents.compactMap { unlinked[$0.place] }
            if !found.isEmpty { parents[record.id] = Set(found) }
        }
        self.parents = parents
        idsByPlace = unlinked
    }

    /// The keys of `ids` that are reached from themselves, or lie between such.
    func circular(_ ids: [UInt64]) -> Set<UInt64> {
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

    /// One key of each heap of circles that hang together, the one with the smallest id, that can
    /// go first without what it looks up there; with those parents.
    func openers(
        among open: [DesiredRecord], _ mayLack: (DesiredRecord, FieldState) -> Bool
    ) -> [UInt64: Set<ParentPlace>] {
        let rest = circular(open.map(\.id))
        let heaps = heaps(of: rest)
        var openers: [UInt64: Set<ParentPlace>] = [:]
        var opened: Set<UInt64> = []
        for record in open.sorted(by: { $0.id < $1.id }) {
            guard let heap = heaps[record.id], !opened.contains(heap) else { continue }
            let missing = record.fields.filter { field in
                guard case .parent(let parent) = field.content else { return false }
                return idsByPlace[parent.place].map(rest.contains) ?? false
            }
            guard missing.allSatisfy({ mayLack(record, $0) }) else { continue }
            opened.insert(heap)
            openers[record.id] = Set(
                record.parents.map(\.place).filter {
                    idsByPlace[$0].map(rest.contains) ?? false
                })
        }
        return openers
    }

    /// For each of `ids` the smallest one that it hangs together with.
    private func heaps(of ids: Set<UInt64>) -> [UInt64: UInt64] {
        var neighbours: [UInt64: Set<UInt64>] = [:]
        for id in ids {
            for parent in parents[id] ?? [] where ids.contains(parent) {
                neighbours[id, default: []].insert(parent)
                neighbours[parent, default: []].insert(id)
            }
        }
        var heaps: [UInt64: UInt64] = [:]
        for id in ids.sorted() where heaps[id] == nil {
            var open: Set<UInt64> = [id]
            while let next = open.popFirst() {
                heaps[next] = id
                open.formUnion((neighbours[next] ?? []).filter { heaps[$0] == nil })
            }
        }
        return heaps
    }
}
