import Actions
import Delivery
import EventLog
import Events
import Ingest
import Projection

/// Where commands write: the log itself, or the server that has it.
enum WritingDoor: Sendable {
    case local(LogWriter)
    case server(ControlClient)

    init(_ configuration: Configuration) async throws(CommandFailure) {
        let folder = DataFolder(path: configuration.data)
        let control = ControlClient(folder)
        if await control.isAnswering() {
            self = .server(control)
            return
        }
        do {
            self = .local(try LogWriter(folder: folder.log, now: Clocks.wall))
        } catch {
            throw CommandFailure(error)
        }
    }

    /// A running server takes what is written.
    var isServed: Bool {
        if case .server = self { return true }
        return false
    }

    /// A server has put its own configuration in force; it is left alone.
    func recordActions(of configuration: Configuration) async throws(CommandFailure) {
        guard case .local(let log) = self else { return }
        do {
            try await ConfigurationRecorder(log: log).record(actions: configuration.actions)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// - Throws: `log` from the log itself, `refused` with what the server said.
    func append(_ events: [Event]) async throws(IngestError) -> [AppendResult] {
        switch self {
        case .local(let log):
            do {
                return try await log.append(events)
            } catch {
                throw .log(error)
            }
        case .server(let control):
            do {
                return try await control.append(events)
            } catch {
                throw .refused(reason: "\(error)")
            }
        }
    }

    /// - Returns: the decision's position.
    func decide(_ decision: DecisionEntry) async throws(CommandFailure) -> UInt64 {
        switch self {
        case .server(let control): return try await control.decide(decision)
        case .local(let log):
            do {
                return try await log.append(kind: .decision, body: LogJSON.encode(decision)).number
            } catch {
                throw CommandFailure(error)
            }
        }
    }

    /// The last position of the log in `folder`, which this is a door of.
    func lastPosition(in folder: DataFolder) throws(CommandFailure) -> Position {
        if case .local(let log) = self { return log.lastPosition }
        do {
            let reader = try LogReader(folder: folder.log)
            defer { reader.close() }
            return try reader.lastPosition()
        } catch {
            throw CommandFailure(error)
        }
    }

    func close() {
        if case .local(let log) = self { log.close() }
    }
}
