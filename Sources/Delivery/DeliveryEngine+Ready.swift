import Projection

// Which keys a round takes up.

extension DeliveryEngine {
    /// The keys of one round: dirty, not postponed, of an object that takes calls, and no more than
    /// the calls that are left can serve.
    ///
    /// When there are more, half of them are those that the latest events are about: what happens
    /// now must not wait for a backlog, and the backlog not for ever for what happens now.
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
        try take(latest, into: &round, now: now)
        var after: UInt64 = 0
        while !round.isFull {
            let ids = try projecting { () throws(ProjectionError) in
                try projector.state.dirtyIDs(
                    after: after, countMax: settings.limits.roundKeyCountMax)
            }
            guard let last = ids.last else { break }
            after = last
            try take(ids, into: &round, now: now)
        }
        return round.records.sorted { $0.id < $1.id }
    }

    private func take(
        _ ids: [UInt64], into round: inout RoundChoice, now: Duration
    ) throws(DeliveryError) {
        let candidates = schedule.ready(ids, now: now)
        let records = try projecting { () throws(ProjectionError) in
            try projector.state.records(candidates)
        }
        for record in records where !hasJob(record.object) {
            round.take(record, ofObjectMax: stopped.keyCountMax(of: record.object, now: now))
        }
    }
}

/// The keys of a round while they are chosen. Pure.
struct RoundChoice {
    let countMax: Int
    private(set) var records: [DesiredRecord] = []
    private var ids: Set<UInt64> = []
    private var countByObject: [String: Int] = [:]

    init(countMax: Int) { self.countMax = countMax }

    var isFull: Bool { records.count >= countMax }

    /// Takes a key, unless it is in already, the round is full, or its object may have no more.
    mutating func take(_ record: DesiredRecord, ofObjectMax objectMax: Int) {
        guard !isFull, countByObject[record.object, default: 0] < objectMax,
            ids.insert(record.id).inserted
        else { return }
        countByObject[record.object, default: 0] += 1
        records.append(record)
    }
}
