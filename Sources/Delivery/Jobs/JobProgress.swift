import Salesforce

/// What to do next about a job, from what was last heard of it: a pure state machine.
///
/// Until a job is closed nothing of it is executed, so everything before is simply given up on a
/// failure, and the rows are dirty again. From the request to close it on, only Salesforce can say
/// how far it is. A job found open when it should be closed, as after a restart, is aborted and
/// never closed late: what its rows say may be old by now.
package struct JobProgress: Sendable, Hashable {
    package enum Event: Sendable, Hashable {
        /// A job whose rows have just been recorded.
        case planned
        /// A job of which the log, and nothing in memory, tells; with or without Salesforce's id.
        case found(hasID: Bool)
        case created
        case uploaded
        case told(BulkJobState)
        /// All results were read and recorded.
        case readAll
        /// What was asked for last did not come through.
        case failed(SalesforceError)
    }

    package enum Action: Sendable, Hashable {
        case create, upload, close, ask, abort, read
        /// Do ``Action/ask`` or ``Action/read`` again, after the poll schedule's wait.
        case askLater, readLater
        /// The job is over: its rows that have no answer were not executed.
        case release
        /// The job is over: nobody will ever say what became of its rows that have no answer.
        case doubt
    }

    private enum Stage: Sendable, Hashable {
        case unsent, open, closing, running, aborting
        case over(BulkJobState)
    }

    private var stage = Stage.unsent

    package init() {}

    /// How the job ended, once it has.
    package var finalState: BulkJobState? {
        if case .over(let state) = stage { return state }
        return nil
    }

    package mutating func next(after event: Event) -> Action {
        switch event {
        case .planned: return .create
        case .found(let hasID):
            stage = .running
            return hasID ? .ask : .release
        case .created:
            stage = .open
            return .upload
        case .uploaded:
            stage = .closing
            return .close
        case .told(let state): return heard(state)
        case .readAll:
            // Rows that are in none of the three lists.
            return .doubt
        case .failed(let error): return failed(error)
        }
    }

    private mutating func heard(_ state: BulkJobState) -> Action {
        if state.isFinal {
            stage = .over(state)
            return .read
        }
        if state == .open {
            stage = .aborting
            return .abort
        }
        stage = .running
        return .askLater
    }

    private mutating func failed(_ error: SalesforceError) -> Action {
        switch stage {
        // Nothing exists, or an empty job that nobody will close.
        case .unsent: return .release
        case .open:
            stage = .aborting
            return .abort
        // Whatever the answer was, the job's state tells.
        case .closing, .aborting:
            stage = .running
            return .askLater
        case .running: return error.isGone ? .doubt : .askLater
        case .over: return error.isRefused ? .doubt : .readLater
        }
    }
}

extension SalesforceError {
    /// Salesforce knows no such job: it was deleted, or its results have expired.
    fileprivate var isGone: Bool {
        if case .refused(_, let status, _, _) = self { return status == 404 }
        return false
    }

    /// Refused for good: asking again would be answered alike.
    fileprivate var isRefused: Bool {
        switch disposition {
        case .split, .park, .stopObject, .observeAgain: true
        case .retry, .slowDown, .inDoubt, .pause, .reauthorise: false
        }
    }
}
