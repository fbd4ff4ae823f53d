import EventLog
import Projection
import Reconciliation
import Records
import Salesforce

/// Observes and reconciles: dirty keys in, a judged plan out. Sends nothing but reads.
package struct Planner: Sendable {
    let configuration: ConfigurationEntry
    let state: StateStore
    private let log: LogReader
    private let client: SalesforceClient
    private let scan: ScanIndex?

    /// - Parameter scan: all records that concern any key of the object that is planned; without
    ///   it, each key is asked for.
    package init(
        configuration: ConfigurationEntry, state: StateStore, log: LogReader,
        client: SalesforceClient, scan: ScanIndex? = nil
    ) {
        self.scan = scan
        self.configuration = configuration
        self.state = state
        self.log = log
        self.client = client
    }

    /// Why a plan could not be made.
    package enum Failure: Error, Sendable {
        case delivery(DeliveryError)
        /// A query did not come through: nothing is known, so nothing is planned.
        case salesforce(SalesforceError)
    }

    /// The plans for `records`, one for each object, in the order of objects' names.
    ///
    /// - Parameter doubts: what is in doubt, and must not be created a second time under another
    ///   key.
    package func plan(
        _ records: [DesiredRecord], beside doubts: Doubts = Doubts()
    ) async throws(Failure) -> [ObjectPlan] {
        var parents = RoundParents()
        return try await plan(records, beside: doubts, parents: &parents)
    }

    /// The same for one wave of a round.
    ///
    /// - Parameter parents: what the round knows of parents; the wave adds to it.
    package func plan(
        _ records: [DesiredRecord], beside doubts: Doubts, parents: inout RoundParents
    ) async throws(Failure) -> [ObjectPlan] {
        var plans: [ObjectPlan] = []
        let byObject = Dictionary(grouping: records, by: \.object)
        for object in byObject.keys.sorted() {
            guard let description = configuration.description(of: object) else { continue }
            var plan = try await plan(
                byObject[object] ?? [], beside: doubts.records.filter { $0.object == object },
                description: description, parents: &parents)
            if doubts.objects.contains(object) { plan.plan.operations.removeAll(where: \.isCreate) }
            plans.append(plan)
        }
        return plans
    }

    private func plan(
        _ records: [DesiredRecord], beside doubtful: [DesiredRecord],
        description: ObjectDescription, parents: inout RoundParents
    ) async throws(Failure) -> ObjectPlan {
        let desired = try states(records)
        let waiting = try states(doubtful)
        let observation = Observation(
            desired: desired, description: description)
        var observed: [RecordID: Record] = [:]
        do throws(SalesforceError) {
            let scanned = scan?.records(for: (records + doubtful).map(\.id))
            let found: [Record]
            if let scanned {
                found = scanned
            } else {
                found = try await client.query(observation.queries)
            }
            for record in found { observed[record.id] = record }
        } catch {
            throw .salesforce(error)
        }
        let refused = Set(observation.refused.map(\.key))
        let siblings = try siblings(
            of: observed, besides: records + doubtful, object: description.name)
        let unresolved =
            desired.filter { !refused.contains($0.key) } + waiting + (try states(siblings))
        let look = ParentLook(configuration: configuration, state: state, client: client)
        try await look.look(for: unresolved.parents, into: &parents)
        let wanted = unresolved.map { $0.resolved(with: parents.known) }
        let found = observed.values.sorted { $0.id.description < $1.id.description }
        var plan = reconcile(desired: wanted, observed: found, description: description)
        let violations = judge(
            plan, desired: wanted, observed: found, description: description)
        guard violations.isEmpty else {
            throw .delivery(
                .planRefused(object: description.name, violations: violations))
        }
        plan.leaveOut(Set(waiting.map(\.key)))
        plan.blocked += observation.refused
        return ObjectPlan(
            description: description,
            records: Dictionary(uniqueKeysWithValues: (records + siblings).map { ($0.id, $0) }),
            observed: observed, plan: plan)
    }

    /// Other keys of the records that were found. Keys that resolve to one record are one piece of
    /// work: a dirty key alone would write its older values over those that a settled one brought.
    private func siblings(
        of observed: [RecordID: Record], besides known: [DesiredRecord], object: String
    ) throws(Failure) -> [DesiredRecord] {
        do {
            let knownIDs = Set(known.map(\.id))
            var ids: Set<UInt64> = []
            for id in observed.keys { ids.formUnion(try state.ids(linkedTo: id)) }
            return try state.records(ids.subtracting(knownIDs).sorted()).filter { record in
                record.object == object
                    && (record.delivery.status == .settled || record.delivery.status == .dirty)
            }
        } catch {
            throw .delivery(.projection(error))
        }
    }

    private func states(_ records: [DesiredRecord]) throws(Failure) -> [DesiredState] {
        do {
            return try DesiredStates(configuration: configuration, log: log).make(records)
        } catch {
            throw .delivery(error)
        }
    }
}
