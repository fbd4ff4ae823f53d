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
        /// Every further call of the object would be refused alike.
        case stopObject(String)
        /// The whole org: see ``Health``.
        case callFailed(reason: String, after: Duration?)
        case pause(String)
    }

    package let results: [OperationResult]
    /// Keys that come again, and not before when.
    package let postponed: [UInt64: Duration]
    package let consequence: Consequence

    /// - Parameters:
    ///   - attempts: by key, answers in a row before this one that asked to come again.
    ///   - random: one draw for each key that is postponed.
    package static func answered(
        _ answers: [CollectionsResult], of batch: Batch, attempts: [UInt64: Int],
        policy: RetryPolicy, random: () -> Double
    ) -> OutcomeClassification {
        var results: [OperationResult] = []
        var postponed: [UInt64: Duration] = [:]
        var consequence = Consequence.none
        for (index, answer) in answers.enumerated() {
            switch answer {
            case .succeeded(let id, let created):
                results.append(
                    OperationResult(
                        index: index, status: .succeeded, recordID: id, wasCreated: created))
            case .failed(let error):
                let keys = batch.keys[index]
                let attempt = (keys.compactMap { attempts[$0] }.max() ?? 0) + 1
                let kind = batch.operations[index].kind
                let step = Step(
                    error: error, kind: kind, attempt: attempt, policy: policy, random: random)
                results.append(
                    step.result(index: index, recordID: batch.operations[index].recordID))
                if let delay = step.delay { for key in keys { postponed[key] = delay } }
                consequence = consequence.joined(step.consequence)
            }
        }
        // One record's missing right is its own; the object's is that of all it was sent with.
        if case .stopObject = consequence, !answers.areAllRefusedAsObject { consequence = .none }
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
            let step = Step(error: error, kind: kind, attempt: 1, policy: policy, random: { 0 })
            if case .pause(let reason) = step.consequence {
                return (step.result(index: index, recordID: nil), reason)
            }
            if case .stopObject = step.consequence {
                return (
                    OperationResult(
                        index: index, status: .again, code: error.code, message: error.message), nil
                )
            }
            return (step.result(index: index, recordID: nil), nil)
        }
    }

    /// The request as a whole failed.
    ///
    /// - Parameter doubts: by key, sendings in a row before this one that stayed without an answer.
    package static func failed(
        _ error: SalesforceError, of batch: Batch, doubts: [UInt64: Int],
        policy: RetryPolicy, random: () -> Double
    ) -> OutcomeClassification {
        let reason = "\(error)"
        let isAlone = batch.operations.count == 1
        let status: OperationResult.Status
        var consequence = Consequence.none
        var after: Duration?
        var isPostponed = false
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
        case .observeAgain: status = .again
        case .reauthorise:
            status = .again
            consequence = .pause(reason)
        case .pause:
            status = .again
            consequence = .pause(reason)
        case .park: status = .failed
        case .stopObject:
            // A request alone tells what refuses it. Of several records one may be to blame, or a
            // field that is gone: the next look, by a description asked for anew, tells by key.
            status = isAlone ? .failed : .again
            consequence = .stopObject(reason)
        case .split:
            status = isAlone ? .failed : .again
            consequence = isAlone ? .none : .split
        }
        let results = batch.operations.indices.map { index in
            OperationResult(
                index: index, status: status, code: error.code, message: reason,
                // Refused for its object, a record counts the attempt: see ``BatchComposer``.
                isWholeRequest: error.disposition == .stopObject ? nil : true)
        }
        var postponed: [UInt64: Duration] = [:]
        for key in batch.keys.flatMap(\.self) where isPostponed {
            postponed[key] = policy.delay(
                attempt: (doubts[key] ?? 0) + 1, minimum: after, random: random())
        }
        return OutcomeClassification(
            results: results, postponed: postponed, consequence: consequence)
    }
}

extension OutcomeClassification.Consequence {
    /// Of two records' consequences the one that concerns more.
    fileprivate func joined(_ other: Self) -> Self {
        switch (self, other) {
        case (_, .none), (.pause, _): self
        case (.none, _), (_, .pause): other
        default: self
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

    init(
        error: RecordError, kind: OperationKind, attempt: Int, policy: RetryPolicy,
        random: () -> Double
    ) {
        self.error = error
        status = .failed
        if kind == .delete, error.code == "ENTITY_IS_DELETED" {
            // Somebody, or an earlier try of ours, deleted it: that is what was wanted.
            status = .succeeded
            return
        }
        switch error.disposition {
        case .retry(let after):
            comeAgain(policy.verdict(attempt: attempt, minimum: after, random: random()))
        // The record changed under us, or the company it was sent in was the matter: look again,
        // soon.
        case .observeAgain, .split, .inDoubt:
            comeAgain(policy.verdict(attempt: attempt, minimum: nil, random: random()))
        case .park: break
        case .stopObject: consequence = .stopObject("\(error)")
        case .reauthorise, .pause:
            status = .again
            consequence = .pause("\(error)")
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
        OperationResult(
            index: index, status: status, recordID: status == .succeeded ? recordID : nil,
            code: error.code, message: message, park: park)
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
