import Actions
import EventLog
import Events
import Projection
import Reconciliation
import Records

/// Plays events against records in memory: the real log, fold and reconciliation, and nobody at the
/// other end. What `tidemark test` runs.
///
/// Salesforce is taken to do exactly what it is told; what it would rewrite or refuse by rules that
/// describe does not tell, no rehearsal shows.
package struct Rehearsal: Sendable {
    /// Rounds of observing and applying. Real ones settle in two or three.
    private static let roundCountMax = 20

    package struct Result: Sendable {
        package var operations: [Operation] = []
        /// Keys for which nothing is sent in the end.
        package var blocked: [BlockedKey] = []
        /// What there is in the end, by object, in the order of ids.
        package var records: [Record] = []
        /// Why actions did not apply to events.
        package var skipped: [String] = []
    }

    package enum Failure: Error, Sendable {
        case delivery(DeliveryError)
        /// The plan still changes something after so many rounds.
        case unsettled(roundCount: Int)
    }

    private let configuration: ConfigurationEntry

    /// - Parameter descriptions: of every object that an enabled action uses, parents among them.
    package init(actions: [Action], descriptions: [ObjectDescription]) {
        let byName = Dictionary(
            descriptions.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { one, _ in one })
        configuration = ConfigurationEntry(
            actions: actions,
            descriptions: descriptions.map { description in
                description.withPaths(of: actions) { byName[$0.lowercased()] }
            }, organization: nil)
    }

    /// - Parameters:
    ///   - events: in the order in which they arrive.
    ///   - records: what Salesforce holds before; a field that one does not name is empty.
    ///   - folder: an empty folder, for a log and a state; the caller removes it.
    package func run(
        _ events: [Event], _ records: [Record], folder: String
    ) async throws(Failure) -> Result {
        do {
            // Thrown away again: it needs no reserve, and a temporary folder may be small.
            let log = try LogWriter(
                folder: folder + "/log", limits: LogLimits(reservedDiskBytes: 0), now: { 0 })
            defer { log.close() }
            try await ConfigurationRecorder(log: log).record(configuration)
            _ = try await log.append(events)
            let projector = try Projector(folder: folder + "/state", log: log.reader())
            defer { projector.close() }
            try projector.catchUp()
            return try play(projector.state, log.reader(), records)
        } catch let failure as Failure {
            throw failure
        } catch let error as DeliveryError {
            throw .delivery(error)
        } catch let error as LogError {
            throw .delivery(.log(error))
        } catch let error as ProjectionError {
            throw .delivery(.projection(error))
        } catch {
            // Nothing else is thrown above; the compiler cannot know.
            preconditionFailure("\(error)")
        }
    }

    private func play(
        _ state: StateStore, _ log: LogReader, _ records: [Record]
    ) throws -> Result {
        var rows = try state.records(after: 0, countMax: .max)
        let desired = try DesiredStates(configuration: configuration, log: log).make(rows)
        var scene = RehearsalScene(
            configuration: configuration, state: state, desired: desired,
            org: RehearsalOrg(configuration.descriptions, records))
        for row in rows { scene.note(parked: row) }
        rows.removeAll { $0.delivery.status != .dirty }
        var result = Result()
        for _ in 0..<Self.roundCountMax {
            let operations = try scene.playRound(rows)
            guard !operations.isEmpty else {
                result.blocked = scene.blocked.values.sorted { $0.key < $1.key }
                result.records = scene.org.present
                result.skipped = try state.skipped(countMax: 1_000).map(\.reason)
                return result
            }
            result.operations += operations
        }
        throw Failure.unsettled(roundCount: Self.roundCountMax)
    }
}

/// A rehearsal under way: what is desired, what there is, and which keys nothing is sent for.
private struct RehearsalScene {
    let configuration: ConfigurationEntry
    let state: StateStore
    private let desired: [UInt64: DesiredState]
    private(set) var org: RehearsalOrg
    private(set) var blocked: [UInt64: BlockedKey] = [:]

    init(
        configuration: ConfigurationEntry, state: StateStore, desired: [DesiredState],
        org: RehearsalOrg
    ) {
        self.configuration = configuration
        self.state = state
        self.desired = Dictionary(desired.map { ($0.key, $0) }) { one, _ in one }
        self.org = org
    }

    /// A key that holds a value which cannot be sent is parked before anything is planned.
    mutating func note(parked row: DesiredRecord) {
        guard case .parked(let parking) = row.delivery.status else { return }
        blocked[row.id] = BlockedKey(
            key: row.id, object: row.object, code: .rejected, message: parking.message)
    }

    /// Observes, plans and applies for all keys, parents before the records that look them up.
    mutating func playRound(_ rows: [DesiredRecord]) throws -> [Operation] {
        let linked = rows.map { row in
            var row = row
            row.delivery.link = org.link(of: row.id)
            return row
        }
        let order = configuration.order(linked)
        var operations: [Operation] = []
        for wave in order.waves {
            let states = wave.compactMap { desired[$0] }
            for (object, keys) in Dictionary(grouping: states, by: \.object)
                .sorted(by: { $0.key < $1.key })
            {
                guard let description = configuration.description(of: object) else { continue }
                let parents = try knownParents(of: keys, order.circular)
                let plan = try org.plan(keys.map { $0.resolved(with: parents) }, description)
                operations += plan.operations
                org.apply(plan)
                for key in keys { blocked[key.key] = nil }
                for key in plan.blocked { blocked[key.key] = key }
            }
        }
        return operations
    }

    private func knownParents(
        of states: [DesiredState], _ circular: Set<UInt64>
    ) throws(ProjectionError) -> KnownParents {
        var known = KnownParents()
        var seen: Set<ParentPlace> = []
        for parent in states.parents where seen.insert(parent.place).inserted {
            if let own = try state.record(named: parent.place.key) {
                known.note(standing(of: own, circular), at: parent.place)
                if let link = org.link(of: own.id) { known.add(link, at: parent.place) }
            }
            for id in org.records(found: parent) { known.add(id, at: parent.place) }
        }
        return known
    }

    private func standing(
        of own: DesiredRecord, _ circular: Set<UInt64>
    ) -> KnownParents.Own {
        if own.presence.isAbsent { return .absent }
        if let blocked = blocked[own.id] {
            if circular.contains(own.id) { return .circular }
            return blocked.code == .waitingForParent ? .waiting : .parked(blocked.code.rawValue)
        }
        if org.link(of: own.id) != nil { return .settled }
        return circular.contains(own.id) ? .circular : .onItsWay
    }
}
