import EventLog
import Projection

/// Why nothing is sent at present, as the log has it.
enum CurrentPause {
    /// The state's answer, corrected by what is not folded yet: while an object waits for its
    /// description the fold stands still before the entry that says why.
    static func read(
        log: LogReader, state: StateStore
    ) throws(CommandFailure) -> PauseEntry? {
        do {
            let checkpoint = try state.checkpoint()
            let outcomes = try log.positions(
                of: .outcome, after: Position(checkpoint), through: try log.lastPosition())
            for position in outcomes.reversed() {
                guard let entry = try log.entry(at: position) else { continue }
                let outcome = try LogJSON.decode(
                    OutcomeEntry.self, from: entry.body, at: position.number)
                if let pause = outcome.pause { return pause }
                if outcome.isResumed == true { return nil }
            }
            return try state.pause()
        } catch {
            throw CommandFailure(error)
        }
    }
}
