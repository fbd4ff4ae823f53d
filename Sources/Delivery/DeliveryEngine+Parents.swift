import Actions
import Projection
import Reconciliation
import Records

// Lookups: rounds in waves, parents first; and a slow look for parents that people make.

extension DeliveryEngine {
    /// Works on the keys of one round, parents before the records that look them up.
    ///
    /// - Returns: whether anything was recorded or sent. A round that got nowhere must not be
    ///   followed by another at once.
    func run(_ records: [DesiredRecord]) async throws(DeliveryError) -> Bool {
        guard let configuration else { return false }
        let order = configuration.order(records)
        var parents = RoundParents(circular: order.circular, openers: order.openers)
        var didWork = false
        let hash = configurationHash
        for (number, wave) in order.waves.enumerated() {
            // Since the round began, a wave before may have changed what is dirty.
            let members = number == 0 ? pick(wave, from: records) : try dirty(wave)
            guard !members.isEmpty else { continue }
            didWork = try await run(members, parents: &parents) || didWork
            parents.end(wave: wave)
            guard number + 1 < order.waves.count else { break }
            try await project()
            let now = environment.monotonicClock()
            guard configurationHash == hash, health.wait(now: now) == .zero, !Task.isCancelled,
                !CallBudget(share: settings.budgetShare).isSpent(currentUse)
            else { break }
        }
        return didWork
    }

    private func pick(_ ids: [UInt64], from records: [DesiredRecord]) -> [DesiredRecord] {
        let wanted = Set(ids)
        return records.filter { wanted.contains($0.id) }
    }

    private func dirty(_ ids: [UInt64]) throws(DeliveryError) -> [DesiredRecord] {
        try projecting { () throws(ProjectionError) in
            try projector.state.records(ids).filter { $0.delivery.status == .dirty }
        }
    }

    /// Looks in Salesforce for parents that keys wait for, when it is time, and lets the keys go
    /// whose parent is there.
    ///
    /// - Returns: whether there are such keys.
    func lookForParents(now: Duration) async throws(DeliveryError) -> Bool {
        guard try waitingCount() > 0 else {
            watch.rest(now: now)
            return false
        }
        guard let configuration, watch.isDue(now: now) else { return false }
        let (ids, cursor) = try projecting { () throws(ProjectionError) in
            try projector.state.waitingIDs(
                after: watch.cursor, countMax: settings.limits.parentLookKeyCountMax)
        }
        watch.rest(now: now, cursor: cursor)
        let children = try projecting { () throws(ProjectionError) in
            try projector.state.records(ids)
        }
        let look = ParentLook(
            configuration: configuration, state: projector.state, client: client)
        var round = RoundParents()
        do throws(Planner.Failure) {
            try await look.look(for: children.compactMap(\.awaitedParent), into: &round)
        } catch {
            switch error {
            case .delivery(let error): throw error
            case .salesforce(let error, _):
                _ = try await lookFailed(error, [], parents: &round)
                return false
            }
        }
        try await note(health.callSucceeded())
        let awoken = children.filter { child in
            child.awaitedParent.map { round.known.standing(of: $0).isNews } ?? false
        }
        guard !awoken.isEmpty else { return false }
        try await append(OutcomeEntry(awoken: awoken.map(\.reference)))
        try await project()
        return true
    }

    /// Keys that wait for a parent.
    func waitingCount() throws(DeliveryError) -> Int {
        try projecting { () throws(ProjectionError) in
            try projector.state.counts()["parked/\(ParkReason.waitingForParent.rawValue)"] ?? 0
        }
    }
}

extension ParentStanding {
    /// Whether a key that waits for the parent has something else to do now than wait.
    fileprivate var isNews: Bool {
        switch self {
        case .found, .ambiguous: true
        case .promised, .awaited, .missing, .unsearchable: false
        }
    }
}

extension ConfigurationEntry {
    /// The order in which keys are worked on under this configuration.
    package func order(_ records: [DesiredRecord]) -> ParentOrder {
        let needs = needs
        return ParentOrder(
            records, graph: ParentGraph(needs.parents), places: { places(of: $0, needs) },
            mayLack: mayLack)
    }

    /// A lookup that a create may leave out and an update may bring.
    private func mayLack(_ record: DesiredRecord, _ field: FieldState) -> Bool {
        let described = description(of: record.object)?.field(field.name)
        return field.policy != .onCreate && described?.isUpdateable == true
            && described?.isRequiredOnCreate == false
    }

    /// The names under which lookups may look a record up.
    package func places(of record: DesiredRecord) -> [ParentPlace] { places(of: record, needs) }

    private func places(of record: DesiredRecord, _ needs: DescriptionNeeds) -> [ParentPlace] {
        guard let description = description(of: record.object) else { return [] }
        return record.places(needs.lookupFields(of: record.object), description)
    }
}
