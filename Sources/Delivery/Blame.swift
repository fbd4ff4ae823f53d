import Salesforce

/// Who is to blame when Salesforce refuses records for what may lie in their whole object: the
/// object, or only some of its keys. Pure.
///
/// A refusal of a whole request that names a field is taken to be about the records that write the
/// field; one that names none is looked for by halves. As soon as anything of the object comes
/// through, the object is not to blame: what is refused then is the keys' own. As long as nothing
/// does, few calls are spent on the question.
struct Blame {
    /// Requests of one plan that may be refused before its object is stopped: enough to find one
    /// key among 200 while nothing came through…
    static let refusedCountMax = 16
    /// …and several, once something has.
    static let refusedCountMaxWhenProven = 64

    private var refusedCount = 0
    /// Something of the object came through.
    private(set) var isProven = false
    /// Keys that were refused by themselves, each with the reason.
    private(set) var suspects: [UInt64: String] = [:]

    /// Whether a refusal is being looked into.
    var isUnderWay: Bool { refusedCount > 0 }

    /// Whether more requests may be spent.
    var goesOn: Bool {
        refusedCount < (isProven ? Self.refusedCountMaxWhenProven : Self.refusedCountMax)
    }

    /// Takes the answers of a wave.
    ///
    /// - Returns: the batches to send next, because one of their records may be to blame for all.
    mutating func take(
        _ sent: [DeliveryEngine.SentBatch], _ composer: BatchComposer, _ plan: ObjectPlan
    ) -> [Batch] {
        var again: [Batch] = []
        for part in sent {
            guard case .stopObject(let reason) = part.consequence else {
                isProven = isProven || part.isTaken
                continue
            }
            refusedCount += 1
            let batch = part.batch
            guard part.isRefusedWhole, batch.keys.count > 1 else {
                suspect(batch.keys.joined(), reason)
                continue
            }
            let writers = batch.writers(of: part.namedFields)
            if writers.isEmpty || writers.count == batch.keys.count {
                again += composer.halves(of: batch, plan: plan)
            } else {
                suspect(writers.map { batch.keys[$0] }.joined(), reason)
                again += composer.rest(of: batch, without: writers, plan: plan)
            }
        }
        return again
    }

    private mutating func suspect(_ keys: some Sequence<UInt64>, _ reason: String) {
        for key in keys { suspects[key] = reason }
    }
}

extension DeliveryEngine.SentBatch {
    /// Salesforce took the request, and refused no record of it for its object.
    fileprivate var isTaken: Bool {
        switch consequence {
        case .none: true
        case .describeAgain: batch.keys.count > 1
        case .split, .stopObject, .slowDown, .callFailed, .pause: false
        }
    }
}

extension Batch {
    /// Places of the operations that write any of `fields`.
    fileprivate func writers(of fields: [String]) -> Set<Int> {
        let names = Set(fields.map { $0.lowercased() })
        return Set(
            operations.indices.filter { index in
                operations[index].changes.contains { names.contains($0.field.lowercased()) }
            })
    }
}

extension SalesforceError {
    /// The fields that a refusal names.
    var namedFields: [String] {
        guard case .refused(_, _, let errors, _) = self else { return [] }
        return errors.flatMap { error in
            error.fields.isEmpty ? error.namedColumn.map { [$0] } ?? [] : error.fields
        }
    }
}
