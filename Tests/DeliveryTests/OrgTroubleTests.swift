import Projection
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Trouble with the whole org: pauses with a reason, and goes on by itself.
@Suite struct OrgTroubleTests {
    @Test func anExpiredSessionIsRenewedOnce() async throws {
        try await withDelivery { bench in
            bench.org.expireSessions()
            let tokens = bench.org.statistics.calls[.token] ?? 0
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.contacts().count == 1)
            #expect(bench.org.statistics.calls[.token] == tokens + 1)
        }
    }

    @Test func aSessionThatStaysRefusedPauses() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .query, times: 2, .unauthorized))
            try await bench.send(TestPerson(1))
            let result = try await bench.settle()
            #expect(result.last.pause != nil)
            bench.clock.advance(by: Health.probeInterval)
            try await bench.settle()
            #expect(bench.contacts().count == 1)
        }
    }

    @Test(arguments: [CallKind.query, .create])
    func aUsedUpAllocationPausesAndIsProbed(_ kind: CallKind) async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: kind, times: nil, .dailyLimit))
            try await bench.send(TestPerson(1))
            let result = try await bench.settle()
            let pause = try #require(result.last.pause)
            #expect(pause.reason.contains("REQUEST_LIMIT_EXCEEDED"))
            #expect(try bench.projector.state.pause()?.reason == pause.reason)
            // Paused means paused: no call before the probe.
            let calls = bench.org.statistics.callCount
            try await bench.settle()
            #expect(bench.org.statistics.callCount == calls)
            // A probe that finds nothing changed leaves the pause, and its beginning, as they are.
            bench.clock.advance(by: Health.probeInterval)
            try await bench.settle()
            #expect(await bench.engine.currentPause == pause)
            bench.org.clearFaults()
            bench.clock.advance(by: Health.probeInterval)
            let resumed = try await bench.settle()
            #expect(resumed.last.pause == nil)
            #expect(try bench.projector.state.pause() == nil)
            #expect(bench.contacts().count == 1)
        }
    }

    @Test func tooManyLongCallsAreWaitedOut() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .concurrencyLimit))
            try await bench.send(TestPerson(1))
            let before = bench.clock.now
            try await bench.settle()
            #expect(bench.contacts().count == 1)
            // Salesforce counts calls of twenty seconds: half of that lets some end.
            #expect(bench.clock.now - before >= .seconds(10))
        }
    }

    @Test func whileSalesforceIsAwayEventsKeepFoldingAndThenAreOneUpdate() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(times: nil, .cutBefore))
            let since = bench.clock.wall
            try await bench.send(TestPerson(1))
            let result = try await bench.settle()
            let pause = try #require(result.last.pause)
            #expect(pause.since == since)
            for number in 1...100 {
                try await bench.send(TestPerson(1, first: "F\(number)", time: Int64(number)))
                bench.clock.advance(by: .seconds(61))
                _ = try await bench.engine.step()
            }
            #expect(try bench.projector.state.checkpoint() >= 100)
            #expect(try bench.projector.state.pause()?.since == since)
            // One entry for the pause, however long it lasts.
            #expect(try bench.outcomes().filter { $0.pause != nil }.count == 1)
            bench.org.clearFaults()
            let step = try #require(try await bench.engine.step().wait)
            bench.clock.advance(by: step)
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com F100 Lee1"])
            #expect(bench.writes() == ["create Contact"])
            #expect(try bench.projector.state.pause() == nil)
        }
    }

    /// Reads that come through must not hide that writes do not.
    @Test func writesThatStayWithoutAnswerBackOffThoughReadsComeThrough() async throws {
        try await withDelivery(leavesDoubts: true) { bench in
            try bench.org.seed("Contact", [["Email": "p1@example.com", "LastName": "Old"]])
            bench.org.inject(Fault(on: .update, times: nil, .maintenancePage))
            try await bench.send(TestPerson(1))
            for _ in 0..<60 {
                _ = try await bench.engine.step()
                bench.clock.advance(by: .seconds(10))
            }
            // Ten minutes: every half second without back-off would be over a thousand calls.
            #expect((bench.org.statistics.calls[.update] ?? 0) <= 25)
            #expect(await bench.engine.currentPause != nil)
            bench.org.clearFaults()
            bench.clock.advance(by: .seconds(61))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(await bench.engine.currentPause == nil)
        }
    }

    @Test func createActionsAloneDoNotEndAPauseByLooking() async throws {
        try await withDelivery(TestRules.create) { bench in
            bench.org.inject(Fault(times: nil, .cutBefore))
            try await bench.send(TestPerson(1))
            for _ in 0..<20 {
                _ = try await bench.engine.step()
                bench.clock.advance(by: .seconds(1))
            }
            bench.org.clearFaults()
            bench.passFence()
            try await bench.settle()
            #expect(bench.contacts().count == 1)
            #expect(try bench.intents().count <= 8)
        }
    }

    // MARK: Budget

    @Test func theShareOfTheAllocationIsKept() async throws {
        var options = EmulatorOptions()
        options.dailyCallMax = 20
        let settings = DeliverySettings.test {
            $0.budgetShare = 0.5
            $0.limits.callRecordCountMax = 10
            $0.limits.roundKeyCountMax = 400
        }
        try await withDelivery(options: options, settings: settings) { bench in
            try await bench.send((0..<400).map { TestPerson($0) })
            let result = try await bench.settle()
            #expect(bench.org.usedCalls <= 10)
            #expect(result.last.pause?.reason.contains("salesforce.budget.share") == true)
            #expect(!bench.contacts().isEmpty)
            // The calls of yesterday age, and delivery goes on.
            bench.org.setLimits(max: 1_000, used: 0)
            bench.clock.advance(by: Health.probeInterval)
            try await bench.settle()
            #expect(bench.contacts().count == 400)
        }
    }

    // MARK: Descriptions

    /// A sync that could not describe anything has not synced.
    @Test func aPassThatCouldNotDescribeIsNotComplete() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                server.org.inject(Fault(on: .describe, times: nil, .cutBefore))
                try await withEngine(in: folder, of: server) { bench in
                    try await bench.send(TestPerson(1))
                    let result = try await bench.settle()
                    #expect(!result.isComplete)
                    #expect(result.last.wait != nil || result.last.pause != nil)
                    bench.org.clearFaults()
                    bench.clock.advance(by: .seconds(61))
                    let next = try await bench.settle()
                    #expect(next.isComplete)
                    #expect(bench.contacts().count == 1)
                }
            }
        }
    }

    /// The field is gone since it was described: its keys are parked with its name, the others go.
    @Test func aFieldThatIsGoneIsDescribedAgain() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            bench.org.setHidden(true, field: "FirstName", of: "Contact")
            try await bench.send(TestPerson(1, first: "Bea", time: 10))
            let result = try await bench.settle()
            #expect(result.last.pause == nil)
            let record = try #require(
                try bench.projector.state.records(after: 0, countMax: 1).first)
            guard case .parked(let parking) = record.delivery.status else {
                Issue.record("not parked but \(record.delivery.status.name)")
                return
            }
            #expect(parking.message.contains("FirstName"))
            bench.org.setHidden(false, field: "FirstName", of: "Contact")
            try await bench.engine.configure(TestRules.actions(TestRules.byEmail))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])
        }
    }

    @Test func anotherOrgIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                try await withEngine(in: folder, of: server) { bench in
                    let recorder = ConfigurationRecorder(log: bench.log)
                    let entry = try #require(try recorder.latest()).entry
                    try await recorder.record(
                        ConfigurationEntry(
                            actions: entry.actions, descriptions: entry.descriptions,
                            organization: "00D000000000001EAA"))
                    await #expect(throws: DeliveryError.self) {
                        try await bench.engine.configure(entry.actions)
                    }
                    #expect(bench.writes().isEmpty)
                }
            }
        }
    }
}
