import Events
import Projection
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// What lies in an object's fields or rights stops that object, or only the keys that use the
/// field; never the org, and never record by record.
@Suite struct ObjectStopTests {
    private static let refusal = FaultEffect.status(
        400, code: "INVALID_FIELD", message: "No such column 'Gone__c' on sobject of type Contact")

    @Test(arguments: [CallKind.query, .create])
    func anObjectThatIsRefusedStopsAndItsKeysWait(_ kind: CallKind) async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: kind, times: nil, Self.refusal))
            try await bench.send((1...150).map { TestPerson($0) })
            let result = try await bench.settle()
            #expect(result.last.pause == nil)
            #expect(!result.isComplete)
            #expect(result.last.dirtyCount == 150)
            let stop = try #require(try bench.projector.state.stoppedObjects().first)
            #expect(stop.object == "Contact")
            #expect(stop.reason.contains("INVALID_FIELD (Gone__c)"))
            // However long it lasts, no more than looks and trials.
            let calls = bench.org.statistics.callCount
            for _ in 0..<12 {
                bench.clock.advance(by: .seconds(5 * 60))
                try await bench.settle()
            }
            #expect(bench.org.statistics.callCount - calls <= 20)
            #expect(try bench.outcomes().flatMap { $0.objects ?? [] }.count == 1)
            bench.org.clearFaults()
            bench.clock.advance(by: StoppedObjects.trialInterval)
            try await bench.settle()
            #expect(bench.contacts().count == 150)
            #expect(try bench.projector.state.stoppedObjects().isEmpty)
        }
    }

    @Test func aBacklogOfAStoppedObjectWaitsForTheTrialToo() async throws {
        try await withDelivery(TestRules.byExternalID, settings: JobTests.settings) { bench in
            bench.org.inject(Fault(on: .query, times: nil, Self.refusal))
            try await bench.send((0..<JobTests.count).map { TestPerson($0) })
            let result = try await bench.settle()
            #expect(result.last.pause == nil)
            #expect(result.last.dirtyCount == JobTests.count)
            #expect(try bench.projector.state.stoppedObjects().map(\.object) == ["Contact"])
            let calls = bench.org.statistics.callCount
            for _ in 0..<12 {
                bench.clock.advance(by: .seconds(5 * 60))
                try await bench.settle()
            }
            #expect(bench.org.statistics.callCount - calls <= 20)
            #expect(try bench.intents().isEmpty)
            bench.org.clearFaults()
            bench.clock.advance(by: StoppedObjects.trialInterval)
            try await bench.settle()
            #expect(bench.contacts().count == JobTests.count)
            #expect(try bench.projector.state.stoppedObjects().isEmpty)
        }
    }

    @Test func anObjectThatStopsStopsNoOther() async throws {
        let account = """
            {"name":"firm","object":"Account","trigger":"type = \\"identify\\"",\
            "operation":"upsert","matchers":{"Name":"$.traits.last"},\
            "fields":{"Name":"$.traits.last"}}
            """
        try await withDelivery(TestRules.byEmail + "," + account) { bench in
            // Accounts are written first.
            bench.org.inject(Fault(on: .create, Self.refusal))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(bench.org.records(of: "Account").isEmpty)
            #expect(try bench.projector.state.stoppedObjects().map(\.object) == ["Account"])
        }
    }

    @Test func aChangedConfigurationLetsAStoppedObjectGo() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, Self.refusal))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(try bench.projector.state.stoppedObjects().count == 1)
            let narrower = TestRules.action(
                fields: #""LastName":"$.traits.last","Email":"$.traits.email""#)
            try await bench.engine.configure(TestRules.actions(narrower))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com - Lee1"])
            #expect(try bench.projector.state.stoppedObjects().isEmpty)
        }
    }

    @Test func aStopOutlivesItsProcess() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                try await withEngine(in: folder, of: server) { bench in
                    server.org.inject(Fault(on: .create, times: nil, Self.refusal))
                    try await bench.send(TestPerson(1))
                    try await bench.settle()
                }
                server.org.clearFaults()
                try await withEngine(in: folder, of: server) { bench in
                    #expect(try bench.projector.state.stoppedObjects().count == 1)
                    // A start is a trial.
                    try await bench.settle()
                    #expect(bench.contacts().count == 1)
                    #expect(try bench.projector.state.stoppedObjects().isEmpty)
                }
            }
        }
    }

    // MARK: Who is to blame

    private static func people(_ numbers: Range<Int>) -> [TestPerson] {
        numbers.map { TestPerson($0) }
    }

    /// Keys 1 and 2 write the field that is named, the other eight do not.
    @Test func aRefusalThatNamesAFieldConcernsOnlyTheKeysThatWriteIt() async throws {
        try await withDelivery { bench in
            bench.org.inject(
                Fault(
                    on: .create,
                    .status(
                        400, code: "INVALID_FIELD",
                        message: "No such column 'FirstName' on sobject of type Contact")))
            try await bench.send(Self.people(1..<3))
            _ = try await bench.log.append((3..<11).map { Self.plain($0) })
            #expect(try await bench.settle().isComplete)
            #expect(bench.contacts().count == 8)
            #expect(try await bench.keys().count { $0.hasSuffix(" parked/rejected") } == 2)
            #expect(try bench.parkedMessages().allSatisfy { $0.contains("FirstName") })
            #expect(try bench.projector.state.stoppedObjects().isEmpty)
            #expect(bench.org.statistics.calls[.create] == 2)
        }
    }

    /// Nothing is named: halves find the one key, and nobody is parked for its company.
    @Test func aRefusalThatNamesNothingIsHalvedDownToItsKey() async throws {
        let nameless = FaultEffect.status(400, code: "INVALID_FIELD", message: "no field named")
        try await withDelivery { bench in
            // Four keys; then the half with the first, then the first alone.
            bench.org.inject(Fault(on: .create, times: 2, nameless))
            bench.org.inject(Fault(on: .create, afterCalls: 3, nameless))
            try await bench.send(Self.people(1..<5))
            #expect(try await bench.settle().isComplete)
            #expect(bench.contacts().count == 3)
            #expect(
                try await bench.keys() == [
                    "p1@example.com parked/rejected", "p2@example.com settled",
                    "p3@example.com settled", "p4@example.com settled",
                ])
            #expect(try bench.projector.state.stoppedObjects().isEmpty)
        }
    }

    /// All updates are refused, and creates come through: it is not the object.
    @Test func whatComesThroughBesideARefusalKeepsTheObjectGoing() async throws {
        try await withDelivery { bench in
            try await bench.send(Self.people(0..<5))
            try await bench.settle()
            bench.org.inject(
                Fault(
                    on: .update, times: nil,
                    .itemErrors(
                        (0..<5).map {
                            ItemError(
                                index: $0, code: "INSUFFICIENT_ACCESS_OR_READONLY",
                                message: "insufficient access rights on object id")
                        })))
            try await bench.send((0..<5).map { TestPerson($0, first: "Bea", time: 10) })
            try await bench.send(Self.people(5..<9))
            #expect(try await bench.settle().isComplete)
            #expect(bench.contacts().count == 9)
            #expect(try await bench.keys().count { $0.hasSuffix(" parked/rejected") } == 5)
            #expect(try bench.projector.state.stoppedObjects().isEmpty)
        }
    }

    /// However many records there are, an object that takes none costs few calls.
    @Test func anObjectThatTakesNothingCostsFewCalls() async throws {
        try await withDelivery { bench in
            bench.org.inject(
                Fault(
                    on: .create, times: nil,
                    .status(400, code: "INVALID_FIELD", message: "no field named")))
            try await bench.send(Self.people(0..<200))
            try await bench.settle()
            #expect(bench.org.statistics.callCount < 30)
            #expect(try bench.projector.state.stoppedObjects().map(\.object) == ["Contact"])
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" dirty") })
        }
    }

    // MARK: Fields

    private static func plain(_ number: Int) -> Event {
        let text = """
            {"type":"identify","userId":"u\(number)","timestamp":"2025-06-15T15:06:40Z",\
            "traits":{"email":"p\(number)@example.com","last":"Lee\(number)"}}
            """
        return Event(
            source: "web", messageID: "plain-\(number)", receivedAt: 1_760_000_000_000,
            bytes: Array(text.utf8))
    }

    /// Key 1 uses the first name, key 2 does not.
    @Test func aHiddenFieldConcernsOnlyTheKeysThatUseIt() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            _ = try await bench.log.append([Self.plain(2)])
            try await bench.settle()
            bench.org.setHidden(true, field: "FirstName", of: "Contact")
            try await bench.engine.configure(TestRules.actions(TestRules.byEmail))
            #expect(
                try await bench.keys()
                    == ["p1@example.com parked/rejected", "p2@example.com settled"])
            let calls = bench.org.statistics.callCount
            try await bench.settle()
            #expect(bench.org.statistics.callCount == calls)
            let parked = try bench.projector.state.records(after: 0, countMax: .max)
                .compactMap { record -> String? in
                    guard case .parked(let parking) = record.delivery.status else { return nil }
                    return parking.message
                }
            #expect(parked.count == 1)
            #expect(parked.first?.contains("FirstName") == true)
            bench.org.setHidden(false, field: "FirstName", of: "Contact")
            bench.clock.advance(by: bench.settings.limits.descriptionAgeMax)
            try await bench.settle()
            #expect(
                try await bench.keys() == ["p1@example.com settled", "p2@example.com settled"])
        }
    }

    @Test func aHiddenMatcherParksItsKeysAndAsksNothing() async throws {
        try await withDelivery(TestRules.byExternalID) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            bench.org.setHidden(true, field: "External_Id__c", of: "Contact")
            try await bench.engine.configure(TestRules.actions(TestRules.byExternalID))
            let queries = bench.org.statistics.calls[.query] ?? 0
            try await bench.settle()
            #expect(bench.org.statistics.calls[.query] ?? 0 == queries)
            #expect(try await bench.keys() == ["u1 parked/rejected"])
            #expect(bench.contacts().count == 1)
        }
    }

    // MARK: Urgency and pace

    @Test func whatHappensNowDoesNotWaitForABacklog() async throws {
        let settings = DeliverySettings.test { $0.limits.roundKeyCountMax = 50 }
        try await withDelivery(settings: settings) { bench in
            try await bench.send((0..<500).map { TestPerson($0) })
            _ = try await bench.engine.step()
            try await bench.send(TestPerson(900))
            _ = try await bench.engine.step()
            let done = bench.contacts()
            #expect(done.contains("p900@example.com Ann Lee900"))
            // The backlog goes on from its beginning meanwhile.
            #expect(done.contains("p0@example.com Ann Lee0"))
            #expect(done.contains("p30@example.com Ann Lee30"))
            #expect(done.count == 100)
            try await bench.settle()
            #expect(bench.contacts().count == 501)
        }
    }

    @Test func tooManyCallsAtOnceMakesFewer() async throws {
        try await withDelivery { bench in
            #expect(await bench.engine.concurrency.current == 4)
            bench.org.inject(Fault(on: .create, .concurrencyLimit))
            try await bench.send(TestPerson(1))
            _ = try await bench.engine.step()
            #expect(await bench.engine.concurrency.current == 2)
            try await bench.settle()
            #expect(bench.contacts().count == 1)
        }
    }
}
