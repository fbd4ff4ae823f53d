import Records

/// Judges a plan before it is applied, by rules of its own.
///
/// It shares no code with ``reconcile(desired:observed:description:)`` beyond the field comparison
/// of Records: it does not search for a plan, it only asks of each part whether it may stand. An
/// error in the one would have to be matched by the same error in the other to reach Salesforce.
///
/// - Returns: all violations; empty for a plan that may be applied.
package func judge(
    _ plan: Plan, desired: [DesiredState], observed: [Record], description: ObjectDescription
) -> [PlanViolation] {
    var judge = PlanJudge(desired, observed, description)
    judge.judgeKeys(plan)
    judge.judgeRecords(plan)
    for operation in plan.operations {
        judge.judgeChanges(operation)
        switch operation.kind {
        case .create: judge.judgeCreate(operation)
        case .update: judge.judgeUpdate(operation)
        case .delete: judge.judgeDelete(operation)
        }
    }
    judge.judgeCreatesTogether(plan)
    judge.judgeSettled(plan)
    judge.judgeBlocked(plan)
    judge.judgeDeferred(plan)
    return judge.violations
}

struct PlanJudge {
    let description: ObjectDescription
    let states: [UInt64: DesiredState]
    let records: [RecordID: Record]
    /// What each key matches among the observed records.
    let matches: [UInt64: Set<RecordID>]
    /// The keys that match exactly one record, by that record.
    private let keysByRecord: [RecordID: [UInt64]]
    private(set) var violations: [PlanViolation] = []

    init(_ desired: [DesiredState], _ observed: [Record], _ description: ObjectDescription) {
        self.description = description
        states = Dictionary(desired.map { ($0.key, $0) }) { first, _ in first }
        let records = Dictionary(observed.map { ($0.id, $0) }) { first, _ in first }
        self.records = records
        let holders = Holders(
            records.values.map { record in (record.id, { record.value(at: $0) }) }, description)
        var matches: [UInt64: Set<RecordID>] = [:]
        for state in desired {
            let link = state.link.flatMap { records[$0] == nil ? nil : $0 }
            if state.presence != .new, !(state.isLinkDecided && link != nil) {
                matches[state.key] = holders.matched(by: state.matchers)
            }
            for linked in state.links where records[linked] != nil {
                matches[state.key, default: []].insert(linked)
            }
        }
        self.matches = matches
        var keysByRecord: [RecordID: [UInt64]] = [:]
        for (key, found) in matches where found.count == 1 {
            for id in found { keysByRecord[id, default: []].append(key) }
        }
        self.keysByRecord = keysByRecord
    }

    mutating func report(_ rule: PlanViolation.Rule, _ keys: [UInt64], _ message: String) {
        violations.append(PlanViolation(rule: rule, keys: keys, message: message))
    }

    func states(of operation: Operation) -> [DesiredState] {
        operation.keys.compactMap { states[$0] }
    }

    /// The latest cause among states of one presence.
    func latest(_ presence: Presence, _ states: some Sequence<DesiredState>) -> Cause? {
        var latest: Cause?
        for state in states where state.presence == presence {
            if let held = latest, !state.presenceCause.isLater(than: held) { continue }
            latest = state.presenceCause
        }
        return latest
    }

    mutating func judgeKeys(_ plan: Plan) {
        let placed =
            plan.operations.flatMap(\.keys) + plan.settled.map(\.key) + plan.blocked.map(\.key)
            + plan.deferred.map(\.key)
        var counts: [UInt64: Int] = [:]
        for key in placed { counts[key, default: 0] += 1 }
        for key in Set(placed).union(states.keys).sorted() {
            let count = counts[key] ?? 0
            if states[key] == nil { report(.keyNotOnce, [key], "key \(key) was not asked about") }
            if count != 1 { report(.keyNotOnce, [key], "key \(key) is placed \(count) times") }
        }
    }

    mutating func judgeRecords(_ plan: Plan) {
        var seen: Set<RecordID> = []
        for operation in plan.operations {
            guard let id = operation.recordID, !seen.insert(id).inserted else { continue }
            report(.recordTwice, operation.keys, "\(id) is in two operations")
        }
    }

    mutating func judgeCreate(_ operation: Operation) {
        let keys = operation.keys
        if operation.recordID != nil { report(.wrongRecord, keys, "a create names a record") }
        for key in keys where !(matches[key] ?? []).isEmpty {
            report(.createOverMatch, [key], "a record matches key \(key)")
        }
        let states = states(of: operation)
        let isNew = states.count == 1 && states[0].presence == .new && states[0].link == nil
        if !isNew {
            let exists = latest(.exists, states)
            let absent = latest(.absent, states)
            let isRevoked = exists.flatMap { exists in absent?.isLater(than: exists) } ?? false
            if exists == nil || isRevoked || states.contains(where: { $0.presence == .new }) {
                report(.createUnasked, keys, "no key asks for this record to be created")
            }
        }
        guard description.isCreateable else {
            report(.createUnasked, keys, "\(description.name) cannot be created")
            return
        }
        guard let name = operation.upsertField else { return }
        let isSent = operation.changes.contains { $0.field == name && !$0.after.isNull }
        if !isSent || description.field(name)?.isUniqueExternalID != true {
            report(.unsafeUpsert, keys, "\(name) is not a unique external id with a value")
        }
    }

    mutating func judgeUpdate(_ operation: Operation) {
        judgeTarget(operation)
        if operation.changes.isEmpty { report(.noDifference, operation.keys, "no change") }
        let states = states(of: operation)
        if let absent = latest(.absent, states) {
            let exists = latest(.exists, states)
            if exists.map({ absent.isLater(than: $0) }) ?? true {
                report(.updateUnasked, operation.keys, "the record should be absent")
            }
        }
        if !description.isUpdateable {
            report(.updateUnasked, operation.keys, "\(description.name) cannot be updated")
        }
    }

    mutating func judgeDelete(_ operation: Operation) {
        judgeTarget(operation)
        // Over all keys of the record, also those that the plan put elsewhere.
        let concerned = operation.recordID.flatMap { keysByRecord[$0] }?.compactMap { states[$0] }
        let absent = latest(.absent, states(of: operation))
        let exists = latest(.exists, concerned ?? [])
        let isAsked = absent.map { absent in exists.map { absent.isLater(than: $0) } ?? true }
        if isAsked != true || !description.isDeletable {
            report(.deleteUnasked, operation.keys, "no key asks for this delete")
        }
    }

    private mutating func judgeTarget(_ operation: Operation) {
        for key in operation.keys {
            guard let id = operation.recordID, records[id] != nil, matches[key] == [id],
                states[key]?.presence != .new
            else {
                report(.wrongRecord, [key], "key \(key) does not match exactly this record")
                continue
            }
        }
        if operation.upsertField != nil {
            report(.unsafeUpsert, operation.keys, "only a create may be an upsert")
        }
    }

    mutating func judgeCreatesTogether(_ plan: Plan) {
        let creates = plan.operations.filter { $0.kind == .create }
        let images = creates.enumerated().map { number, operation in
            let image = Dictionary(operation.changes.map { ($0.field, $0.after) }) { one, _ in one }
            return (number, { (field: String) -> FieldValue? in image[field] ?? .null })
        }
        let holders = Holders(images, description)
        for (number, operation) in creates.enumerated() {
            for state in states(of: operation) where state.presence != .new {
                let met = holders.matched(by: state.matchers).subtracting([number])
                guard !met.isEmpty else { continue }
                report(.createsMeet, [state.key], "key \(state.key) would match another create")
            }
        }
    }
}

/// Who holds which value: candidates by field and comparable form.
private struct Holders<Name: Hashable> {
    private let candidates: [(Name, (String) -> FieldValue?)]
    private let description: ObjectDescription
    private let cache = Cache()

    /// The values of a field, read once for all candidates.
    private final class Cache {
        var byField: [String: [[UInt8]: Set<Name>]] = [:]
    }

    init(_ candidates: [(Name, (String) -> FieldValue?)], _ description: ObjectDescription) {
        self.candidates = candidates
        self.description = description
    }

    func matched(by matchers: Matchers) -> Set<Name> {
        switch matchers {
        case .none: return []
        case .any(let values, current: _):
            return values.reduce(into: []) { $0.formUnion(holders(of: $1)) }
        case .all(let values):
            guard let first = values.first else { return [] }
            return values.dropFirst().reduce(holders(of: first)) {
                $0.intersection(holders(of: $1))
            }
        }
    }

    private func holders(of matcher: MatcherValue) -> Set<Name> {
        let known = description.field(matcher.field)
        let isID = matcher.field == "Id" || matcher.field.hasSuffix(".Id")
        let field = known ?? FieldDescription(name: matcher.field, type: isID ? .id : .anyType)
        guard let form = field.matchForm(matcher.value) else { return [] }
        if let values = cache.byField[field.name] { return values[Array(form.utf8)] ?? [] }
        var values: [[UInt8]: Set<Name>] = [:]
        for (name, value) in candidates {
            guard let held = value(field.name).flatMap({ field.matchForm($0) }) else { continue }
            values[Array(held.utf8), default: []].insert(name)
        }
        cache.byField[field.name] = values
        return values[Array(form.utf8)] ?? []
    }
}
