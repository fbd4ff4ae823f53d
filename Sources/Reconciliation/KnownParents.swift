import Records

/// What is known of the records that lookups name: what a query found, and how our own keys for
/// them stand.
package struct KnownParents: Sendable, Hashable {
    /// How a key of ours stands that the parent is known by.
    package enum Own: Sendable, Hashable {
        /// It agrees, or nothing is left to do.
        case settled
        /// It is still to be delivered, or under way.
        case onItsWay
        /// Its create has no definite answer: an id that a query finds may not stay the only one.
        case inDoubt
        /// It waits for a parent of its own.
        case waiting
        /// It waits for a person, for the reason of this name.
        case parked(String)
        /// It is desired that there be no such record.
        case absent
        /// It is its own parent over others, so that none of them can be first.
        case circular
    }

    private var found: [ParentPlace: Set<RecordID>] = [:]
    private var own: [ParentPlace: Own] = [:]
    private var unsearchable: Set<ParentPlace> = []
    private var promised: Set<ParentPlace> = []

    /// Stands for the id of a parent that the same plan creates: for showing a plan, never sent.
    package static let promisedID = "000000000000000AAA"

    package init() {}

    package mutating func add(_ record: RecordID, at place: ParentPlace) {
        found[place, default: []].insert(record)
    }

    package mutating func note(_ standing: Own, at place: ParentPlace) { own[place] = standing }

    /// No query can look for it: its value cannot be written as a condition.
    package mutating func markUnsearchable(_ place: ParentPlace) { unsearchable.insert(place) }

    /// The plan being shown creates it.
    package mutating func promise(_ place: ParentPlace) { promised.insert(place) }

    package func isFound(_ place: ParentPlace) -> Bool { !(found[place] ?? []).isEmpty }
}

/// Whether a lookup's parent has a definite id.
package enum ParentStanding: Sendable, Hashable {
    case found(RecordID)
    case promised
    /// Sorted.
    case ambiguous([RecordID])
    /// It will have one, or it will turn out that it has none; why there is none yet, as half a
    /// sentence.
    case awaited(String)
    /// It has none, and nothing of ours will change that; why, as half a sentence.
    case missing(String)
    case unsearchable
}

extension KnownParents {
    /// Decides about one lookup.
    ///
    /// Exactly one record is a definite id, whoever made it; but not one that stands beside a
    /// create in doubt, which may yet add another, and not one that should be gone.
    package func standing(of parent: ParentReference) -> ParentStanding {
        let place = parent.place
        let standing = own[place]
        if standing == .absent { return .missing("its \(parent.object) is to be deleted") }
        if standing == .inDoubt {
            return .awaited("the create of its \(parent.object) is in doubt")
        }
        let ids = (found[place] ?? []).sorted { $0.description < $1.description }
        if let only = ids.first { return ids.count == 1 ? .found(only) : .ambiguous(ids) }
        if unsearchable.contains(place) { return .unsearchable }
        if promised.contains(place) { return .promised }
        switch standing {
        case .onItsWay: return .awaited("its \(parent.object) is still to be delivered")
        case .waiting: return .awaited("its \(parent.object) waits for a parent of its own")
        case .parked(let reason): return .missing("its \(parent.object) is parked (\(reason))")
        case .circular: return .missing("its \(parent.object) is in a circle of lookups")
        case .settled, .absent, .inDoubt, nil:
            return .missing("no \(parent.object) has this \(parent.field)")
        }
    }
}
