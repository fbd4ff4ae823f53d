import EventLog
import Projection

/// Why nothing is sent at present, as the log has it.
package enum CurrentPause {
    /// The state's answer, corrected by what is not folded yet: while an object waits for its
    /// description the fold stands still before the entry that says why.
    package static func read(
        log: LogReader, state: StateStore
    ) throws(DeliveryError) -> PauseEntry? {
        let checkpoint = try projecting { () throws(ProjectionError) in try state.checkpoint() }
        for entry in try outcomes(in: log, after: Position(checkpoint)).reversed() {
            let outcome = try projecting { () throws(ProjectionError) in
                try LogJSON.decode(
                    OutcomeEntry.self, from: entry.body, at: entry.position.number)
            }
            if let pause = outcome.pause { return pause }
            if outcome.isResumed == true { return nil }
        }
        return try projecting { () throws(ProjectionError) in try state.pause() }
    }

    private static func outcomes(
        in log: LogReader, after position: Position
    ) throws(DeliveryError) -> [Entry] {
        do throws(LogError) {
            var entries: [Entry] = []
            let last = try log.lastPosition()
            for found in try log.positions(of: .outcome, after: position, through: last) {
                if let entry = try log.entry(at: found) { entries.append(entry) }
            }
            return entries
        } catch {
            throw .log(error)
        }
    }
}
