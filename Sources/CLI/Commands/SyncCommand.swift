import Actions
import ArgumentParser
import Delivery
import EventLog

/// One pass to the end.
struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring Salesforce up to date once: project, compare, send what differs.",
        discussion: """
            Runs until every key is settled, parked, or in doubt behind its fence. What comes \
            again within a minute is waited for. Exit status 0 when nothing is left to do but \
            parked keys, 1 when delivery is paused, or something stays in doubt or comes again \
            later.

            Example: tidemark sync --json
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            if let server = await ControlClient(DataFolder(path: configuration.data)).hello() {
                throw CommandFailure.failed(
                    "process \(server.processID) serves \(configuration.data) and delivers "
                        + "by itself; `tidemark status` shows how far it is")
            }
            let document = try await Pass.run(configuration)
            try options.output.print(document, text: document.text)
            if !document.isComplete { throw ExitCode.failure }
        }
    }
}

/// A pass in this process.
enum Pass {
    /// - Throws: when the configuration says that nothing is to be sent.
    static func requireEnabled(_ configuration: Configuration) throws(CommandFailure) {
        guard !configuration.salesforce.isEnabled else { return }
        throw .failed(
            "\(configuration.salesforce.name) is disabled (salesforce.enabled is false): nothing "
                + "was sent; events are kept until it is enabled")
    }

    static func run(_ configuration: Configuration) async throws -> PassDocument {
        try requireEnabled(configuration)
        let session = try await DeliverySession(
            configuration, logger: Diagnostics.logger(.error))
        let bar = ProgressBar("sync")
        let document: PassDocument
        do {
            let pass = SyncPass(
                engine: session.engine, environment: Clocks.deliveryEnvironment)
            let result = try await pass.run { step in
                bar.update(step.dirtyCount, of: nil, unit: "keys to go")
            }
            document = PassDocument(
                result, report: result.report,
                counts: try session.projector.state.counts(),
                position: session.writing.log.lastPosition.number)
        } catch {
            bar.finish()
            try await session.close()
            throw error
        }
        bar.finish()
        try await session.close()
        return document
    }
}
