import Projection
import Reconciliation
import Records
import Salesforce

/// What a converted lead is followed to: the contact that it became, or the account.
package enum ConversionTarget: String, Sendable, Hashable {
    case contact = "Contact"
    case account = "Account"

    /// The object whose keys take over.
    var object: String { rawValue }

    /// The lead's field with the record (Object Reference, "Lead").
    var mark: String {
        switch self {
        case .contact: PeoplesMarks.convertedContact
        case .account: PeoplesMarks.convertedAccount
        }
    }
}

/// Records that leads became, for the keys that take over from the leads' keys. Pure.
struct Heirs: Sendable, Hashable {
    struct Heir: Sendable, Hashable {
        let lead: RecordID
        let record: RecordID
    }

    fileprivate(set) var byKey: [UInt64: Heir] = [:]

    func followed(_ state: DesiredState) -> DesiredState {
        byKey[state.key].map { state.linked(to: $0.record) } ?? state
    }

    /// What asks for the records, with the fields of `query`.
    func queries(like query: Query?, of object: String) -> [Query] {
        let ids = Set(byKey.values.map(\.record)).sorted { $0.description < $1.description }
        return Query.ofRecords(ids, of: object, fields: query?.fields ?? [])
    }
}

extension Planner {
    private static let lead = "Lead"

    /// The records that keys without one take over, because the lead of the same person or firm
    /// was converted into them.
    ///
    /// The same means: the two keys are named by the same matcher field and value. Asked only about
    /// leads that a key of ours is linked to, so it costs a call in a round with such keys, and
    /// nothing where no conversion is followed.
    func heirs(
        of records: [DesiredRecord], _ description: ObjectDescription
    ) async throws(Failure) -> Heirs {
        var heirs = Heirs()
        guard let target = following, target.object == description.name,
            let leads = configuration.description(of: Self.lead), leads.field(target.mark) != nil
        else { return heirs }
        var keys: [RecordID: [UInt64]] = [:]
        for record in records
        where record.delivery.link == nil && record.form != .creation && !record.presence.isAbsent {
            let counterpart = try counterpart(of: record, in: leads.name)
            guard let lead = counterpart?.delivery.link else { continue }
            keys[lead, default: []].append(record.id)
        }
        let queries = Query.ofRecords(
            keys.keys.sorted { $0.description < $1.description }, of: leads.name,
            fields: [PeoplesMarks.isConverted, target.mark])
        for lead in try await self.records(queries, of: leads.name).values where lead.isConverted {
            guard let record = lead.converted(to: target) else { continue }
            for key in keys[lead.id] ?? [] {
                heirs.byKey[key] = Heirs.Heir(lead: lead.id, record: record)
            }
        }
        return heirs
    }

    /// Keys of leads for which keys of the object that is followed to take over.
    func succeeded(
        _ records: [DesiredRecord], _ description: ObjectDescription
    ) throws(Failure) -> Set<UInt64> {
        guard let target = following, description.name == Self.lead,
            let heirs = configuration.description(of: target.object)
        else { return [] }
        var keys: Set<UInt64> = []
        for record in records where try counterpart(of: record, in: heirs.name) != nil {
            keys.insert(record.id)
        }
        return keys
    }

    /// The key of another object that the same matcher field and value name.
    private func counterpart(
        of record: DesiredRecord, in object: String
    ) throws(Failure) -> DesiredRecord? {
        do {
            for key in record.matcherKeys {
                let other = MatcherKey(object: object, terms: key.terms)
                if let found = try state.record(named: other), !found.presence.isAbsent {
                    return found
                }
            }
            return nil
        } catch {
            throw .delivery(.projection(error))
        }
    }
}

extension ObjectPlan {
    /// Says which keys take over the records of converted leads.
    mutating func inherit(_ heirs: Heirs) {
        for (id, heir) in heirs.byKey.sorted(by: { $0.key < $1.key }) {
            guard let record = records[id], observed[heir.record] != nil else { continue }
            relinked.append(
                RelinkEntry(
                    key: record.reference, from: heir.lead, to: heir.record, reason: .converted))
        }
    }

    /// A converted lead is read-only: its keys are parked instead of refused, unless another key
    /// takes over, which leaves nothing to do.
    ///
    /// - Parameter succeeded: the keys for which another one takes over.
    mutating func leaveOutConverted(
        _ target: ConversionTarget?, succeeded: Set<UInt64>
    ) {
        var kept: [Operation] = []
        for operation in plan.operations {
            guard operation.kind == .update, let id = operation.recordID,
                let record = observed[id], record.isConverted
            else {
                kept.append(operation)
                continue
            }
            let isFollowed =
                target.flatMap { record.converted(to: $0) } != nil
                && succeeded.isSuperset(of: operation.keys)
            if isFollowed {
                plan.settled += operation.keys.map { SettledKey(key: $0, recordID: id) }
            } else {
                park(operation, of: record)
            }
        }
        plan.operations = kept
    }

    private mutating func park(_ operation: Operation, of record: Record) {
        let contact = record.converted(to: .contact)
        let message =
            "\(description.name) \(record.id) was converted"
            + (contact.map { " into contact \($0)" } ?? "")
            + " and is read-only; map the event to contacts as well"
        plan.blocked += operation.keys.map {
            BlockedKey(
                key: $0, object: description.name, code: .converted, message: message,
                recordIDs: [record.id] + (contact.map { [$0] } ?? []))
        }
    }
}

extension Record {
    fileprivate var isConverted: Bool { fields[PeoplesMarks.isConverted] == .boolean(true) }

    fileprivate func converted(to target: ConversionTarget) -> RecordID? {
        fields[target.mark]?.text.flatMap(RecordID.init(answered:))
    }
}
