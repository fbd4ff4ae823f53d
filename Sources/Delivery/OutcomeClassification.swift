import Projection
import Records
import Salesforce

/// What an answer means for the operations of a batch: pure; one `switch` on the disposition that
/// the client's errors carry.
package struct OutcomeClassification: Sendable {
    /// What else the answer asks for, besides the results.
    package enum Consequence: Sendable, Hashable {
        case none
        /// The request was refused as a whole for something inside it, and has more than one
        /// record.
        case split
        /// Some record's refusal lies in the object's fields or rights: perhaps they are described
        /// otherwise by now.
        case describeAgain(String)
        /// Every further call of the object would be refused alike.
        case stopObject(String)
        /// The whole org, and fewer calls at once: see ``CallConcurrency``.
        case slowDown(reason: String, after: Duration)
        /// The whole org: see ``Health``.
        case callFailed(reason: String, after: Duration?)
        case pause(String)
    }

    package let results: [OperationResult]
    /// Keys that come again, and not before when.
    package let postponed: [UInt64: Duration]
    package let consequence: Consequence

    /// How the keys of a batch fared before it.
    package struct Past: Sendable {
        /// By key, answers in a row that asked to come again.
        package let attempts: [UInt64: Int]
        /// By key, sendings in a row that stayed without an answer.
        package let doubts: [UInt64: Int]
        /// Records that this user created and no key is linked to, among those that the answers
        /// name.
        package var ownRecords: Set<RecordID> = []

        package init(attempts: [UInt64: Int] = [:], doubts: [UInt64: Int] = [:]) {
            self.attempts = attempts
            self.doubts = doubts
        }

        fileprivate func attempts(of keys: [UInt64]) -> Int {
            keys.compactMap { attempts[$0] }.max() ?? 0
        }

        fileprivate func doubts(of keys: [UInt64]) -> Int {
            keys.compactMap { doubts[$0] }.max() ?? 0
        }
    }

    /// - Parameter random: one draw for each key that is postponed.
    package static func answered(
        _ answers: [CollectionsResult], of batch: Batch, past: Past, policy: RetryPolicy,
        random: () -> Double
    ) -> OutcomeClassification {
        var results: [OperationResult] = []
        var postponed: [UInt64: Duration] = [:]
        var consequence = Consequence.none
        let isObjectRefused = answers.areAllRefusedAsObject
        for (index, answer) in answers.enumerated() {
            switch answer {
            case .succeeded(let id, let created):
                results.append(
                    OperationResult(
                        index: index, status: .succeeded, recordID: id, wasCreated: created))
            case .failed(let error):
                let keys = batch.keys[index]
                let step = Step(
                    error: error, kind: batch.operations[index].kind,
                    attempt: past.attempts(of: keys) + 1,
                    adoptable: past.doubts(of: keys) > 0 ? past.ownRecords : [],
                    isObjectRefused: isObjectRefused, policy: policy, random: random)
                results.append(
                    step.result(index: index, recordID: batch.operations[index].recordID))
                if let delay = step.delay { for key in keys { postponed[key] = delay } }
                consequence = consequence.joined(step.consequence)
            }
        }
        return OutcomeClassification(
            results: results, postponed: postponed, consequence: consequence)
    }

    /// What the answer for one row of a job means. What concerns its whole object, or its company,
    /// comes again by a call: one refusal of a few records says as much as a million.
    package static func row(
        _ answer: CollectionsResult, index: Int, kind: OperationKind, policy: RetryPolicy
    ) -> (result: OperationResult, pause: String?) {
        switch answer {
        case .succeeded(let id, let created):
            return (
                OperationResult(
                    index: index, status: .succeeded, recordID: id, wasCreated: created), nil
            )
        case .failed(let error):
            let step = Step(
                error: error, kind: kind, attempt: 1, adoptable: [], isObjectRefused: false,
                policy: policy, random: { 0 })
            if case .pause(let reason) = step.consequence {
                return (step.result(index: index, recordID: nil), reason)
            }
            return (step.result(index: index, recordID: nil), nil)
        }
    }

    /// The request as a whole failed.
    package static func failed(
        _ error: SalesforceError, of batch: Batch, past: Past, policy: RetryPolicy,
        random: () -> Double
    ) -> OutcomeClassification {
        let reason = "\(error)"
        let whole = WholeRequest(error, isAlone: batch.operations.count == 1)
        let results = batch.operations.indices.map { index in
            OperationResult(
                index: index, status: whole.status, code: error.code, message: reason,
                isWholeRequest: true)
        }
        var postponed: [UInt64: Duration] = [:]
        for key in batch.keys.flatMap(\.self) where whole.isPostponed {
            postponed[key] = policy.delay(
                attempt: past.doubts(of: [key]) + 1, minimum: whole.after, random: random())
        }
        return OutcomeClassification(
            results: results, postponed: postponed, consequence: whole.consequence)
    }
}

/// What the error of a whole request means for each of its records.
private struct WholeRequest {
    let status: OperationResult.Status
    var consequence = OutcomeClassification.Consequence.none
    var after: Duration?
    var isPostponed = false

    init(_ error: SalesforceError, isAlone: Bool) {
        let reason = "\(error)"
        switch error.disposition {
        case .inDoubt:
            status = .inDoubt
            isPostponed = true
            consequence = .callFailed(reason: reason, after: nil)
        case .retry(let named):
            status = .again
            after = named
            isPostponed = true
            consequence = .callFailed(reason: reason, after: named)
        case .slowDown(let named):
            status = .again
            after = named
            isPostponed = true
            consequence = .slowDown(reason: reason, after: named)
        case .observeAgain: status = .again
        case .reauthorise, .pause:
            status = .again
            consequence = .pause(reason)
        case .park: status = .failed
        // Not one of these records is to blame: all wait with their object.
        case .stopObject:
            status = .again
            consequence = .stopObject(reason)
        case .split:
            status = isAlone ? .failed : .again
            consequence = isAlone ? .none : .split
        }
    }
}

extension OutcomeClassification.Consequence {
    /// Of two records' consequences the one that concerns more.
    fileprivate func joined(_ other: Self) -> Self { other.reach > reach ? other : self }

    private var reach: Int {
        switch self {
        case .none: 0
        case .split: 1
        case .describeAgain: 2
        case .stopObject: 3
        case .slowDown: 4
        case .callFailed: 5
        case .pause: 6
        }
    }
}

extension [CollectionsResult] {
    /// Several records, and each refused for what concerns its whole object.
    fileprivate var areAllRefusedAsObject: Bool {
        count > 1
            && allSatisfy { answer in
                if case .failed(let error) = answer { return error.disposition == .stopObject }
                return false
            }
    }
}

/// What one record's error means for its keys.
private struct Step {
    let error: RecordError
    private(set) var status: OperationResult.Status
    private(set) var park: ParkReason?
    private(set) var delay: Duration?
    private(set) var consequence = OutcomeClassification.Consequence.none
    /// The record that a create without an answer made.
    private(set) var adopted: RecordID?

    init(
        error: RecordError, kind: OperationKind, attempt: Int, adoptable: Set<RecordID>,
        isObjectRefused: Bool, policy: RetryPolicy, random: () -> Double
    ) {
        self.error = error
        status = .failed
        if kind == .delete, error.code == "ENTITY_IS_DELETED" {
            // Somebody, or an earlier try of ours, deleted it: that is what was wanted.
            status = .succeeded
            return
        }
        if let named = error.duplicateOf {
            // A unique value is another record's. After a create that stayed without an answer
            // that record can be our own: it is the key's from now on. Otherwise a look may find
            // it, once: what no matcher finds is somebody else's, and a person must decide.
            if kind == .create, adoptable.contains(named) {
                status = .again
                adopted = named
                return
            }
            if attempt > 1 { return }
        }
        switch error.disposition {
        case .retry(let after):
            comeAgain(policy.verdict(attempt: attempt, minimum: after, random: random()))
        case .slowDown(let after):
            comeAgain(policy.verdict(attempt: attempt, minimum: after, random: random()))
            consequence = .slowDown(reason: "\(error)", after: after)
        // The record changed under us, or the company it was sent in was the matter: look again,
        // soon.
        case .observeAgain, .split, .inDoubt:
            comeAgain(policy.verdict(attempt: attempt, minimum: nil, random: random()))
        case .park: park = error.code == "DUPLICATES_DETECTED" ? .duplicate : nil
        case .stopObject: blameObject(isObjectRefused, attempt: attempt)
        case .reauthorise, .pause:
            status = .again
            consequence = .pause("\(error)")
        }
    }

    /// A field or a right is missing: the whole object's matter when all its records are refused;
    /// perhaps one record's own, when the object as it is described now is refused for it again.
    private mutating func blameObject(_ isObjectRefused: Bool, attempt: Int) {
        if isObjectRefused {
            status = .again
            consequence = .stopObject("\(error)")
        } else if attempt == 1 {
            status = .again
            consequence = .describeAgain("\(error)")
        }
    }

    private mutating func comeAgain(_ verdict: RetryPolicy.Verdict) {
        switch verdict {
        case .again(let after):
            status = .again
            delay = after
        case .exhausted: park = .retriesExhausted
        }
    }

    func result(index: Int, recordID: RecordID?) -> OperationResult {
        let named = status == .failed ? error.duplicateOf.map { [$0] } : nil
        return OperationResult(
            index: index, status: status,
            recordID: status == .succeeded ? recordID : adopted, code: error.code,
            message: message, park: park, recordIDs: named)
    }

    /// Salesforce's sentence, with the fields that it may leave out of it.
    private var message: String {
        let unnamed = error.fields.filter { !error.message.contains($0) }
        return unnamed.isEmpty
            ? error.message : unnamed.joined(separator: ", ") + ": " + error.message
    }
}

extension SalesforceError {
    /// A short code for the log and the audit.
    var code: String {
        switch self {
        case .invalidSettings: "INVALID_SETTINGS"
        case .invalidRequest: "INVALID_REQUEST"
        case .allocationShareUsed: "ALLOCATION_SHARE_USED"
        case .notSent: "NOT_SENT"
        case .noAnswer: "NO_ANSWER"
        case .unreadableAnswer: "UNREADABLE_ANSWER"
        case .refused(_, _, let errors, _): errors.first?.code ?? "REFUSED"
        case .notAuthorized(_, let code): code
        case .notConnected: "NOT_CONNECTED"
        case .grantUnusable: "GRANT_UNUSABLE"
        case .instanceRefused: "INSTANCE_REFUSED"
        case .organizationChanged: "ORGANIZATION_CHANGED"
        }
    }
}
