import Foundation
import Projection
import Records
import Salesforce
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Requests whose answer was lost: never lost, never twice.
@Suite struct InDoubtTests {
    struct Loss: Sendable, CustomTestStringConvertible {
        let name: String
        let effect: FaultEffect

        var testDescription: String { name }
    }

    static let losses = [
        Loss(name: "executed, no answer", effect: .cutAfter),
        Loss(name: "executed, half an answer", effect: .truncate),
        Loss(name: "not executed, no answer", effect: .cutBefore),
        Loss(name: "maintenance page", effect: .maintenancePage),
        Loss(name: "empty 500", effect: .emptyInternalError),
        Loss(
            name: "html with status 200",
            effect: .raw(200, body: "<html>", contentType: "text/html")),
        Loss(
            name: "too few results",
            effect: .raw(200, body: "[]", contentType: "application/json")),
        Loss(
            name: "server unavailable",
            effect: .status(503, code: "SERVER_UNAVAILABLE", message: "later")),
    ]

    @Test(arguments: losses)
    func aCreateWithoutAnswerWaitsForItsFenceAndIsThereOnce(_ loss: Loss) async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, loss.effect))
            try await bench.send(TestPerson(1))
            let result = try await bench.settle()
            #expect(result.last.inDoubtCount == 1)
            #expect(!result.isComplete)
            #expect(try await bench.keys() == ["p1@example.com in-doubt"])
            // Neither time short of the fence nor another event makes it send.
            bench.clock.advance(by: bench.settings.fence - .seconds(2))
            try await bench.send(TestPerson(1, first: "Bea", time: 10))
            try await bench.settle()
            #expect(bench.org.statistics.calls[.create] == 1)
            #expect(bench.contacts().count <= 1)
            bench.clock.advance(by: .seconds(3))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])
            #expect(try await bench.keys() == ["p1@example.com settled"])
        }
    }

    /// The request that was given up and executes in the end.
    @Test func aLateExecutionIsAdopted() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .late(milliseconds: nil)))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.contacts().isEmpty)
            #expect(bench.org.releaseLateCalls() == 1)
            bench.passFence()
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(bench.writes() == ["create Contact"])
            #expect(try await bench.keys() == ["p1@example.com settled"])
        }
    }

    @Test(arguments: losses)
    func anUpsertByAUniqueIDIsSentAgainWithoutTheFence(_ loss: Loss) async throws {
        try await withDelivery(TestRules.byExternalID, leavesDoubts: true) { bench in
            let before = bench.clock.now
            bench.org.inject(Fault(on: .upsert, loss.effect))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.clock.now - before < .seconds(60))
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(try await bench.keys() == ["u1 settled"])
            // After the fence the record is looked at once more, and agrees.
            bench.passFence()
            try await bench.settle()
            #expect(try await bench.keys() == ["u1 settled"])
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
        }
    }

    /// The late update overwrites a newer value; the look after the fence finds and mends it.
    @Test func aLateUpdateIsMendedAfterTheFence() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            bench.org.inject(Fault(on: .update, .late(milliseconds: nil)))
            try await bench.send(TestPerson(1, first: "Old", time: 10))
            try await bench.settle()
            try await bench.send(TestPerson(1, first: "New", time: 20))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com New Lee1"])
            bench.org.releaseLateCalls()
            #expect(bench.contacts() == ["p1@example.com Old Lee1"])
            bench.passFence()
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com New Lee1"])
        }
    }

    /// Two keys that would be about one record: while the one is in doubt the other must not
    /// create.
    @Test func aKeyThatMayBeAboutARecordInDoubtWaitsWithIt() async throws {
        let strict = TestRules.action(
            on: "group", name: "strict",
            matchers: #""Email":"$.traits.email","LastName":"$.traits.last""#,
            more: #""from":"start","matchersOperator":"and""#)
        try await withDelivery(TestRules.byEmail + "," + strict) { bench in
            bench.org.inject(Fault(on: .create, .late(milliseconds: nil)))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            // Another key, by email and name: it would match the record that is in doubt.
            try await bench.send(TestPerson(1, time: 1, kind: "group"))
            // Past the back-off of the lost call.
            bench.clock.advance(by: .seconds(1))
            let calls = bench.org.statistics.callCount
            // Nothing to do but wait: a step says so, and does not spin.
            for _ in 0..<3 { #expect(try await bench.engine.step().didWork == false) }
            #expect(bench.org.statistics.calls[.create] == 1)
            #expect(bench.org.statistics.callCount <= calls + 3)
            bench.org.releaseLateCalls()
            bench.passFence()
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(bench.writes() == ["create Contact"])
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
        }
    }

    // MARK: Crashes

    /// A crash after the intent, with the request sent or not.
    @Test(arguments: [true, false])
    func anIntentWithoutOutcomeIsInDoubtForTheNextEngine(_ wasSent: Bool) async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                let clock = ManualClock()
                try await Crash.betweenIntentAndOutcome(
                    in: folder, server, clock, wasSent: wasSent)
                // Time passed while nobody was there does not count.
                clock.advance(by: .seconds(3_600))
                try await withEngine(in: folder, of: server, clock: clock) { bench in
                    let creates = server.org.statistics.calls[.create]
                    let result = try await bench.settle()
                    #expect(result.last.inDoubtCount == 1)
                    #expect(server.org.statistics.calls[.create] == creates)
                    #expect(try #require(result.last.wait) <= bench.settings.fence)
                    bench.passFence()
                    try await bench.settle()
                    #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
                    #expect(try await bench.keys() == ["p1@example.com settled"])
                }
            }
        }
    }

    /// The configuration changed as well, so that nothing tells which key was in doubt.
    @Test func aChangedMatcherDoesNotForgetACreateInDoubt() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                let clock = ManualClock()
                try await Crash.betweenIntentAndOutcome(
                    in: folder, server, clock, wasSent: false)
                let byName = TestRules.action(matchers: #""LastName":"$.traits.last""#)
                try await withEngine(byName, in: folder, of: server, clock: clock) { bench in
                    try await bench.settle()
                    #expect(bench.contacts().isEmpty)
                    bench.passFence()
                    try await bench.settle()
                    #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
                }
            }
        }
    }

    /// Somebody deleted the lock's file, and another process has begun to write: nothing of ours
    /// may leave any more, by a call or in a job's file. What was about to leave is looked for
    /// later.
    @Test(arguments: [false, true])
    func nothingLeavesOnceAnotherWriterHasTheFolder(isBacklog: Bool) async throws {
        let settings = isBacklog ? JobTests.settings : DeliverySettings.test
        let people = (0..<(isBacklog ? 60 : 1)).map { TestPerson($0) }
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                let clock = ManualClock()
                do {
                    try await withEngine(
                        TestRules.byExternalID, in: folder, of: server, clock: clock,
                        settings: settings
                    ) { bench in
                        try await bench.send(people)
                        try takeOver(folder + "/log", after: bench.log.epoch)
                        await #expect(throws: DeliveryError.self) { try await bench.settle() }
                        #expect(try !bench.intents().isEmpty)
                        throw Crash()
                    }
                } catch is Crash {
                    // As intended: this engine does nothing more.
                }
                #expect(server.org.truth.isEmpty)
                try await withEngine(
                    TestRules.byExternalID, in: folder, of: server, clock: clock,
                    settings: settings
                ) { bench in
                    try await bench.settle()
                    bench.passFence()
                    try await bench.settle()
                    #expect(server.org.count(of: "Contact") == people.count)
                }
            }
        }
    }

    private func takeOver(_ log: String, after epoch: UInt64) throws {
        try FileManager.default.removeItem(atPath: log + "/writer.lock")
        let other = try Child("log-process", ["take", log])
        #expect(other.lines() == ["epoch \(epoch + 1)"])
    }

    /// The answer came and the disk was full: it is known all the same, and recorded later.
    @Test(.enabled(if: hasFailingDevices))
    func anAnswerThatTheLogCouldNotTakeIsRecordedLater() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .delay(milliseconds: 300)))
            try await bench.send(TestPerson(1))
            let step = Task { try await bench.engine.step() }
            while try bench.intents().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            try await withFailingDisk(under: bench.log.folder, .full) {
                await #expect(throws: DeliveryError.self) { _ = try await step.value }
            }
            #expect(try await bench.keys() == ["p1@example.com in-flight"])
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com settled"])
            #expect(bench.writes() == ["create Contact"])
        }
    }

    @Test func aCancelledStepRecordsTheAnswersOfWhatItSent() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .delay(milliseconds: 200)))
            try await bench.send(TestPerson(1))
            let step = Task { try await bench.engine.step() }
            // Cancelled while the call is under way: as soon as its intent is in the log.
            while try bench.intents().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            step.cancel()
            _ = try await step.value
            #expect(try await bench.keys() == ["p1@example.com settled"])
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
        }
    }

    /// A record that breaks every request that it is in, without a word.
    @Test func aRecordThatNobodyAnswersIsLeftAloneWithItself() async throws {
        let settings = DeliverySettings.test { $0.limits.callRecordCountMax = 64 }
        try await withDelivery(leavesDoubts: true, settings: settings) { bench in
            try bench.org.seed(
                "Contact",
                (0..<64).map { number in
                    ["Email": .string("p\(number)@example.com"), "LastName": "Old"]
                })
            // Calls of 64, 8 and 1 stay without an answer; then only the first of the single ones.
            bench.org.inject(Fault(on: .update, times: 1, .emptyInternalError))
            bench.org.inject(Fault(on: .update, afterCalls: 1, times: 8, .emptyInternalError))
            try await bench.send((0..<64).map { TestPerson($0) })
            try await bench.settle()
            for _ in 0..<20 {
                bench.clock.advance(by: .seconds(61))
                try await bench.settle()
            }
            #expect(bench.contacts() == (0..<64).map { "p\($0)@example.com Ann Lee\($0)" }.sorted())
            #expect(
                try bench.intents().map(\.intent.operations.count).contains(1),
                "records without an answer share smaller and smaller calls")
        }
    }
}
