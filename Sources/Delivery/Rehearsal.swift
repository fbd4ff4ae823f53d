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

    /// - Parameter descriptions: of every object that an enabled action uses.
    package init(actions: [Action], descriptions: [ObjectDescription]) {
        configuration = ConfigurationEntry(
            actions: actions, descriptions: descriptions, organization: nil)
    }

    /// - Parameters:
    ///   - events: in the order in which they arrive.
    ///   - records: what Salesforce holds before; a field that one does not name is empty.
    ///   - folder: an empty folder, for a log and a state; the caller removes it.
    package func run(
        _ events: [Event], _ records: [Record], folder: String
    ) async throws(Failure) -> Result {
        do {
            let log = try LogWriter(folder: folder + "/log", now: { 0 })
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
        let ids = try state.dirtyIDs(after: 0, countMax: .max)
        let rows = try state.records(ids)
        let desired = try DesiredStates(configuration: configuration, log: log).make(rows)
        var org = RehearsalOrg(configuration.descriptions, records)
        var result = Result()
        for _ in 0..<Self.roundCountMax {
            result.blocked = []
            var operations: [Operation] = []
            for description in configuration.descriptions {
                let plan = try org.plan(
                    desired.filter { $0.object == description.name }, description)
                operations += plan.operations
                result.blocked += plan.blocked
                org.apply(plan)
            }
            guard !operations.isEmpty else {
                result.records = org.present
                result.skipped = try state.skipped(countMax: 1_000).map(\.reason)
                return result
            }
            result.operations += operations
        }
        throw Failure.unsettled(roundCount: Self.roundCountMax)
    }
}

/// The records of a rehearsal, and which key is linked to which.
private struct RehearsalOrg {
    private let descriptions: [String: ObjectDescription]
    private var records: [RecordID: Record] = [:]
    private var links: [UInt64: RecordID] = [:]
    private var createdCount = 0

    init(_ descriptions: [ObjectDescription], _ records: [Record]) {
        self.descriptions = Dictionary(
            descriptions.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
        for record in records { self.records[record.id] = whole(record) }
    }

    var present: [Record] {
        records.values.sorted {
            ($0.object, $0.id.description) < ($1.object, $1.id.description)
        }
    }

    func plan(
        _ desired: [DesiredState], _ description: ObjectDescription
    ) throws(DeliveryError) -> Plan {
        let linked = desired.map { $0.linked(to: links[$0.key]) }
        let observed = present.filter { $0.object == description.name }
        let plan = reconcile(desired: linked, observed: observed, description: description)
        let violations = judge(
            plan, desired: linked, observed: observed, description: description)
        guard violations.isEmpty else {
            throw .planRefused(object: description.name, violations: violations)
        }
        return plan
    }

    mutating func apply(_ plan: Plan) {
        for settled in plan.settled { links[settled.key] = settled.recordID }
        for operation in plan.operations {
            let id = operation.recordID ?? newID(operation.object)
            for key in operation.keys {
                links[key] = operation.kind == .delete ? nil : id
            }
            if operation.kind == .delete {
                records[id] = nil
                continue
            }
            var fields = records[id]?.fields ?? [:]
            for change in operation.changes { fields[change.field] = change.after }
            records[id] = whole(Record(object: operation.object, id: id, fields: fields))
        }
    }

    /// With every field that describe knows: one that a fixture does not name is empty.
    private func whole(_ record: Record) -> Record {
        var fields = record.fields
        for field in descriptions[record.object]?.fields ?? [] where field.name != "Id" {
            fields[field.name] = field.canonical(fields[field.name] ?? .null)
        }
        return Record(object: record.object, id: record.id, fields: fields)
    }

    /// Ids of created records: the object's prefix, nines, and a number.
    private mutating func newID(_ object: String) -> RecordID {
        createdCount += 1
        let prefix = descriptions[object]?.keyPrefix ?? "a00"
        let number = String(createdCount)
        let text = prefix + "9" + String(repeating: "0", count: 11 - number.count) + number
        guard let id = RecordID(text) else {
            preconditionFailure("\(prefix) is no prefix of record ids")
        }
        return id
    }
}

extension DesiredState {
    fileprivate func linked(to record: RecordID?) -> DesiredState {
        DesiredState(
            object: object, key: key, presence: presence, presenceCause: presenceCause,
            matchers: matchers, fields: fields, link: record, isLinkDecided: isLinkDecided)
    }
}
