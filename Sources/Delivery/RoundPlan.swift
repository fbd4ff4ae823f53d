import Projection
import Reconciliation
import Records
import Salesforce

/// What one round would do about the dirty keys of one object: the plan beside what it was made
/// from.
package struct ObjectPlan: Sendable {
    package let description: ObjectDescription
    /// The rows, by key.
    package let records: [UInt64: DesiredRecord]
    package let observed: [RecordID: Record]
    package var plan: Plan
    /// Deletes that wait for a person, with the reason.
    package var held: [HeldDelete] = []
    /// Keys whose record is another one since people merged or converted it.
    package var relinked: [RelinkEntry] = []
    /// By key of a create: lookups that it leaves to an update, as their parents come after it.
    package var withheld: [UInt64: [String]] = [:]
    /// Under which rules of the org the records are saved.
    package var saving = SavingRules.usual

    package init(
        description: ObjectDescription, records: [UInt64: DesiredRecord],
        observed: [RecordID: Record], plan: Plan
    ) {
        self.description = description
        self.records = records
        self.observed = observed
        self.plan = plan
    }

    /// The keys of an operation, each with the state of it that the plan is about.
    package func versions(_ keys: [UInt64]) -> [KeyVersion] {
        keys.compactMap { records[$0]?.version }
    }
}

/// A delete that nothing sends before a person says so.
package struct HeldDelete: Sendable, Hashable {
    package let operation: Operation
    package let message: String
}

extension DesiredRecord {
    /// The key, and the state of it that is desired now.
    package var version: KeyVersion { KeyVersion(key: reference, version: changedAt) }

    /// A person has let the delete of the present state go.
    var isDeleteApproved: Bool { delivery.approvedVersion == changedAt }
}

extension ObjectPlan {
    /// Takes deletes out of the plan that must wait for a person: all of them when the settings
    /// hold deletes, or when one round would delete more than the brake lets through. A person's
    /// approval of a key's present state lets its delete go.
    ///
    /// - Parameter waitingCount: deletes that wait beside this plan's own, in later rounds or for a
    ///   person: a flood of deletes must not pass the brake because rounds are small.
    package mutating func hold(
        _ settings: DeliverySettings, linkedCount: Int, waitingCount: Int = 0
    ) {
        let unapproved = plan.operations.filter { $0.kind == .delete && !isApproved($0) }
        let count = max(unapproved.count, waitingCount)
        let brakeLimit = max(
            settings.brakeCount, Int(Double(linkedCount) * settings.brakeShare))
        let message: String
        if settings.holdsDeletes {
            message =
                "deletes are held (salesforce.deletes: hold); `tidemark retry` lets this one go"
        } else if count > brakeLimit {
            message =
                "\(count) deletes at once are more than the brake lets through "
                + "(\(brakeLimit)); `tidemark retry --reason held` lets them go"
        } else {
            return
        }
        held = unapproved.map { HeldDelete(operation: $0, message: message) }
        let kept = plan.operations.filter { $0.kind != .delete || isApproved($0) }
        plan.operations = kept
    }

    private func isApproved(_ operation: Operation) -> Bool {
        operation.keys.contains { records[$0]?.isDeleteApproved ?? false }
    }

    /// What observing alone decided: keys that agree, and keys that are blocked. Nothing of it
    /// needs a call.
    package var observationOutcome: OutcomeEntry {
        let rewritten = plan.rewrittenNames
        return OutcomeEntry(
            settled: plan.settled.compactMap { settled in
                records[settled.key].map {
                    SettledEntry(
                        key: $0.version, recordID: settled.recordID,
                        rewritten: rewritten[settled.key])
                }
            },
            blocked: plan.blocked.compactMap(blockedEntry) + held.flatMap(heldEntries),
            relinked: relinked.isEmpty ? nil : relinked)
    }

    private func blockedEntry(_ blocked: BlockedKey) -> BlockedEntry? {
        records[blocked.key].map {
            BlockedEntry(
                key: $0.version, reason: ParkReason(blocked.code), status: blocked.status,
                message: blocked.message, recordIDs: blocked.recordIDs, field: blocked.field)
        }
    }

    private func heldEntries(_ held: HeldDelete) -> [BlockedEntry] {
        versions(held.operation.keys).map {
            BlockedEntry(
                key: $0, reason: .held, status: 202, message: held.message,
                recordIDs: held.operation.recordID.map { [$0] } ?? [])
        }
    }
}

extension Plan {
    /// Takes out everything about `keys`, which are in doubt: what other keys would share with them
    /// waits as well.
    mutating func leaveOut(_ keys: Set<UInt64>) {
        guard !keys.isEmpty else { return }
        operations.removeAll { !keys.isDisjoint(with: $0.keys) }
        settled.removeAll { keys.contains($0.key) }
        blocked.removeAll { keys.contains($0.key) }
        deferred.removeAll { keys.contains($0.key) }
        rewritten.removeAll { !keys.isDisjoint(with: $0.keys) }
    }

    /// By key: the fields that Salesforce rewrites.
    fileprivate var rewrittenNames: [UInt64: [String]] {
        var names: [UInt64: [String]] = [:]
        for field in rewritten {
            for key in field.keys { names[key, default: []].append(field.field) }
        }
        return names
    }
}

extension Operation {
    var isCreate: Bool { kind == .create }
}

extension ParkReason {
    init(_ code: BlockedKey.Code) {
        switch code {
        case .ambiguous: self = .ambiguous
        case .notFound: self = .notFound
        case .rejected: self = .rejected
        case .waitingForParent: self = .waitingForParent
        case .parentMissing: self = .parentMissing
        case .parentAmbiguous: self = .parentAmbiguous
        case .deleted: self = .deleted
        case .converted: self = .converted
        case .defect: self = .defect
        }
    }
}
