import EventLog
import Events
import Projection

/// The latest thing that went wrong with Salesforce, as the log tells it: which object, and what
/// kind of error. What Salesforce said can hold values of people, so it is left to the audit.
package struct LastError: Sendable, Hashable, Encodable {
    /// RFC 3339.
    package let at: String
    /// The entry that tells it.
    package let position: UInt64
    /// Absent when it concerns the whole org.
    @NullWhenAbsent package var object: String?
    /// Salesforce's code, the reason why a key was blocked or parked, `object-stopped` or `paused`.
    package let code: String
    /// A sentence, where there is one without values.
    @NullWhenAbsent package var message: String?

    /// Answers that are looked at, and bytes of them: a fraction of a second's work.
    package static let outcomeCountMax = 1_000
    private static let bytesMax = 64 << 20
    /// Positions that are searched for answers at first; twice as many each time.
    private static let spanMin: UInt64 = 4_096

    /// Looks at the latest answers only, newest first: not at the whole log.
    ///
    /// - Returns: `nil` when nothing went wrong in the latest `outcomeCountMax` answers.
    package static func read(
        log: LogReader, outcomeCountMax: Int = outcomeCountMax
    ) throws(AuditError) -> LastError? {
        var end = try reading { () throws(LogError) in try log.lastPosition() }
        var span = spanMin
        var left = (count: outcomeCountMax, bytes: bytesMax)
        while end > .zero, left.count > 0 {
            let start = Position(end.number - min(end.number, span))
            let positions = try reading { () throws(LogError) in
                try log.positions(of: .outcome, after: start, through: end)
            }
            for position in positions.reversed().prefix(left.count) {
                let entry = try reading { () throws(LogError) in try log.entry(at: position) }
                guard let entry, left.bytes > 0 else { return nil }
                if let found = try told(by: entry, log) { return found }
                left.bytes -= entry.body.count
            }
            left.count -= positions.count
            end = start
            span *= 2
        }
        return nil
    }

    private static func told(by entry: Entry, _ log: LogReader) throws(AuditError) -> LastError? {
        let position = entry.position.number
        let outcome = try projecting { () throws(ProjectionError) in
            try LogJSON.decode(OutcomeEntry.self, from: entry.body, at: position)
        }
        func error(_ object: String?, _ code: String, _ message: String? = nil) -> LastError {
            LastError(
                at: Timestamp.format(entry.recordedAt), position: position, object: object,
                code: code, message: message)
        }
        if let pause = outcome.pause { return error(nil, "paused", pause.reason) }
        if let stop = outcome.objects?.last(where: { $0.isOver != true }) {
            return error(stop.object, "object-stopped", stop.reason)
        }
        if let blocked = outcome.blocked.last(where: { $0.reason.isError }) {
            return error(blocked.key.key.object, blocked.reason.rawValue)
        }
        guard let result = outcome.results.last(where: { $0.status != .succeeded }) else {
            return nil
        }
        let object = try outcome.intent.flatMap { (intent) throws(AuditError) in
            try Self.object(of: result.index, in: intent, log)
        }
        return error(object, result.code ?? result.status.rawValue)
    }

    private static func object(
        of index: Int, in intent: UInt64, _ log: LogReader
    ) throws(AuditError) -> String? {
        let entry = try reading { () throws(LogError) in try log.entry(at: Position(intent)) }
        guard let entry, entry.kind == .intent else { return nil }
        let operations = try projecting { () throws(ProjectionError) in
            try LogJSON.decode(IntentEntry.self, from: entry.body, at: intent)
        }.operations
        guard operations.indices.contains(index) else { return nil }
        return operations[index].keys.first?.key.object
    }
}

extension ParkReason {
    /// What waits only for its turn, or for a word, has not gone wrong.
    fileprivate var isError: Bool { self != .waitingForParent && self != .held }
}
