import Projection
import Reconciliation
import Records
import Salesforce

/// What one round has learnt of parents. Kept for the round only: people create, merge and delete
/// parents at any time.
package struct RoundParents: Sendable {
    package fileprivate(set) var known = KnownParents()
    /// Keys of the waves before: a link among them was made or seen in this round.
    private(set) var delivered: Set<UInt64> = []
    /// Keys that look each other up in a circle.
    var circular: Set<UInt64>
    /// Keys that go first in such a circle, with the parents that come after them.
    var openers: [UInt64: Set<ParentPlace>]

    package init(
        circular: Set<UInt64> = [], openers: [UInt64: Set<ParentPlace>] = [:]
    ) {
        self.circular = circular
        self.openers = openers
    }

    package mutating func end(wave: [UInt64]) { delivered.formUnion(wave) }

    /// The plan being shown creates the record of `places`.
    package mutating func promise(_ places: [ParentPlace]) {
        for place in places { known.promise(place) }
    }

    fileprivate func isFresh(_ record: DesiredRecord) -> Bool {
        delivered.contains(record.id) && record.delivery.status == .settled
    }

    fileprivate func standing(of record: DesiredRecord) -> KnownParents.Own {
        if record.presence.isAbsent { return .absent }
        switch record.delivery.status {
        case .settled: return .settled
        case .inDoubt where record.delivery.link == nil: return .inDoubt
        case .parked(let parking):
            if circular.contains(record.id) { return .circular }
            return parking.reason == .waitingForParent ? .waiting : .parked(parking.reason.rawValue)
        case .dirty, .inFlight, .inDoubt:
            return circular.contains(record.id) ? .circular : .onItsWay
        }
    }
}

/// Finds the records that lookups name: among our own keys first, then in Salesforce, many at once.
package struct ParentLook: Sendable {
    let configuration: ConfigurationEntry
    let state: StateStore
    let client: SalesforceClient

    /// Learns of every parent that `parents` name and that the round does not know yet.
    ///
    /// A parent that our own key was linked to in this round needs no query, nor one that has no id
    /// whatever a query says; the others of one object share queries.
    package func look(
        for parents: [ParentReference], into round: inout RoundParents
    ) async throws(Planner.Failure) {
        var sought: [Sought] = []
        var seen: Set<ParentPlace> = []
        for parent in parents where seen.insert(parent.place).inserted {
            let own = try own(parent.place)
            if let own { round.known.note(round.standing(of: own), at: parent.place) }
            if round.known.isFound(parent.place) { continue }
            let links = own?.delivery.links ?? []
            if let own, !links.isEmpty, round.isFresh(own) {
                for link in links { round.known.add(link, at: parent.place) }
            } else if own.map({ round.standing(of: $0).mayHaveID }) ?? true {
                sought.append(Sought(parent: parent, links: links))
            }
        }
        let byObject = Dictionary(grouping: sought, by: \.parent.object)
        for object in byObject.keys.sorted() {
            try await ask(byObject[object] ?? [], of: object, into: &round)
        }
    }

    /// A parent to ask Salesforce about, and the records that our own key says it is.
    private struct Sought {
        let parent: ParentReference
        let links: [RecordID]
    }

    private func own(_ place: ParentPlace) throws(Planner.Failure) -> DesiredRecord? {
        do {
            return try state.record(named: place.key)
        } catch {
            throw .delivery(.projection(error))
        }
    }

    private func ask(
        _ sought: [Sought], of object: String, into round: inout RoundParents
    ) async throws(Planner.Failure) {
        guard let description = configuration.description(of: object) else { return }
        var wishes: [[Condition]] = []
        var asked: [Sought] = []
        for one in sought {
            do throws(SalesforceError) {
                wishes.append(try Self.conditions(of: one, description))
                asked.append(one)
            } catch {
                round.known.markUnsearchable(one.parent.place)
            }
        }
        guard !wishes.isEmpty else { return }
        let fields = Set(asked.map(\.parent.field)).subtracting(["Id"]).sorted()
        let found: [Record]
        do throws(SalesforceError) {
            let packed = try Query.pack(object: object, fields: fields, wishes: wishes)
            for index in packed.refused.keys {
                round.known.markUnsearchable(asked[index].parent.place)
            }
            found = try await client.query(packed.queries)
        } catch {
            throw .salesforce(error, object: object)
        }
        match(found, with: asked, description, into: &round)
    }

    private static func conditions(
        of sought: Sought, _ description: ObjectDescription
    ) throws(SalesforceError) -> [Condition] {
        let field = description.matcherField(sought.parent.field)
        let byValue = Condition.equals(
            field: field.name, try Literal(sought.parent.value, type: field.type))
        return [byValue] + sought.links.map { .equals(field: "Id", .id($0)) }
    }

    /// Matches locally, as Salesforce compares: one answer is about many parents.
    private func match(
        _ found: [Record], with sought: [Sought], _ description: ObjectDescription,
        into round: inout RoundParents
    ) {
        var places: Set<ParentPlace> = []
        var linked: [RecordID: [ParentPlace]] = [:]
        for one in sought {
            places.insert(one.parent.place)
            for link in one.links { linked[link, default: []].append(one.parent.place) }
        }
        let fields = Set(sought.map(\.parent.field)).sorted()
        for record in found {
            for place in linked[record.id] ?? [] { round.known.add(record.id, at: place) }
            for name in fields {
                let field = description.matcherField(name)
                guard let form = record.value(at: name).flatMap({ field.matchForm($0) })
                else { continue }
                let place = ParentPlace(
                    MatcherKey(
                        object: description.name, terms: [MatcherKey.Term(field: name, form: form)])
                )
                if places.contains(place) { round.known.add(record.id, at: place) }
            }
        }
    }
}

extension KnownParents.Own {
    /// Whether a query can say which id it has.
    fileprivate var mayHaveID: Bool {
        switch self {
        case .absent, .inDoubt: false
        case .settled, .onItsWay, .waiting, .parked, .circular: true
        }
    }
}

extension [DesiredState] {
    /// The parents that the states' fields look up.
    var parents: [ParentReference] {
        flatMap { $0.presence == .absent ? [] : $0.fields.compactMap(\.parent) }
    }
}
