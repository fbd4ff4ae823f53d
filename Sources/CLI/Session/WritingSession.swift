import Actions
import Delivery
import EventLog
import Logging
import Projection
import Records

/// The data folder with this process as its one writer.
struct WritingSession {
    let configuration: Configuration
    let log: LogWriter

    /// Takes the folder's lock.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` naming the process that has it.
    init(_ configuration: Configuration) throws(CommandFailure) {
        self.configuration = configuration
        do {
            log = try LogWriter(
                folder: DataFolder(path: configuration.data).log, now: Clocks.wall)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Puts the file's actions into the log, so that events which follow are under them.
    func recordActions() async throws(CommandFailure) {
        do {
            try await ConfigurationRecorder(log: log).record(actions: configuration.actions)
        } catch {
            throw CommandFailure(error)
        }
    }

    func projector() throws(CommandFailure) -> Projector {
        do {
            return try Projector(
                folder: DataFolder(path: configuration.data).state, log: log.reader())
        } catch {
            throw CommandFailure(error)
        }
    }

    func close() { log.close() }
}

/// A writing session that also talks to Salesforce: `sync`, `plan`, `apply`, `serve`.
struct DeliverySession {
    let writing: WritingSession
    let connection: SalesforceConnection
    let projector: Projector
    let engine: DeliveryEngine
    let settings: DeliverySettings

    /// Takes the lock, takes over from the process before, and puts the configuration in force.
    ///
    /// - Throws: what ``WritingSession`` and delivery throw; nothing is left open then.
    init(_ configuration: Configuration, logger: Logger) async throws {
        let writing = try WritingSession(configuration)
        do {
            let projector = try writing.projector()
            do {
                try self.init(configuration, writing, projector, logger)
            } catch {
                projector.close()
                throw error
            }
        } catch {
            writing.close()
            throw error
        }
        do {
            try sayChanges(logger)
            try await writing.recordActions()
            try await engine.start()
            if configuration.salesforce.isEnabled {
                try await engine.configure(configuration.actions)
            }
        } catch {
            try await close()
            throw CommandFailure(error)
        }
    }

    private init(
        _ configuration: Configuration, _ writing: WritingSession, _ projector: Projector,
        _ logger: Logger
    ) throws(CommandFailure) {
        self.writing = writing
        self.projector = projector
        settings = DeliverySettings(configuration.salesforce)
        let bound: RecordID?
        do {
            bound = try ConfigurationRecorder(log: writing.log).latest()?.entry.organizationID
        } catch {
            throw CommandFailure(error)
        }
        // Last: from here on nothing can fail, and a client must be shut down.
        connection = try SalesforceConnection(
            configuration, organization: bound, logger: logger)
        engine = DeliveryEngine(
            log: writing.log, projector: projector, client: connection.client, settings: settings,
            environment: Clocks.deliveryEnvironment, logger: logger)
    }

    /// Says how the file differs from what was in force so far.
    private func sayChanges(_ logger: Logger) throws {
        let latest = try ConfigurationRecorder(log: writing.log).latest()
        guard let before = latest?.entry.actions else { return }
        let changes = ActionChanges(from: before, to: writing.configuration.actions)
        guard !changes.isEmpty else { return }
        logger.notice("the configuration has changed", metadata: ["changes": "\(changes)"])
    }

    func close() async throws {
        await engine.stop()
        projector.close()
        writing.close()
        try await connection.close()
    }
}
