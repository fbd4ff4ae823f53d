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
        discussion: "Example: tidemark plan --detailed-exitcode")

    @Flag(help: "Exit with 2 when there is something to send.")
    var detailedExitcode = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await running {
            let configuration = try options.configuration()
            let document = try await Self.document(configuration)
            try options.output.print(document) { style in PlanText(document, style).text }
            if detailedExitcode, !document.operations.isEmpty { throw ExitCode(2) }
        }
    }

    /// Plans beside a running server, or with this process as the folder's writer: the
    /// configuration that the plan is made under goes into the log first.
    static func document(_ configuration: Configuration) async throws -> PlanDocument {
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
                    state: session.state, log: session.log, client: connection,
                    settings: DeliverySettings(configuration.salesforce))
            }
        }
        let session = try await DeliverySession(configuration, logger: Diagnostics.logger(.error))
        do {
            let document = try await document(
                state: session.projector.state, log: session.writing.log.reader(),
                client: session.connection, settings: session.settings)
            try await session.close()
            return document
        } catch {
            try await session.close()
            throw error
        }
    }

    private static func closing<Value>(
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

    private static func document(
        state: StateStore, log: LogReader, client: SalesforceConnection, settings: DeliverySettings
    ) async throws -> PlanDocument {
        guard let inForce = try ConfigurationRecorder.latest(in: log) else {
            throw CommandFailure.failed("the log holds no configuration yet")
        }
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
            switch error {
            case .delivery(let error): throw error
            case .salesforce(let error, _): throw error
            }
        }
        let linkedCount = try state.linkCount()
        for index in plans.indices {
            plans[index].saving = settings.saving(of: plans[index].description.name)
            plans[index].hold(settings, linkedCount: linkedCount, waitingCount: waitingCount)
        }
        return PlanDocument(
            plans, position: try state.checkpoint(), configuration: inForce.hash,
            limits: settings.limits)
    }
}
