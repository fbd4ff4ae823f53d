import Projection
import Reconciliation
import Records
import Salesforce

// What people did to records that keys are linked to: merged, deleted, converted.

/// Fields by which a look can tell what people did. The first stands in the recycle bin only.
enum PeoplesMarks {
    /// Of a record that was merged into another one: that one (Apex Developer Guide, "Triggers and
    /// Merge Statements").
    static let master = "MasterRecordId"
    static let isConverted = "IsConverted"
    static let convertedContact = "ConvertedContactId"
    static let convertedAccount = "ConvertedAccountId"

    static let all: Set<String> = [master, isConverted, convertedContact, convertedAccount]
}

/// Records that links lead to and that were merged into others. Pure.
struct Merges: Sendable, Hashable {
    /// By the record that is gone, the one that it went into, however many merges after.
    private(set) var winners: [RecordID: RecordID] = [:]

    /// Takes a page of the recycle bin.
    mutating func add(_ deleted: [Record]) {
        for record in deleted {
            let master = record.fields[PeoplesMarks.master]?.text
            guard let winner = master.flatMap(RecordID.init(answered:)), winner != record.id
            else { continue }
            winners[record.id] = winner
        }
    }

    /// The record that `id` is now.
    func winner(of id: RecordID) -> RecordID? {
        var current = id
        // No longer than there are merges: two records can hardly be merged into each other.
        for _ in winners {
            guard let next = winners[current] else { break }
            current = next
        }
        return current == id ? nil : current
    }

    func followed(_ state: DesiredState) -> DesiredState {
        state.followingLinks { winner(of: $0) ?? $0 }
    }

    /// What asks for the records that others went into, with the fields of `query`.
    func queries(like query: Query?, of object: String) -> [Query] {
        let ids = Set(winners.keys.compactMap(winner)).sorted { $0.description < $1.description }
        return Query.ofRecords(ids, of: object, fields: query?.fields ?? [])
    }
}

extension Query {
    /// Ids of one query: about 6 KB of them.
    private static let idCountMax = 200

    /// Queries for records by their ids; none for fields that are no names.
    static func ofRecords(_ ids: [RecordID], of object: String, fields: [String]) -> [Query] {
        stride(from: 0, to: ids.count, by: idCountMax).compactMap { start in
            let part = ids[start..<min(start + idCountMax, ids.count)]
            // Fields that are no names make no query: nothing is asked, and no merge is found.
            return try? Query(
                object: object, fields: fields,
                where: .in(field: "Id", part.map(Literal.id)))
        }
    }
}

extension Planner {
    /// Merges in a row that are followed: each costs a call.
    private static let mergesInARowMax = 5

    /// Where the records have gone that keys are linked to and that no query found.
    ///
    /// Asked only when there are such: a call or two in a round in which people merged or deleted.
    func merges(
        of states: [DesiredState], observed: [RecordID: Record], _ description: ObjectDescription
    ) async throws(Failure) -> Merges {
        var merges = Merges()
        guard description.field(PeoplesMarks.master) != nil else { return merges }
        var missing = Set(
            states.filter { $0.presence != .new }.flatMap(\.links)
                .filter { observed[$0] == nil && $0.keyPrefix == description.keyPrefix })
        for _ in 0..<Self.mergesInARowMax {
            let ids = missing.sorted { $0.description < $1.description }
            let queries = Query.ofRecords(
                ids, of: description.name, fields: ["IsDeleted", PeoplesMarks.master])
            let found = try await self.records(queries.map(\.withDeleted), of: description.name)
            merges.add(Array(found.values))
            missing = Set(missing.compactMap { merges.winners[$0] })
                .filter { observed[$0] == nil && merges.winners[$0] == nil }
            if missing.isEmpty { break }
        }
        return merges
    }
}

/// Keys that no query may ask about, because a matcher's field is hidden, gone or no longer
/// filterable: one of them would make Salesforce refuse the query for all. Pure.
struct Unaskable {
    private(set) var blocked: [BlockedKey] = []

    init(_ states: [DesiredState], description: ObjectDescription) {
        for state in states {
            guard let name = Self.field(of: state, description) else { continue }
            blocked.append(
                BlockedKey(
                    key: state.key, object: state.object, code: .rejected,
                    message: "matcher field \(name) is gone, hidden from this user or cannot be "
                        + "filtered any more; grant read access or match by another field"))
        }
    }

    private static func field(
        of state: DesiredState, _ description: ObjectDescription
    ) -> String? {
        let matchers: [MatcherValue] =
            switch state.matchers {
            case .any(let values, _), .all(let values): values
            case .none: []
            }
        return matchers.map(\.field).first { name in
            guard let field = description.field(name) else {
                // Of a path that leads nowhere the plan says more, and no query asks for it.
                return name != "Id" && !RelationshipPath.isPath(name)
            }
            return name != "Id" && !field.isFilterable
        }
    }
}

extension ObjectPlan {
    /// Says which keys' records have become others.
    mutating func relink(_ merges: Merges) {
        for record in records.values.sorted(by: { $0.id < $1.id }) {
            for from in record.delivery.links {
                guard let to = merges.winner(of: from) else { continue }
                relinked.append(
                    RelinkEntry(key: record.reference, from: from, to: to, reason: .merged))
            }
        }
    }

    /// A record that people deleted is made anew once, when an event asks for it again. When they
    /// delete that one as well, they mean it: it is not made a third time.
    mutating func leaveOutDeleted() {
        var kept: [Operation] = []
        for operation in plan.operations {
            let unwanted = operation.keys.compactMap { records[$0] }
                .filter { $0.delivery.replacements > 0 }.compactMap(\.delivery.link)
            guard operation.kind == .create, !unwanted.isEmpty else {
                kept.append(operation)
                continue
            }
            let message =
                "\(description.name) \(unwanted[0]) was deleted in Salesforce, as was the one "
                + "before it; `tidemark retry` makes it once more"
            plan.blocked += operation.keys.map {
                BlockedKey(
                    key: $0, object: description.name, code: .deleted, message: message,
                    recordIDs: unwanted)
            }
        }
        plan.operations = kept
    }
}
