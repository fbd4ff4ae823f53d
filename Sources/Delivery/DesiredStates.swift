import EventLog
import Events
import Projection
import Reconciliation
import Records

/// Turns rows of `state/` into what reconciliation reads: stamps become causes with the names that
/// people know.
struct DesiredStates {
    let configuration: ConfigurationEntry
    let log: LogReader

    /// - Parameter records: of one object.
    func make(_ records: [DesiredRecord]) throws(DeliveryError) -> [DesiredState] {
        var messageIDs = MessageIDs(log: log)
        var states: [DesiredState] = []
        for record in records {
            states.append(try make(record, &messageIDs))
        }
        return states
    }

    private func make(
        _ record: DesiredRecord, _ messageIDs: inout MessageIDs
    ) throws(DeliveryError) -> DesiredState {
        var fields: [DesiredField] = []
        for field in record.fields {
            let value: FieldValue
            var parent: ParentReference?
            switch field.content {
            case .value(let mapped): value = mapped
            case .parent(let reference): (value, parent) = (.null, reference)
            case .invalid: continue
            }
            fields.append(
                DesiredField(
                    name: field.name, value: value, policy: WritePolicy(field.policy),
                    cause: try cause(field.stamp, &messageIDs), parent: parent,
                    lastWrite: field.lastWrite))
        }
        let deciding = record.presence.deciding ?? Stamp(position: 0, eventTime: 0, action: 0)
        return DesiredState(
            object: record.object, key: record.id, presence: presence(of: record),
            presenceCause: try cause(deciding, &messageIDs), matchers: matchers(of: record),
            fields: fields, link: record.delivery.link,
            joinedLinks: record.delivery.joinedLinks)
    }

    private func presence(of record: DesiredRecord) -> Presence {
        if record.form == .creation { return .new }
        if record.presence.isAbsent { return .absent }
        return record.presence.exists == nil ? .ifExists : .exists
    }

    private func matchers(of record: DesiredRecord) -> Matchers {
        switch record.form {
        case .creation: return .none
        case .all: return .all(record.matchers.map(MatcherValue.init))
        case .any:
            var latest: [String: MatcherState] = [:]
            for matcher in record.matchers {
                if let known = latest[matcher.term.field], !matcher.stamp.wins(over: known.stamp) {
                    continue
                }
                latest[matcher.term.field] = matcher
            }
            let current = latest.keys.sorted().compactMap { latest[$0] }
            return .any(
                record.matchers.map(MatcherValue.init), current: current.map(MatcherValue.init))
        }
    }

    private func cause(
        _ stamp: Stamp, _ messageIDs: inout MessageIDs
    ) throws(DeliveryError) -> Cause {
        Cause(
            position: stamp.position,
            messageID: try messageIDs.messageID(at: stamp.position),
            eventTime: stamp.eventTime, action: configuration.actionName(stamp.action))
    }
}

/// Message ids by position, each read from the log once.
private struct MessageIDs {
    let log: LogReader
    private var known: [UInt64: String] = [:]

    init(log: LogReader) { self.log = log }

    mutating func messageID(at position: UInt64) throws(DeliveryError) -> String {
        if let id = known[position] { return id }
        guard position > 0 else { return "" }
        do {
            let entry = try log.entry(at: Position(position))
            let id = try entry.map { (entry) throws(LogError) in
                try EventBody.decode(entry).messageID
            }
            known[position] = id ?? ""
            return id ?? ""
        } catch {
            throw .log(error)
        }
    }
}

extension ConfigurationEntry {
    /// The name of the action that a stamp points to.
    package func actionName(_ index: Int) -> String {
        actions.indices.contains(index) ? actions[index].name : ""
    }
}

extension MatcherValue {
    init(_ matcher: MatcherState) {
        self.init(field: matcher.term.field, value: matcher.value)
    }
}

extension WritePolicy {
    init(_ state: WritePolicyState) {
        switch state {
        case .always: self = .always
        case .ifEmpty: self = .ifEmpty
        case .onCreate: self = .onCreate
        }
    }
}
