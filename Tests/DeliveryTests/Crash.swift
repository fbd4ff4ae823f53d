import Projection
import SalesforceEmulator
import Testing

@testable import Delivery

/// An engine that ends at a bad moment.
struct Crash: Error {
    /// Ends an engine that has one person to create between the intent and its outcome.
    static func betweenIntentAndOutcome(
        in folder: String, _ server: EmulatorServer, _ clock: ManualClock, wasSent: Bool
    ) async throws {
        do {
            try await withEngine(in: folder, of: server, clock: clock) { bench in
                try await bench.send(TestPerson(1))
                try await bench.engine.project()
                let recorded = try ConfigurationRecorder(log: bench.log).latest()
                let entry = try #require(recorded)
                let planner = Planner(
                    configuration: entry.entry, state: bench.projector.state,
                    log: bench.log.reader(), client: bench.client)
                let records = try bench.projector.state.records(after: 0, countMax: 10)
                let plan = try #require(try await planner.plan(records).first)
                let batch = try #require(
                    BatchComposer(limits: DeliveryLimits()).compose(plan).batches.first)
                let intent = batch.intent(epoch: bench.log.epoch, configuration: entry.hash)
                _ = try await bench.log.append(kind: .intent, body: LogJSON.encode(intent))
                if wasSent { _ = try await bench.client.send(batch.request) }
                throw Crash()
            }
        } catch is Crash {
            // As intended: nothing was recorded after the intent.
        }
    }
}
