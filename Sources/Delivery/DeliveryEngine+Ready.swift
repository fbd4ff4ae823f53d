import Projection

// Which keys a round takes up.

extension DeliveryEngine {
    /// The keys of one round: dirty, not postponed, of an object that takes calls, and no more than
    /// the calls that are left can serve.
    ///
    /// When there are more, half of them are those that the latest events are about: what happens
    /// now must not wait for a backlog, and the backlog not for ever for what happens now. Deletes
    /// of records that others look up come when nothing else is left, as far as a scan shows.
    ///
    /// - Parameter besideJobs: whether keys may go by calls beside a job of their object.
    func readyRecords(
        now: Duration, countMax: Int = .max, besideJobs: Bool = true
    ) throws(DeliveryError) -> [DesiredRecord] {
        let budget = CallBudget(share: settings.budgetShare)
        var round = RoundChoice(
            countMax: min(
                countMax, settings.limits.roundKeyCountMax, budget.keyCountMax(currentUse)),
            besideMax: besideJobs && now >= nextBesideJobs
                ? settings.limits.jobs.besideKeyCountMax : 0)
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
        for record in records where mayGo(record, into: round) {
            if record.presence.isAbsent, graph.hasChildren(record.object) {
                // Its children may be on their way out, by a job too.
                if !isDeletingBelow(record.object, graph) { round.setAside(record) }
                continue
            }
            round.take(record, ofObjectMax: stopped.keyCountMax(of: record.object, now: now))
        }
    }

    /// Whether no job keeps the key waiting.
    ///
    /// Beside a job of its object a key goes by calls when it has changed since the job was filled
    /// and has nothing to do with the job's records. What is left of the backlog itself waits for
    /// the next job.
    private func mayGo(_ record: DesiredRecord, into round: RoundChoice) -> Bool {
        guard hasJob(record.object) else { return true }
        return round.count(of: record.object) < round.besideMax
            && jobs.values.allSatisfy { job in
                guard job.part.object == record.object else { return true }
                return record.changedAt > job.filledAt
                    && job.reach.map { !$0.mayTouch(record) } ?? false
            }
    }

    /// Lets the next keys beside jobs wait a little while there is a backlog: an import that goes
    /// on must not become calls bit by bit.
    func pace(_ records: [DesiredRecord], now: Duration) throws(DeliveryError) {
        guard records.contains(where: { hasJob($0.object) }),
            let countMin = LaneChoice(settings.limits).keyCountMin
        else { return }
        let dirtyCount = try projecting { () throws(ProjectionError) in
            try projector.state.counts()["dirty"] ?? 0
        }
        if dirtyCount >= countMin {
            nextBesideJobs = now + settings.limits.jobs.besideInterval
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
    /// Keys of one object that may go beside a job of it.
    let besideMax: Int
    private(set) var records: [DesiredRecord] = []
    /// Deletes for which there is room only when nothing else needs it.
    private var aside: [DesiredRecord] = []
    private var ids: Set<UInt64> = []
    private var countByObject: [String: Int] = [:]

    init(countMax: Int, besideMax: Int = 0) {
        self.countMax = countMax
        self.besideMax = besideMax
    }

    func count(of object: String) -> Int { countByObject[object] ?? 0 }

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
