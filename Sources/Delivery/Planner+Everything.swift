import Projection
import Reconciliation
import Records

// A plan of all that is to be done, for people to look at: nothing of it is sent from here.

extension Planner {
    /// The plans for every dirty key, parents before the records that look them up.
    ///
    /// A record that the plan itself creates has no id yet; a lookup of it shows
    /// ``KnownParents/promisedID`` in its place, so that the plan shows what one pass would send.
    ///
    /// - Parameter pageCountMax: keys planned at one time.
    package func planEverything(
        beside doubts: Doubts, pageCountMax: Int
    ) async throws(Failure) -> [ObjectPlan] {
        let graph = ParentGraph(configuration.needs.parents)
        let ranks = Set(configuration.objects.map { graph.rank(of: $0) }).sorted()
        var plans: [ObjectPlan] = []
        var parents = RoundParents()
        // As delivery does it: deletes of records that others look up last, children first.
        let turns = ranks.map { ($0, false) } + ranks.reversed().map { ($0, true) }
        for (rank, isLast) in turns {
            var after: UInt64 = 0
            while true {
                let (records, last) = try page(after: after, countMax: pageCountMax)
                guard let last else { break }
                after = last
                let members = records.filter {
                    graph.rank(of: $0.object) == rank
                        && ($0.presence.isAbsent && graph.hasChildren($0.object)) == isLast
                }
                plans += try await plan(page: members, beside: doubts, parents: &parents)
            }
        }
        return plans
    }

    private func plan(
        page records: [DesiredRecord], beside doubts: Doubts, parents: inout RoundParents
    ) async throws(Failure) -> [ObjectPlan] {
        let byID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        let order = configuration.order(records)
        parents.circular = order.circular
        parents.openers = order.openers
        var plans: [ObjectPlan] = []
        for wave in order.waves {
            let members = wave.compactMap { byID[$0] }
            for plan in try await plan(members, beside: doubts, parents: &parents) {
                plans.append(plan)
                for key in plan.plan.operations.filter(\.isCreate).flatMap(\.keys) {
                    guard let record = plan.records[key] else { continue }
                    parents.promise(configuration.places(of: record))
                }
            }
        }
        return plans
    }

    /// - Returns: the dirty keys' rows, and the last of the ids looked at; `nil` after the end.
    private func page(
        after: UInt64, countMax: Int
    ) throws(Failure) -> (records: [DesiredRecord], last: UInt64?) {
        do {
            let ids = try state.dirtyIDs(after: after, countMax: countMax)
            return (try state.records(ids), ids.last)
        } catch {
            throw .delivery(.projection(error))
        }
    }
}
