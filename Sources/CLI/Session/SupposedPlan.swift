import Actions
import Delivery
import EventLog
import Foundation
import Projection

/// A plan under what is only supposed: that the file's actions were in force instead of those that
/// are, or that no event had come after some point.
///
/// It is folded into a state of its own beside the real one, which is removed again. The log is
/// only read: a look at a mapping puts nothing in force.
struct SupposedPlan {
    let configuration: Configuration
    /// As if no event had come after it; `nil` for all events.
    let asOf: Times.Point?

    /// Whether the file asks for other actions than the log has in force.
    static func isNeeded(_ configuration: Configuration) throws(CommandFailure) -> Bool {
        let inForce = try DataFolder(path: configuration.data).latestConfiguration()
        return inForce.map { $0.entry.actions != configuration.actions } ?? false
    }

    func document() async throws -> PlanDocument {
        let session = try await ReadingSession(configuration)
        defer { session.close() }
        guard let inForce = try session.configurationInForce() else {
            throw CommandFailure.failed("the log holds no configuration yet; run `tidemark sync`")
        }
        let connection = try SalesforceConnection(
            configuration, organization: inForce.entry.organizationID,
            logger: Diagnostics.logger(.error))
        return try await Plan.closing(connection) {
            let entry = try await supposed(inForce.entry, connection)
            let scratch = DataFolder(path: configuration.data).scratch("plan")
            // What stays costs disk space until the next plan, nothing else.
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            let projector = try fold(session.log, under: entry, in: scratch)
            defer { projector.close() }
            return try await Plan.document(
                under: .init(entry: entry, hash: ConfigurationEntry.hash(of: try entry.encoded())),
                state: projector.state, log: session.log, client: connection,
                settings: DeliverySettings(configuration.salesforce),
                asOf: try asOf?.last(in: session.log))
        }
    }

    /// The file's actions with what Salesforce says of their objects, as if they were put in force.
    private func supposed(
        _ inForce: ConfigurationEntry, _ connection: SalesforceConnection
    ) async throws -> ConfigurationEntry {
        do throws(Planner.Failure) {
            return try await Descriptions(client: connection.client).described(
                ConfigurationEntry(
                    actions: configuration.actions, descriptions: inForce.descriptions,
                    organization: inForce.organization))
        } catch {
            throw error.cause
        }
    }

    private func fold(
        _ log: LogReader, under entry: ConfigurationEntry, in scratch: String
    ) throws -> Projector {
        var limits = ProjectorLimits()
        let last = try log.lastPosition()
        // What comes in meanwhile is for the next plan.
        limits.through = last
        let projector = try Projector(
            folder: scratch, log: log, limits: limits,
            supposition: Supposition(
                configuration: entry, eventsThrough: try asOf?.last(in: log)))
        let bar = ProgressBar("plan")
        defer { bar.finish() }
        do {
            while try projector.projectNextBatch() > 0 {
                bar.update(
                    Int(try projector.state.checkpoint()), of: Int(last.number), unit: "entries")
            }
        } catch {
            projector.close()
            throw error
        }
        return projector
    }
}

extension Planner.Failure {
    /// What a command reports.
    var cause: any Error {
        switch self {
        case .delivery(let error): error
        case .salesforce(let error, _): error
        }
    }
}
