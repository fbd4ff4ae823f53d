import Records

/// Decides what makes Salesforce agree with the desired state of one object's keys.
///
/// Pure: no clock, no randomness, no input or output; the same plan for the same input in any
/// order.
///
/// - Parameters:
///   - desired: the keys to settle, all of the object that `description` describes, each key once.
///   - observed: every record that any query found by these keys' matchers or links, with all
///     matcher and all desired fields selected. A record returned twice counts once.
///   - description: what describe says of the object.
/// - Returns: a plan in which each key is in exactly one place. Operations are ordered by smallest
///   key, deletes last.
package func reconcile(
    desired: [DesiredState], observed: [Record], description: ObjectDescription
) -> Plan {
    let desired = desired.sorted { $0.key < $1.key }
    precondition(
        zip(desired, desired.dropFirst()).allSatisfy { $0.key < $1.key }, "a key is given twice")
    var draft = PlanDraft(description)
    let matching = Matching(desired, observed, description, into: &draft)

    for id in matching.matched.keys.sorted(by: { $0.description < $1.description }) {
        guard let record = matching.records[id], let states = matching.matched[id] else { continue }
        draft.change(record, for: states)
    }
    for state in matching.new { draft.create(for: [state]) }

    draft.admit(matching.unmatched, matching.records)
    return draft.finished()
}

/// What each key matches, with the keys that this alone settles or blocks already drafted.
private struct Matching {
    private(set) var records: [RecordID: Record] = [:]
    /// Keys by the one record that they match.
    private(set) var matched: [RecordID: [DesiredState]] = [:]
    /// Keys that match nothing.
    private(set) var unmatched: [DesiredState] = []
    /// Create actions' keys without a record yet.
    private(set) var new: [DesiredState] = []

    init(
        _ desired: [DesiredState], _ observed: [Record], _ description: ObjectDescription,
        into draft: inout PlanDraft
    ) {
        for record in observed {
            guard let known = records[record.id] else {
                records[record.id] = record
                continue
            }
            let fields = known.fields.merging(record.fields) { known, _ in known }
            records[record.id] = Record(object: record.object, id: record.id, fields: fields)
        }
        let reading = MatcherReading(description: description)
        var sought: [(state: DesiredState, terms: MatchTerms)] = []
        for state in desired {
            if state.presence == .new {
                // A create action's record is made once. Later edits and even its deletion are
                // other people's business.
                if let link = state.link {
                    draft.settle([state.key], with: link)
                } else {
                    new.append(state)
                }
                continue
            }
            do throws(Refusal) {
                sought.append((state, try reading.terms(state.matchers)))
            } catch {
                draft.block([state.key], error)
            }
        }
        let ids = records.keys.sorted { $0.description < $1.description }
        var index = MatchIndex(reading, for: sought.map(\.terms))
        for (number, id) in ids.enumerated() { index.add(number) { records[id]?.value(at: $0) } }
        for (state, terms) in sought { file(state, terms, index, ids, description.name, &draft) }
    }

    /// Puts a key where its matches say: the union of what its matchers find and the records it is
    /// linked to, so that an edited matcher field costs neither the link nor a duplicate.
    private mutating func file(
        _ state: DesiredState, _ terms: MatchTerms, _ index: MatchIndex, _ ids: [RecordID],
        _ object: String, _ draft: inout PlanDraft
    ) {
        if let decided = state.link, state.isLinkDecided, records[decided] != nil {
            matched[decided, default: []].append(state)
            return
        }
        if let field = terms.places.map(\.field).first(where: index.unread.contains) {
            draft.block([state.key], .unreadMatcher(field))
            return
        }
        var found = Set(index.matches(terms).map { ids[$0] })
        found.formUnion(state.links.filter { records[$0] != nil })
        switch found.count {
        case 0 where state.isNamedByIDOnly && state.presence == .exists:
            draft.block([state.key], .notFound, Reason.noSuchID(object))
        case 0 where terms.isUsable: unmatched.append(state)
        case 0: draft.block([state.key], .noMatcherValue)
        case 1: for id in found { matched[id, default: []].append(state) }
        default:
            draft.block(
                [state.key], .ambiguous, Reason.ambiguous(found.count, object, state.matchers),
                records: found.sorted { $0.description < $1.description })
        }
    }
}

/// The records as a plan's updates and creates will leave them.
///
/// A key that matches nothing now may match one of these in a moment; creating for it in the same
/// plan would make the duplicate that matching is there to avoid.
private struct ImagesOfOperations {
    private var images: [(keys: [UInt64], fields: [String: FieldValue])] = []

    init(_ operations: [Operation], _ records: [RecordID: Record]) {
        for operation in operations where operation.kind != .delete {
            var fields = operation.recordID.flatMap { records[$0]?.fields } ?? [:]
            for change in operation.changes { fields[change.field] = change.after }
            images.append((operation.keys, fields))
        }
    }

    /// For each state, the keys of the operations whose records it will match.
    func matches(
        _ states: [DesiredState], _ description: ObjectDescription
    ) -> [(DesiredState, Set<UInt64>)] {
        let reading = MatcherReading(description: description)
        let terms = states.map { reading.usableTerms($0) }
        var index = MatchIndex(reading, for: terms)
        for (number, image) in images.enumerated() {
            index.add(number) { image.fields[$0] ?? .null }
        }
        return zip(states, terms).map { state, terms in
            (state, Set(index.matches(terms).flatMap { images[$0].keys }))
        }
    }
}

extension PlanDraft {
    /// Answers the keys that match nothing: creates each new record once.
    ///
    /// What may match a record that the plan creates or changes is deferred. When none of the
    /// creates that a key would wait for comes about, because they are refused or not wanted, it is
    /// taken up again without them: a deferred key always waits for an operation. Each round
    /// answers at least one key, so there are no more rounds than keys.
    fileprivate mutating func admit(_ states: [DesiredState], _ records: [RecordID: Record]) {
        var remaining = states
        var answered: [DesiredState] = []
        while !remaining.isEmpty {
            var unmet: [DesiredState] = []
            let images = ImagesOfOperations(plan.operations, records)
            for (state, awaited) in images.matches(remaining, description) {
                if awaited.isEmpty {
                    unmet.append(state)
                } else {
                    postpone(state.key, until: awaited)
                }
            }
            let newcomers = Newcomers(unmet, avoiding: answered, description)
            let countBefore = plan.operations.count
            for piece in newcomers.pieces { create(for: piece) }
            answered += newcomers.pieces.joined()
            let created = Set(plan.operations[countBefore...].flatMap(\.keys))
            remaining = []
            for (state, others) in newcomers.waiting {
                let awaited = others.intersection(created)
                if awaited.isEmpty {
                    remaining.append(state)
                } else {
                    postpone(state.key, until: awaited)
                }
            }
            remaining.sort { $0.key < $1.key }
        }
    }
}
