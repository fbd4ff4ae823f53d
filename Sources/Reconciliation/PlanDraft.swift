import Records

/// A plan being made, one piece of work at a time.
struct PlanDraft {
    let description: ObjectDescription
    private(set) var plan = Plan()

    init(_ description: ObjectDescription) { self.description = description }

    mutating func settle(_ keys: [UInt64], with record: RecordID?) {
        plan.settled += keys.map { SettledKey(key: $0, recordID: record) }
    }

    mutating func postpone(_ key: UInt64, until operationKeys: Set<UInt64>) {
        plan.deferred.append(DeferredKey(key: key, waitsFor: operationKeys.sorted()))
    }

    mutating func block(
        _ keys: [UInt64], _ code: BlockedKey.Code, _ message: String, records: [RecordID] = []
    ) {
        plan.blocked += keys.map {
            BlockedKey(
                key: $0, object: description.name, code: code, message: message, recordIDs: records)
        }
    }

    mutating func block(_ keys: [UInt64], _ refusal: Refusal) {
        guard let obstacle = refusal.obstacle else {
            return block(keys, .rejected, refusal.message)
        }
        plan.blocked += keys.map {
            BlockedKey(
                key: $0, object: description.name, code: obstacle.code, message: obstacle.message,
                recordIDs: obstacle.recordIDs, field: refusal.field)
        }
    }

    /// Makes the one record that `states` resolve to what they want.
    mutating func change(_ record: Record, for states: [DesiredState]) {
        let piece = WorkPiece(states, description: description)
        if piece.presence == .absent {
            delete(record, piece)
            return
        }
        do throws(Refusal) {
            let changes = try piece.changes(on: record)
            let companions = try piece.companions(of: changes, on: record, description)
            if !changes.isEmpty, !description.isUpdateable {
                throw .objectRefuses(description.name, .update)
            }
            plan.rewritten += piece.rewritten(on: record)
            if changes.isEmpty {
                settle(piece.keys, with: record.id)
                return
            }
            append(
                .update, piece, record.id, (changes + companions).sorted { $0.field < $1.field },
                Reason.update(changes))
        } catch {
            let others = withdraw(piece, for: error)
            if !others.isEmpty { change(record, for: others) }
        }
    }

    /// Creates the record that `states` want and none matches; keys that only want it gone, or only
    /// if it exists, are answered without one.
    mutating func create(for states: [DesiredState]) {
        let piece = WorkPiece(states, description: description)
        switch piece.presence {
        case .absent: settle(piece.keys, with: nil)
        case .ifExists:
            for state in piece.states {
                block([state.key], .notFound, Reason.notFound(description.name, state.matchers))
            }
        case .exists, .new:
            do throws(Refusal) {
                guard description.isCreateable else {
                    throw .objectRefuses(description.name, .create)
                }
                let changes = try piece.creation(description)
                append(.create, piece, nil, changes, Reason.create(piece))
            } catch {
                createOneByOne(withdraw(piece, for: error))
            }
        }
    }

    /// Goes on with the keys of a piece that lost one: the first that creates a record, the others
    /// once that is there. Merged anew they might make a record which keys outside the piece would
    /// match.
    private mutating func createOneByOne(_ states: [DesiredState]) {
        let creatorsFirst =
            states.filter { $0.presence == .exists } + states.filter { $0.presence != .exists }
        let countBefore = plan.operations.count
        for state in creatorsFirst {
            if plan.operations.count > countBefore, let first = plan.operations.last {
                postpone(state.key, until: Set(first.keys))
            } else {
                create(for: [state])
            }
        }
    }

    private mutating func delete(_ record: Record, _ piece: WorkPiece) {
        guard description.isDeletable else {
            block(piece.keys, .objectRefuses(description.name, .delete))
            return
        }
        append(.delete, piece, record.id, [], Reason.delete)
    }

    private mutating func append(
        _ kind: Operation.Kind, _ piece: WorkPiece, _ record: RecordID?, _ changes: [Change],
        _ reason: String
    ) {
        let upsertField = kind == .create ? piece.upsertField(changes, description) : nil
        plan.operations.append(
            Operation(
                kind: kind, object: description.name, keys: piece.keys, recordID: record,
                upsertField: upsertField, changes: changes,
                reason: Reason.joined(reason, keyCount: piece.keys.count)))
    }

    /// Blocks the key to blame, and gives back the others, which go on without it.
    ///
    /// All are blocked when no single key is to blame, or when the others alone would want the
    /// record gone: an upsert with a bad value must not turn into a delete.
    private mutating func withdraw(_ piece: WorkPiece, for refusal: Refusal) -> [DesiredState] {
        let blamed = piece.fields.first { $0.name == refusal.field }?.key
        let others = blamed.map { key in piece.states.filter { $0.key != key } } ?? []
        guard let blamed, !others.isEmpty,
            WorkPiece(others, description: description).presence != .absent
        else {
            block(piece.keys, refusal)
            return []
        }
        block([blamed], refusal)
        return others
    }

    /// The plan in its one order, whatever the order of the input.
    ///
    /// Deletes come last, so that a plan that stops half way has kept rather than lost; otherwise
    /// operations are ordered by their smallest key.
    func finished() -> Plan {
        Plan(
            operations: plan.operations.sorted {
                ($0.kind == .delete ? 1 : 0, $0.keys.first ?? 0)
                    < ($1.kind == .delete ? 1 : 0, $1.keys.first ?? 0)
            },
            settled: plan.settled.sorted { $0.key < $1.key },
            blocked: plan.blocked.sorted { $0.key < $1.key },
            deferred: plan.deferred.sorted { $0.key < $1.key },
            rewritten: plan.rewritten.sorted {
                ($0.keys.first ?? 0, $0.field) < ($1.keys.first ?? 0, $1.field)
            })
    }
}

/// The sentences that tell people why.
enum Reason {
    static let delete = "The latest event asks that the record be absent."

    static func create(_ piece: WorkPiece) -> String {
        guard piece.presence == .exists else {
            return "A create action asks for a new record for this event."
        }
        let matchers = piece.states.first { $0.presence == .exists }?.matchers ?? .none
        return "No record matches \(matchers.phrase)."
    }

    static func update(_ changes: [Change]) -> String {
        let names = changes.map(\.field)
        return names.count == 1
            ? "\(names[0]) differs." : "\(names.count) fields differ: \(phrase(names))."
    }

    static func notFound(_ object: String, _ matchers: Matchers) -> String {
        "no \(object) record matches \(matchers.phrase), and the action only updates; "
            + "create the record or use upsert"
    }

    static func noSuchID(_ object: String) -> String {
        "no \(object) record has this Id, and a new one would have another; correct the Id, or "
            + "match by a field as well"
    }

    static func ambiguous(_ count: Int, _ object: String, _ matchers: Matchers) -> String {
        let fields = matchers.values.isEmpty ? "the key" : matchers.phrase
        return "\(count) \(object) records match \(fields) or the link; "
            + "merge them in Salesforce, then retry the key"
    }

    static func joined(_ reason: String, keyCount: Int) -> String {
        keyCount == 1 ? reason : "\(reason) \(keyCount) keys are about this record."
    }

    private static func phrase(_ names: [String]) -> String {
        names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}
