import Delivery
import EventLog
import Events
import Projection
import Records

/// Puts an explanation together from the state and the log.
package struct ExplanationBuilder: Sendable {
    /// The latest of a long history are shown.
    package static let historyCountMax = 200

    private let log: LogReader
    private let state: StateStore
    private let configuration: ConfigurationEntry

    package init(log: LogReader, state: StateStore, configuration: ConfigurationEntry) {
        self.log = log
        self.state = state
        self.configuration = configuration
    }

    /// - Parameter observed: the record as Salesforce holds it; `nil` when it was not asked or has
    ///   none.
    package func explanation(
        of record: SharedRecord, observed: Record?
    ) throws(AuditError) -> Explanation {
        let items = try auditItems(of: record)
        var fields: [Explanation.Field] = []
        for field in record.fields(actionName: configuration.actionName) {
            fields.append(try explain(field, observed: observed, items: items))
        }
        let asked = Explanation.Key(record.asked)
        return Explanation(
            object: record.asked.object, key: asked.key,
            aliases: record.matcherKeys.dropFirst().map(\.fields),
            recordId: (observed?.id ?? record.asked.delivery.link)?.description,
            presence: record.presenceName, state: asked.state, reason: asked.reason,
            keys: [asked] + record.others.map(Explanation.Key.init), fields: fields,
            history: try history(of: record, items: items))
    }

    private func explain(
        _ field: FieldState, observed: Record?, items: [AuditItem]
    ) throws(AuditError) -> Explanation.Field {
        var desired: PlainValue?
        var problem: String?
        switch field.content {
        case .value(let value): desired = PlainValue(value)
        case .invalid(let invalid): problem = "\(invalid.code): \(invalid.detail)"
        case .parent(let parent): desired = PlainValue(parent)
        }
        let sent = items.last { $0.fields[field.name] != nil }
        return Explanation.Field(
            field: field.name, desired: desired,
            observed: observed?.fields[field.name].map(PlainValue.init),
            event: try reference(field.stamp), action: configuration.actionName(field.stamp.action),
            lastSent: sent.map {
                Explanation.Sent(operation: $0.operation, at: $0.at, status: $0.status)
            },
            rewritten: field.rewritten.map(PlainValue.init), problem: problem)
    }

    private func reference(_ stamp: Stamp) throws(AuditError) -> EventReference {
        let event = try event(at: stamp.position)
        return EventReference(
            position: stamp.position, messageID: event?.messageID ?? "",
            eventTime: Timestamp.format(stamp.eventTime))
    }

    private func event(at position: UInt64) throws(AuditError) -> Event? {
        try reading { () throws(LogError) in
            guard let entry = try log.entry(at: Position(position)), entry.kind == .event else {
                return nil
            }
            return try EventBody.decode(entry)
        }
    }

    /// What was sent for the record's keys, and for the keys that they joined.
    private func auditItems(of record: SharedRecord) throws(AuditError) -> [AuditItem] {
        var positions: [UInt64] = []
        for id in record.ids {
            positions += try projecting { () throws(ProjectionError) in
                try state.intentPositions(of: id) + state.blockedPositions(of: id)
            }
        }
        // That a delete found nothing stands in no table: any time since it was asked for.
        positions += record.keys.filter(\.presence.isAbsent).map(\.changedAt)
        guard let first = positions.min() else { return [] }
        var filter = AuditFilter()
        filter.from = first
        filter.object = record.asked.object
        let keys = Set(record.matcherKeys.map(\.fields))
        return try AuditTrail(log: log).items(filter).filter { !keys.isDisjoint(with: $0.keys) }
    }

    private func history(
        of record: SharedRecord, items: [AuditItem]
    ) throws(AuditError) -> [Explanation.Happening] {
        let ids = Set(record.ids)
        let positions = try projecting { () throws(ProjectionError) in
            try state.eventPositions(touching: ids)
        }
        var happenings: [Explanation.Happening] = []
        for position in positions.suffix(Self.historyCountMax) {
            guard let event = try event(at: position) else { continue }
            happenings.append(
                Explanation.Happening(
                    position: position, at: Timestamp.format(event.receivedAt), kind: "event",
                    summary: "\(event.kind.rawValue) \(event.messageID) from \(event.source)"))
        }
        for item in items.suffix(Self.historyCountMax) {
            let position = item.id.split(separator: ".").first.flatMap { UInt64($0) } ?? 0
            let names = item.fields.keys.sorted().joined(separator: ", ")
            let isBlocked = item.outcome == .blocked
            happenings.append(
                Explanation.Happening(
                    position: position, at: item.at, kind: isBlocked ? "blocked" : "operation",
                    summary: isBlocked
                        ? "\(item.status ?? 0): \(item.error?.message ?? "")"
                        : "\(item.operation) \(item.outcome.rawValue): \(names)"))
        }
        return happenings.sorted { $0.position < $1.position }
    }
}

extension Explanation.Key {
    init(_ record: DesiredRecord) {
        var reason: String?
        if case .parked(let parking) = record.delivery.status { reason = parking.message }
        self.init(
            key: record.reference.fields, state: record.delivery.status.name, reason: reason)
    }
}
