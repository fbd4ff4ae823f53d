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
    let client: SalesforceClient
    private let scan: ScanIndex?
    let following: ConversionTarget?
    /// What makes the plans that are judged: another one in tests of what becomes of a bad plan.
    var reconciling: Reconciling = { reconcile(desired: $0, observed: $1, description: $2) }

    /// - Parameters:
    ///   - scan: all records that concern any key of the object that is planned; without it, each
    ///     key is asked for.
    ///   - following: what converted leads are followed to; `nil` for nothing.
    package init(
        configuration: ConfigurationEntry, state: StateStore, log: LogReader,
        client: SalesforceClient, scan: ScanIndex? = nil, following: ConversionTarget? = nil
    ) {
        self.scan = scan
        self.following = following
        self.configuration = configuration
        self.state = state
        self.log = log
        self.client = client
    }

    /// Why a plan could not be made.
    package enum Failure: Error, Sendable {
        case delivery(DeliveryError)
        /// A query did not come through: nothing is known, so nothing is planned. With the object
        /// that it was about.
        case salesforce(SalesforceError, object: String?)
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
        let all = try states(records)
        let unaskable = Unaskable(all, description: description)
        let refusedBefore = Set(unaskable.blocked.map(\.key))
        var desired = all.filter { !refusedBefore.contains($0.key) }
        let waiting = try states(doubtful)
        let observation = Observation(desired: desired, description: description)
        var observed = try await look(observation, for: records + doubtful, of: description.name)
        let merges = try await merges(of: desired, observed: observed, description)
        let winners = merges.queries(like: observation.queries.first, of: description.name)
        observed.merge(try await self.records(winners, of: description.name)) { found, _ in found }
        let heirs = try await heirs(of: records, description)
        let taken = heirs.queries(like: observation.queries.first, of: description.name)
        observed.merge(try await self.records(taken, of: description.name)) { found, _ in found }
        desired = desired.map(merges.followed).map(heirs.followed)
        let refused = Set(observation.refused.map(\.key))
        let siblings = try siblings(
            of: observed, besides: records + doubtful, object: description.name)
        let unresolved =
            desired.filter { !refused.contains($0.key) } + waiting + (try states(siblings))
        let look = ParentLook(configuration: configuration, state: state, client: client)
        try await look.look(for: unresolved.parents, into: &parents)
        let withheld = Withheld(unresolved, parents)
        let wanted = withheld.states
        let found = observed.values.sorted { $0.id.description < $1.id.description }
        var plan = reconciling(wanted, found, description)
        let violations = judge(
            plan, desired: wanted, observed: found, description: description)
        plan.leaveOut(Defects(violations, in: plan), object: description.name)
        plan.leaveOut(Set(waiting.map(\.key)))
        plan.blocked += observation.refused + unaskable.blocked
        var result = ObjectPlan(
            description: description,
            records: Dictionary(uniqueKeysWithValues: (records + siblings).map { ($0.id, $0) }),
            observed: observed, plan: plan)
        withheld.apply(to: &result)
        result.relink(merges)
        result.inherit(heirs)
        result.leaveOutConverted(following, succeeded: try succeeded(records, description))
        result.leaveOutDeleted()
        return result
    }

    /// Every record that concerns the keys: those of the scan, if there is one.
    private func look(
        _ observation: Observation, for records: [DesiredRecord], of object: String
    ) async throws(Failure) -> [RecordID: Record] {
        guard let scanned = scan?.records(for: records.map(\.id)) else {
            return try await self.records(observation.queries, of: object)
        }
        var observed: [RecordID: Record] = [:]
        for record in scanned { observed[record.id] = record }
        return observed
    }

    /// Every record that any of the queries finds.
    func records(
        _ queries: [Query], of object: String
    ) async throws(Failure) -> [RecordID: Record] {
        guard !queries.isEmpty else { return [:] }
        do throws(SalesforceError) {
            var observed: [RecordID: Record] = [:]
            for record in try await client.query(queries) { observed[record.id] = record }
            return observed
        } catch {
            throw .salesforce(error, object: object)
        }
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
