import Actions
import ArgumentParser
import Delivery
import EventLog
import Projection
import Records

/// What would be sent now.
struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what would be sent now, with reasons and price. Sends nothing but reads.",
        discussion: """
            With a configuration that differs from the one in force, the plan is what putting it \
            in force would send; nothing is put in force. With --as-of it is the way back: what \
            would be sent had no event come after that time or position.

            Example: tidemark plan --detailed-exitcode
                     tidemark plan --config changed.yaml
                     tidemark plan --as-of 2026-01-31T12:00:00Z
            """)

    @Option(help: "As if no event had come after this time or position.")
    var asOf: String?

    @Flag(help: "Exit with 2 when there is something to send.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let document = try await Self.document(configuration, asOf: asOf)
            try options.output.print(document) { style in PlanText(document, style).text }
            if detailedExitcode, !document.operations.isEmpty { throw ExitCode(2) }
        }
    }

    /// Plans under what is only supposed; or, under what is in force, beside a running server, or
    /// with this process as the folder's writer: a first configuration goes into the log then.
    private static func document(
        _ configuration: Configuration, asOf: String?
    ) async throws -> PlanDocument {
        let point = try asOf.map { (text) throws(CommandFailure) in try Times.Point(text) }
        if try point != nil || SupposedPlan.isNeeded(configuration) {
            return try await SupposedPlan(configuration: configuration, asOf: point).document()
        }
        let folder = DataFolder(path: configuration.data)
        if await ControlClient(folder).isAnswering() {
            let session = try await ReadingSession(configuration)
            defer { session.close() }
            let connection = try SalesforceConnection(
                configuration,
                organization: try session.configurationInForce()?.entry.organizationID,
                logger: Diagnostics.logger(.error))
            return try await closing(connection) {
                try await document(
                    under: try Basis(session.log), state: session.state, log: session.log,
                    client: connection,
                    settings: DeliverySettings(configuration.salesforce))
            }
        }
        let session = try await DeliverySession(configuration, logger: Diagnostics.logger(.error))
        do {
            let log = session.writing.log.reader()
            let document = try await document(
                under: try Basis(log), state: session.projector.state, log: log,
                client: session.connection, settings: session.settings)
            try await session.close()
            return document
        } catch {
            try await session.close()
            throw error
        }
    }

    static func closing<Value>(
        _ connection: SalesforceConnection, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body()
            try await connection.close()
            return value
        } catch {
            try await connection.close()
            throw error
        }
    }

    /// The configuration that a plan is made under, with its name.
    struct Basis {
        let entry: ConfigurationEntry
        let hash: String

        init(entry: ConfigurationEntry, hash: String) {
            self.entry = entry
            self.hash = hash
        }

        /// What is in force.
        fileprivate init(_ log: LogReader) throws {
            guard let inForce = try ConfigurationRecorder.latest(in: log) else {
                throw CommandFailure.failed("the log holds no configuration yet")
            }
            self.init(entry: inForce.entry, hash: inForce.hash)
        }
    }

    /// - Parameter asOf: the last event that counts, if not all do.
    static func document(
        under inForce: Basis, state: StateStore, log: LogReader, client: SalesforceConnection,
        settings: DeliverySettings, asOf: UInt64? = nil
    ) async throws -> PlanDocument {
        let undescribed = inForce.entry.undescribedObjects
        guard undescribed.isEmpty else {
            let reason =
                try CurrentPause.read(log: log, state: state)?.reason ?? "Salesforce did not answer"
            throw CommandFailure.failed(
                "\(undescribed.joined(separator: ", ")) could not be described: \(reason)")
        }
        let planner = Planner(
            configuration: inForce.entry, state: state, log: log, client: client.client,
            following: settings.following)
        var plans: [ObjectPlan]
        let doubts = try Doubts(state: state)
        let waitingCount = try state.waitingDeleteCount(
            pageCountMax: settings.limits.roundKeyCountMax)
        do {
            plans = try await planner.planEverything(
                beside: doubts, pageCountMax: settings.limits.roundKeyCountMax)
        } catch {
            throw error.cause
        }
        let linkedCount = try state.linkCount()
        for index in plans.indices {
            plans[index].saving = settings.saving(of: plans[index].description.name)
            plans[index].hold(settings, linkedCount: linkedCount, waitingCount: waitingCount)
        }
        return PlanDocument(
            plans, parked: StatusCounts(try state.counts()).parked,
            position: try state.checkpoint(), configuration: inForce.hash, asOf: asOf,
            limits: settings.limits)
    }
}
