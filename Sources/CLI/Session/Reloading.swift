import Actions
import Delivery
import Foundation
import Logging
import Projection
import Records
import Salesforce
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Takes up a changed configuration file while a server runs: on SIGHUP.
///
/// Only the actions change: they are an entry of the log, and what Salesforce should hold follows
/// from it. A file with a problem is refused whole, and the configuration before it stays in force;
/// so is one that Salesforce cannot be asked about, because its fields would not be known.
struct Reloading: Service {
    let options: GlobalOptions
    /// What the server was started with: all but the actions is as it says.
    let started: Configuration
    let session: DeliverySession
    let refused: RefusedConfiguration
    let logger: Logger

    func run() async throws {
        try sayProblems()
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }

    /// What does not fit Salesforce at the start does not keep events from being taken in: their
    /// keys are parked with the reason.
    private func sayProblems() throws {
        let recorder = ConfigurationRecorder(log: session.writing.log)
        guard let latest = try recorder.latest()?.entry else { return }
        var found: [String: ObjectDescription?] = [:]
        var kept: [String: Set<String>] = [:]
        for description in latest.descriptions {
            found[description.name] = .some(description)
            kept[description.name] = latest.needs.fields(of: description.name)
        }
        let check = DescriptionCheck(
            started, yaml: try String(contentsOfFile: options.config, encoding: .utf8),
            objects: DescribedObjects(found, kept: kept))
        for problem in check.problems {
            logger.error(
                "an action does not fit what Salesforce describes",
                metadata: ["problem": "\(problem)"])
        }
    }

    private func reload() async {
        do {
            let configuration = try options.configuration()
            try await check(configuration)
            for key in started.keysNeedingRestart(for: configuration) {
                logger.warning(
                    "a changed key is taken up at the next start only",
                    metadata: ["key": "\(key)"])
            }
            try await putInForce(configuration.actions)
            refused.clear()
        } catch {
            let problems = CommandFailure(error).description
            refused.note(problems, at: Clocks.wall())
            logger.error(
                "the configuration was not reloaded; the one before stays in force",
                metadata: ["problems": "\(problems)"])
        }
    }

    private func check(_ configuration: Configuration) async throws {
        guard started.salesforce.isEnabled else { return }
        let objects = try await DescribedObjects.asked(
            for: configuration.actions, session.connection.client)
        let yaml = try String(contentsOfFile: options.config, encoding: .utf8)
        let check = DescriptionCheck(configuration, yaml: yaml, objects: objects)
        guard check.problems.isEmpty else { throw ConfigurationError(problems: check.problems) }
    }

    private func putInForce(_ actions: [Action]) async throws {
        let recorder = ConfigurationRecorder(log: session.writing.log)
        let before = try recorder.latest()
        let changes = ActionChanges(from: before?.entry.actions ?? [], to: actions)
        if started.salesforce.isEnabled {
            try await session.engine.reconfigure(actions)
        } else {
            try await recorder.record(actions: actions)
        }
        let position = try recorder.latest()?.position ?? 0
        logger.notice(
            "the configuration was reloaded",
            metadata: ["changes": "\(changes)", "position": "\(position)"])
    }
}

/// Why the file is not what is in force, when a server was told to take it up and did not.
final class RefusedConfiguration: Sendable {
    /// Written by the one that reloads, read by the control socket.
    private let latest = Mutex<ControlMessage.RefusedConfiguration?>(nil)

    var current: ControlMessage.RefusedConfiguration? { latest.withLock { $0 } }

    func note(_ problems: String, at time: Int64) {
        latest.withLock { $0 = ControlMessage.RefusedConfiguration(at: time, problems: problems) }
    }

    func clear() { latest.withLock { $0 = nil } }
}
