import Projection

// Which keys a round takes up.

extension DeliveryEngine {
    /// The keys of one round: dirty, not postponed, of an object that takes calls, and no more than
    /// the calls that are left can serve.
    ///
    /// When there are more, half of them are those that the latest events are about: what happens
    /// now must not wait for a backlog, and the backlog not for ever for what happens now. Deletes
    /// of records that others look up come when nothing else is left, as far as a scan shows.
    func readyRecords(
        now: Duration, countMax: Int = .max
    ) throws(DeliveryError) -> [DesiredRecord] {
        let budget = CallBudget(share: settings.budgetShare)
        var round = RoundChoice(
            countMax: min(
                countMax, settings.limits.roundKeyCountMax, budget.keyCountMax(currentUse)))
        let latest = try projecting { () throws(ProjectionError) in
            try projector.state.latestDirtyIDs(
                countMax: round.countMax / 2, scanMax: settings.limits.urgentScanMax)
        }
        let graph = ParentGraph(configuration?.needs.parents ?? [:])
        try take(latest, into: &round, graph, now: now)
        var after: UInt64 = 0
        var scannedCount = 0
        while !round.isFull,
            !round.hasAside || scannedCount < settings.limits.parentDeleteScanMax
        {
            let ids = try projecting { () throws(ProjectionError) in
                try projector.state.dirtyIDs(
                    after: after, countMax: settings.limits.roundKeyCountMax)
            }
            guard let last = ids.last else { break }
            after = last
            scannedCount += ids.count
            try take(ids, into: &round, graph, now: now)
        }
        round.takeAside { stopped.keyCountMax(of: $0, now: now) }
        return round.records.sorted { $0.id < $1.id }
    }

    private func take(
        _ ids: [UInt64], into round: inout RoundChoice, _ graph: ParentGraph, now: Duration
    ) throws(DeliveryError) {
        let candidates = schedule.ready(ids, now: now)
        let records = try projecting { () throws(ProjectionError) in
            try projector.state.records(candidates)
        }
        for record in records where !hasJob(record.object) {
            if record.presence.isAbsent, graph.hasChildren(record.object) {
                // Its children may be on their way out, by a job too.
                if !isDeletingBelow(record.object, graph) { round.setAside(record) }
                continue
            }
            round.take(record, ofObjectMax: stopped.keyCountMax(of: record.object, now: now))
        }
    }

    /// Whether a job deletes records of objects that may look up those of `object`.
    private func isDeletingBelow(_ object: String, _ graph: ParentGraph) -> Bool {
        jobs.values.contains { job in
            job.part.operation == .delete
                && graph.rank(of: job.part.object) > graph.rank(of: object)
        }
    }
}

/// The keys of a round while they are chosen. Pure.
struct RoundChoice {
    let countMax: Int
    private(set) var records: [DesiredRecord] = []
    /// Deletes for which there is room only when nothing else needs it.
    private var aside: [DesiredRecord] = []
    private var ids: Set<UInt64> = []
    private var countByObject: [String: Int] = [:]

    init(countMax: Int) { self.countMax = countMax }

    var isFull: Bool { records.count >= countMax }
    var hasAside: Bool { !aside.isEmpty }

    mutating func setAside(_ record: DesiredRecord) {
        if aside.count < countMax { aside.append(record) }
    }

    mutating func takeAside(ofObjectMax objectMax: (String) -> Int) {
        for record in aside { take(record, ofObjectMax: objectMax(record.object)) }
    }

    /// Takes a key, unless it is in already, the round is full, or its object may have no more.
    mutating func take(_ record: DesiredRecord, ofObjectMax objectMax: Int) {
        guard !isFull, countByObject[record.object, default: 0] < objectMax,
            ids.insert(record.id).inserted
        else { return }
        countByObject[record.object, default: 0] += 1
        records.append(record)
    }
}
