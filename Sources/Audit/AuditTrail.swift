import EventLog
import Events
import Projection
import Records

/// Everything that was sent, and every key for which nothing could be, read off the log.
package struct AuditTrail: Sendable {
    private let log: LogReader

    package init(log: LogReader) { self.log = log }

    /// The items that `filter` wants, in the order of the log. An operation counts as belonging to
    /// the position of its intent.
    package func items(_ filter: AuditFilter) throws(AuditError) -> [AuditItem] {
        var trail = Trail(filter: filter)
        let last = try reading { () throws(LogError) in try log.lastPosition() }
        var positions: [(Position, EntryKind)] = []
        for kind in [EntryKind.intent, .outcome] {
            let found = try reading { () throws(LogError) in
                try log.positions(of: kind, after: .zero, through: last)
            }
            positions += found.map { ($0, kind) }
        }
        for (position, _) in positions.sorted(by: { $0.0 < $1.0 }) {
            let entry = try reading { () throws(LogError) in try log.entry(at: position) }
            if let entry { try trail.add(entry) }
        }
        return trail.items.filter(filter.accepts)
    }
}

/// The items put together so far.
private struct Trail {
    let filter: AuditFilter
    private(set) var items: [AuditItem] = []
    /// Where the items of an intent begin, and its operations: outcomes come later.
    private var intents: [UInt64: (start: Int, operations: [IntentOperation])] = [:]
    /// By key, sendings since one was answered for good.
    private var attempts: [MatcherKey: Int] = [:]
    /// Keys whose record we deleted: that they match none afterwards is no news.
    private var deleted: Set<MatcherKey> = []

    init(filter: AuditFilter) { self.filter = filter }

    mutating func add(_ entry: Entry) throws(AuditError) {
        let position = entry.position.number
        if entry.kind == .intent {
            let intent = try projecting { () throws(ProjectionError) in
                try LogJSON.decode(IntentEntry.self, from: entry.body, at: position)
            }
            add(intent, entry)
        } else {
            let outcome = try projecting { () throws(ProjectionError) in
                try LogJSON.decode(OutcomeEntry.self, from: entry.body, at: position)
            }
            add(outcome, entry)
        }
    }

    private func isInside(_ position: UInt64) -> Bool {
        position >= filter.from && position <= filter.through
    }

    private mutating func add(_ intent: IntentEntry, _ entry: Entry) {
        let position = entry.position.number
        let isInside = isInside(position)
        intents[position] = (isInside ? items.count : -1, intent.operations)
        for (index, operation) in intent.operations.enumerated() {
            let keys = operation.keys.map(\.key)
            guard let first = keys.first else { continue }
            for key in keys { attempts[key, default: 0] += 1 }
            guard isInside else { continue }
            items.append(
                AuditItem(
                    id: "\(position).\(index)", at: Timestamp.format(entry.recordedAt),
                    object: first.object, operation: operation.kind.rawValue, key: first.fields,
                    keys: keys.map(\.fields), recordId: operation.recordID?.description,
                    status: nil, outcome: .inDoubt,
                    fields: Dictionary(
                        operation.changes.map { ($0.field, PlainValue($0.after)) },
                        uniquingKeysWith: { first, _ in first }),
                    events: Set(operation.changes.map(\.event)).sorted(),
                    attempts: keys.compactMap { attempts[$0] }.max() ?? 1))
        }
    }

    private mutating func add(_ outcome: OutcomeEntry, _ entry: Entry) {
        if let position = outcome.intent, let intent = intents[position] {
            for result in outcome.results { answer(result, intent) }
        }
        for resolved in outcome.resolved {
            guard let start = intents[resolved.intent]?.start, start >= 0 else { continue }
            items[start + resolved.index].resolvedAt = Timestamp.format(entry.recordedAt)
        }
        let position = entry.position.number
        for (index, blocked) in outcome.blocked.enumerated() where isInside(position) {
            items.append(
                item(
                    id: "\(position).blocked.\(index)", entry, blocked.key,
                    recordID: blocked.recordIDs.count == 1 ? blocked.recordIDs.first : nil,
                    status: blocked.status, code: blocked.code ?? blocked.reason.rawValue,
                    message: blocked.message)
            )
        }
        for (index, settled) in outcome.settled.enumerated() where settled.recordID == nil {
            let key = settled.key.key
            // A delete that found nothing to delete.
            guard !deleted.contains(key), isInside(position) else { continue }
            items.append(
                item(
                    id: "\(position).settled.\(index)", entry, settled.key, recordID: nil,
                    status: 404,
                    code: ParkReason.notFound.rawValue,
                    message: "no record matches; there is nothing to delete"))
        }
    }

    private mutating func answer(
        _ result: OperationResult, _ intent: (start: Int, operations: [IntentOperation])
    ) {
        guard intent.operations.indices.contains(result.index) else { return }
        let operation = intent.operations[result.index]
        for key in operation.keys.map(\.key) where result.status == .succeeded {
            attempts[key] = nil
            if operation.kind == .delete { deleted.insert(key) } else { deleted.remove(key) }
        }
        guard intent.start >= 0 else { return }
        let index = intent.start + result.index
        items[index].outcome = AuditItem.Outcome(result.status)
        items[index].status = AuditItem.status(of: result, kind: operation.kind)
        items[index].recordId = result.recordID?.description ?? items[index].recordId
        if let code = result.code, result.status != .succeeded {
            items[index].error = AuditItem.Problem(code: code, message: result.message ?? "")
        }
    }

    private func item(
        id: String, _ entry: Entry, _ version: KeyVersion, recordID: RecordID?, status: Int,
        code: String, message: String
    ) -> AuditItem {
        let key = version.key
        return AuditItem(
            id: id, at: Timestamp.format(entry.recordedAt), object: key.object, operation: "none",
            key: key.fields, keys: [key.fields], recordId: recordID?.description, status: status,
            outcome: .blocked, fields: [:], events: [version.version], attempts: 0,
            error: AuditItem.Problem(code: code, message: message))
    }
}

extension AuditItem.Outcome {
    init(_ status: OperationResult.Status) {
        switch status {
        case .succeeded: self = .succeeded
        case .failed, .again: self = .failed
        case .inDoubt: self = .inDoubt
        }
    }
}
