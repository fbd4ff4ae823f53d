import Projection
import Reconciliation

/// What sending plans would cost: altogether, and by lane.
package struct PlanPrice: Sendable, Hashable {
    package struct Share: Sendable, Hashable {
        package var apiCalls = 0
        package var bulkJobs = 0
        package var records = 0
    }

    package private(set) var lanes: [Lane: Share] = [:]

    package var apiCalls: Int { lanes.values.reduce(0) { $0 + $1.apiCalls } }
    package var bulkJobs: Int { lanes.values.reduce(0) { $0 + $1.bulkJobs } }

    /// - Parameter plans: those of all rounds, as delivery would make them.
    package init(_ plans: [ObjectPlan], limits: DeliveryLimits) {
        let choice = LaneChoice(limits)
        var counts: [String: [JobGroup: Int]] = [:]
        for plan in plans {
            for case let group? in plan.plan.operations.map({
                JobGroup($0, records: plan.records, saving: plan.saving)
            }) {
                counts[plan.description.name, default: [:]][group, default: 0] += 1
            }
        }
        let jobs = counts.mapValues { groups in
            groups.filter { choice.lane(for: $0.value) == .bulk }
        }
        for count in jobs.values.flatMap(\.values) {
            let price = choice.job(for: count)
            add(
                Share(apiCalls: price.apiCalls, bulkJobs: price.bulkJobs, records: count),
                to: .bulk)
        }
        let composer = BatchComposer(limits: limits)
        let packing = CallPacking(limits: limits)
        for var plan in plans {
            let groups = jobs[plan.description.name] ?? [:]
            let (records, saving) = (plan.records, plan.saving)
            plan.plan.operations.removeAll { operation in
                JobGroup(operation, records: records, saving: saving)
                    .map { groups[$0] != nil } ?? false
            }
            for call in packing.calls(composer.compose(plan).batches) {
                add(Share(apiCalls: 1, records: call.recordCount), to: call.lane)
            }
        }
    }

    private mutating func add(_ share: Share, to lane: Lane) {
        lanes[lane, default: Share()].apiCalls += share.apiCalls
        lanes[lane, default: Share()].bulkJobs += share.bulkJobs
        lanes[lane, default: Share()].records += share.records
    }
}
