import Projection
import SalesforceEmulator
import Testing

@testable import Delivery

/// Delivery as `serve` runs it: nobody steps it, and nobody restarts it.
@Suite struct ServiceTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let effect: FaultEffect
        let reason: String

        init(_ name: String, _ effect: FaultEffect, _ reason: String) {
            testDescription = name
            self.effect = effect
            self.reason = reason
        }
    }

    static let troubles = [
        Trouble("no calls left", .dailyLimit, "API requests of 24 hours are used up"),
        Trouble("too many calls at once", .concurrencyLimit, "REQUEST_LIMIT_EXCEEDED"),
        Trouble(
            "away for an hour", .unavailable(retryAfterSeconds: 3_600), "asked to come again"),
        Trouble("nobody answers", .cutBefore, "call to Salesforce"),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: troubles)
    func deliveryGoesOnByItselfWhenTheTroubleIsOver(_ trouble: Trouble) async throws {
        try await withDelivery(leavesDoubts: true) { bench in
            let service = DeliveryService(
                engine: bench.engine, log: bench.log, limits: bench.settings.limits,
                environment: bench.clock.environment, logger: .silent)
            bench.org.inject(Fault(times: nil, trouble.effect))
            try await bench.send(TestPerson(1))
            let running = Task { try await service.run() }
            let pause = try await bench.waited { try bench.projector.state.pause() }
            #expect(pause.reason.contains(trouble.reason))
            #expect(pause.since >= 1_760_000_000_000)
            // It tries again and again, and says nothing new.
            let failed = bench.org.statistics.faultsFired
            try await bench.waited { bench.org.statistics.faultsFired > failed + 3 ? () : nil }
            #expect(try bench.projector.state.pause()?.since == pause.since)
            #expect(bench.contacts().isEmpty)

            bench.org.clearFaults()
            try await bench.waited { bench.contacts().count == 1 ? () : nil }
            try await bench.waited { try bench.projector.state.pause() == nil ? () : nil }
            running.cancel()
            try await running.value
            #expect(try await bench.keys() == ["p1@example.com settled"])
        }
    }
}

extension DeliveryBench {
    /// Asks until there is an answer; the test's time limit ends it.
    @discardableResult
    fileprivate func waited<R>(_ answer: () throws -> R?) async throws -> R {
        while true {
            if let found = try answer() { return found }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
