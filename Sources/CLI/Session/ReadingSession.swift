import Actions
import Delivery
import EventLog
import Projection

/// The data folder, read beside whatever else runs. What the log holds and the state does not yet
/// is folded first, unless a server is doing that already.
struct ReadingSession {
    let configuration: Configuration
    let log: LogReader
    let state: StateStore
    private let projector: Projector?

    init(_ configuration: Configuration) async throws(CommandFailure) {
        self.configuration = configuration
        let folder = DataFolder(path: configuration.data)
        try folder.requireLog()
        let isServed = await ControlClient(folder).isAnswering()
        do {
            log = try LogReader(folder: folder.log)
            if isServed {
                projector = nil
                state = try StateStore(folder: folder.state, isReadOnly: true)
            } else {
                let projector = try Projector(folder: folder.state, log: log)
                try projector.catchUp()
                self.projector = projector
                state = projector.state
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Folds what has come into the log since it was opened, unless a server does.
    func foldOn() throws(CommandFailure) {
        do {
            try projector?.catchUp()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The configuration in force: what the log says, not the file.
    func configurationInForce() throws(CommandFailure) -> ConfigurationRecorder.Recorded? {
        do {
            return try ConfigurationRecorder.latest(in: log)
        } catch {
            throw CommandFailure(error)
        }
    }

    func close() {
        state.close()
        log.close()
    }
}
