import Projection
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Backlogs by jobs of Bulk API 2.0: every record there once, whatever happens to the job.
@Suite struct JobTests {
    /// Calls as dear as they can be, so that a job is worth it from a few records on.
    static let settings = DeliverySettings.test {
        $0.limits.callRecordCountMax = 1
        $0.limits.callBatchCountMax = 1
        $0.limits.roundKeyCountMax = 10
        $0.limits.jobs.rowCountMin = 10
        $0.limits.jobs.pageKeyCountMax = 30
        $0.limits.jobs.entryRowCountMax = 7
        $0.limits.jobs.resultCountMax = 5
    }

    static let count = 60

    private static func people(first: String = "Ann", time: Int64 = 0) -> [TestPerson] {
        (0..<count).map { TestPerson($0, first: first, time: time) }
    }

    private static func contacts(first: String = "Ann") -> [String] {
        (0..<count).map { "p\($0)@example.com \(first) Lee\($0)" }.sorted()
    }

    private static func lanes(_ bench: DeliveryBench) throws -> Set<Lane> {
        Set(try bench.intents().map(\.intent.request.lane))
    }

    private static func expectAllSettled(_ bench: DeliveryBench) async throws {
        #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
        #expect(try bench.projector.state.openJobs().isEmpty)
    }

    @Test func newRecordsWithAUniqueIDAreUpsertedByAJob() async throws {
        try await withDelivery(TestRules.byExternalID, settings: Self.settings) { bench in
            try await bench.send(Self.people())
            let result = try await bench.settle()
            #expect(result.isComplete)
            #expect(result.report.created == Self.count)
            #expect(bench.contacts() == Self.contacts())
            #expect(try Self.lanes(bench) == [.bulk])
            #expect((bench.org.statistics.calls[.upsert] ?? 0) == 0)
            try await Self.expectAllSettled(bench)
            // Again: nothing differs, nothing is sent.
            let writes = bench.writes().count
            try await bench.send(Self.people(time: 10))
            try await bench.settle()
            #expect(bench.writes().count == writes)
        }
    }

    @Test func changedRecordsAreUpdatedAndDeletedByJobs() async throws {
        let rules = TestRules.upsertAndDelete
        try await withDelivery(rules, settings: Self.settings) { bench in
            try bench.org.seed(
                "Contact",
                (0..<Self.count).map {
                    [
                        "Email": .string("p\($0)@example.com"), "FirstName": "Old",
                        "LastName": .string("Lee\($0)"),
                    ]
                })
            try await bench.send(Self.people())
            try await bench.settle()
            #expect(bench.contacts() == Self.contacts())
            try await bench.send((0..<Self.count).map { TestPerson($0, time: 9, kind: "group") })
            try await bench.settle()
            #expect(bench.contacts().isEmpty)
            #expect(try Self.lanes(bench) == [.bulk])
            try await Self.expectAllSettled(bench)
        }
    }

    /// What a cell cannot say goes by a call; a field that is not mentioned is not touched, one
    /// that is null is cleared.
    @Test func absentNullAndAwkwardValuesArriveAsTheyAre() async throws {
        let rule = TestRules.action(matchers: #""External_Id__c":"$.userId""#)
        try await withDelivery(rule, settings: Self.settings) { bench in
            try await bench.send(Self.people(first: "Old"))
            try await bench.settle()
            var people = Self.people(first: "a, b; c", time: 10)
            people[3].first = "#N/A"
            people[4].first = "Jo, 'X'"
            try await bench.send(people)
            try await bench.settle()
            let firsts = bench.org.records(of: "Contact").compactMap { $0["FirstName"]?.string }
            #expect(firsts.count { $0 == "a, b; c" } == Self.count - 2)
            #expect(firsts.contains("#N/A"))
            #expect(firsts.contains("Jo, 'X'"))
            try await Self.expectAllSettled(bench)
        }
    }

    /// Many keys, few records: all of these are read by one query job.
    @Test func aScanFindsWhatIsThereAndOnlyTheRestIsCreated() async throws {
        let settings = DeliverySettings.test {
            $0.limits = Self.settings.limits
            $0.limits.jobs.pageKeyCountMax = 4
            $0.limits.jobs.scanPageRecordCount = 7
        }
        try await withDelivery(TestRules.byExternalID, settings: settings) { bench in
            try bench.org.seed(
                "Contact",
                (0..<20).map {
                    [
                        "External_Id__c": .string("u\($0)"), "FirstName": "Ann",
                        "Email": .string("p\($0)@example.com"), "LastName": .string("Lee\($0)"),
                    ]
                })
            try await bench.send(Self.people())
            try await bench.settle()
            #expect(bench.contacts() == Self.contacts())
            #expect(bench.writes().count == Self.count - 20)
            #expect(bench.org.statistics.calls[.bulkQuery] == 1)
            try await Self.expectAllSettled(bench)
        }
    }

    /// What a scan that broke off did not show may be there all the same.
    @Test(arguments: [FaultEffect.truncate, .cutBefore, .maintenancePage])
    func aScanThatBreaksOffProvesNothing(_ effect: FaultEffect) async throws {
        let settings = DeliverySettings.test {
            $0.limits = Self.settings.limits
            $0.limits.jobs.pageKeyCountMax = 4
        }
        try await withDelivery(TestRules.byExternalID, settings: settings) { bench in
            try bench.org.seed(
                "Contact",
                (0..<Self.count).map {
                    [
                        "External_Id__c": .string("u\($0)"), "FirstName": "Ann",
                        "Email": .string("p\($0)@example.com"), "LastName": .string("Lee\($0)"),
                    ]
                })
            bench.org.inject(Fault(on: .bulkResults, effect))
            try await bench.send(Self.people())
            try await bench.settle()
            #expect(bench.writes().isEmpty)
            #expect(bench.contacts() == Self.contacts())
            try await Self.expectAllSettled(bench)
        }
    }

    @Test func aRowThatIsRefusedHarmsNoneBesideIt() async throws {
        try await withDelivery(TestRules.byExternalID, settings: Self.settings) { bench in
            bench.org.inject(
                Fault(
                    on: .bulkProcess,
                    .itemErrors([
                        ItemError(
                            index: 5, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "No.")
                    ])))
            try await bench.send(Self.people())
            try await bench.settle()
            #expect(bench.contacts().count == Self.count - 1)
            let parked = try await bench.keys().filter { !$0.hasSuffix(" settled") }
            #expect(parked.count == 1)
            #expect(parked.allSatisfy { $0.hasSuffix(" parked/rejected") })
        }
    }

    /// Rows done stay done, rows not reached come again: by calls.
    @Test(arguments: [0, 25])
    func aJobThatFailsIsFinishedByCalls(_ afterRows: Int) async throws {
        try await withDelivery(TestRules.byExternalID, settings: Self.settings) { bench in
            bench.org.inject(
                Fault(
                    on: .bulkProcess,
                    .failJob(afterRows: afterRows, message: "InternalServerError : later")))
            try await bench.send(Self.people())
            try await bench.settle()
            #expect(bench.contacts() == Self.contacts())
            #expect(bench.writes().count == Self.count)
            try await Self.expectAllSettled(bench)
        }
    }

    // MARK: Lost answers and restarts

    struct Loss: Sendable, CustomTestStringConvertible {
        let kind: CallKind
        let effect: FaultEffect
        let name: String

        var testDescription: String { "\(kind) \(name)" }
    }

    static let losses: [Loss] =
        [CallKind.bulkCreate, .bulkUpload, .bulkClose, .bulkStatus]
        .flatMap { kind in
            [
                Loss(kind: kind, effect: .cutBefore, name: "not executed"),
                Loss(kind: kind, effect: .cutAfter, name: "executed"),
                Loss(kind: kind, effect: .maintenancePage, name: "maintenance"),
            ]
        } + [
            Loss(kind: .bulkResults, effect: .truncate, name: "half"),
            Loss(kind: .bulkResults, effect: .cutBefore, name: "none"),
        ]

    @Test(arguments: losses)
    func anAnswerThatIsLostLosesAndRepeatsNothing(_ loss: Loss) async throws {
        try await withDelivery(
            TestRules.byExternalID, leavesDoubts: true, settings: Self.settings
        ) { bench in
            bench.org.inject(Fault(on: loss.kind, loss.effect))
            try await bench.send(Self.people())
            try await bench.settle()
            #expect(bench.contacts() == Self.contacts())
            try await Self.expectAllSettled(bench)
        }
    }

    /// The process ends while the job is in the state in which the call kind fails for good; the
    /// next one goes on from the log.
    @Test(arguments: losses)
    func aProcessThatTakesOverFinishesTheJob(_ loss: Loss) async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                let clock = ManualClock()
                try await withEngine(
                    TestRules.byExternalID, in: folder, of: server, clock: clock,
                    leavesDoubts: true, settings: Self.settings
                ) { bench in
                    bench.org.inject(Fault(on: loss.kind, times: nil, loss.effect))
                    try await bench.send(Self.people())
                    for _ in 0..<6 {
                        _ = try await bench.engine.step()
                        bench.clock.advance(by: .seconds(5))
                    }
                }
                server.org.clearFaults()
                clock.advance(by: .seconds(120))
                try await withEngine(
                    TestRules.byExternalID, in: folder, of: server, clock: clock,
                    leavesDoubts: true, settings: Self.settings
                ) { bench in
                    try await bench.settle()
                    #expect(bench.contacts() == Self.contacts())
                    try await Self.expectAllSettled(bench)
                }
            }
        }
    }

    @Test func anEventThatComesWhileTheJobRunsIsDeliveredAfterIt() async throws {
        try await withDelivery(TestRules.byExternalID, settings: Self.settings) { bench in
            bench.org.holdBulkJobs(beforeRow: 10)
            try await bench.send(Self.people())
            for _ in 0..<3 { _ = try await bench.engine.step() }
            try await bench.send(TestPerson(1, first: "Bea", time: 10), TestPerson(99))
            let step = try await bench.engine.step()
            #expect(step.jobCount == 1)
            #expect(step.wait != nil)
            bench.org.releaseBulkJobs()
            try await bench.settle()
            #expect(bench.contacts().contains("p1@example.com Bea Lee1"))
            #expect(bench.contacts().count == Self.count + 1)
            try await Self.expectAllSettled(bench)
        }
    }

    /// What has nothing to do with the job's records does not wait for it; what is about one of
    /// them does, whatever it is named by.
    @Test func newKeysGoByCallsBesideAJobAndNoneTouchesItsRecords() async throws {
        let strict = TestRules.action(
            on: "track", name: "strict",
            matchers: #""Email":"$.traits.email","LastName":"$.traits.last""#,
            more: #""from":"start","matchersOperator":"and""#)
        let rules = TestRules.byExternalID + "," + strict
        try await withDelivery(rules, settings: Self.settings) { bench in
            bench.org.holdBulkJobs(beforeRow: 10)
            try await bench.send(Self.people())
            for _ in 0..<3 { _ = try await bench.engine.step() }
            #expect(try bench.projector.state.openJobs().count == 1)
            // New ones, one that is in the job already, and two that the strict action names: the
            // first of them finds a record that the job has made, the other one that it will make.
            try await bench.send(
                TestPerson(98), TestPerson(99), TestPerson(1, first: "Bea", time: 10),
                TestPerson(2, first: "Cher", time: 10, kind: "track"),
                TestPerson(50, first: "Dora", time: 10, kind: "track"))
            for _ in 0..<3 { _ = try await bench.engine.step() }
            #expect(try bench.projector.state.openJobs().count == 1)
            #expect(bench.contacts().contains("p98@example.com Ann Lee98"))
            #expect(bench.contacts().contains("p99@example.com Ann Lee99"))
            #expect(bench.contacts().count == 10 + 2)
            #expect(bench.contacts().allSatisfy { $0.contains(" Ann ") })
            bench.org.releaseBulkJobs()
            try await bench.settle()
            #expect(bench.contacts().count == Self.count + 2)
            #expect(bench.contacts().contains("p1@example.com Bea Lee1"))
            #expect(bench.contacts().contains("p2@example.com Cher Lee2"))
            #expect(bench.contacts().contains("p50@example.com Dora Lee50"))
            try await Self.expectAllSettled(bench)
        }
    }

    /// A second job's worth of news waits for that job, but for a few at a time.
    @Test func aBacklogBesideAJobWaitsForTheNext() async throws {
        let settings = DeliverySettings.test {
            $0 = Self.settings
            $0.limits.jobs.besideKeyCountMax = 2
        }
        try await withDelivery(TestRules.byExternalID, settings: settings) { bench in
            bench.org.holdBulkJobs(beforeRow: 10)
            try await bench.send(Self.people())
            for _ in 0..<3 { _ = try await bench.engine.step() }
            try await bench.send((100..<160).map { TestPerson($0) })
            for _ in 0..<5 { _ = try await bench.engine.step() }
            #expect(bench.contacts().count == 10 + 2)
            bench.clock.advance(by: settings.limits.jobs.besideInterval)
            _ = try await bench.engine.step()
            #expect(bench.contacts().count == 10 + 4)
            bench.org.releaseBulkJobs()
            try await bench.settle()
            #expect(bench.contacts().count == 2 * Self.count)
            try await Self.expectAllSettled(bench)
        }
    }

    /// A file has a limit: what no longer fits is the next job's.
    @Test func whatDoesNotFitIntoOneFileGoesByFurtherJobs() async throws {
        let settings = DeliverySettings.test {
            $0 = Self.settings
            $0.limits.jobs.fileBytesMax = 2_000
        }
        try await withDelivery(TestRules.byExternalID, settings: settings) { bench in
            try await bench.send(Self.people())
            let result = try await bench.settle()
            #expect(result.isComplete)
            #expect(bench.contacts() == Self.contacts())
            let rows = Dictionary(grouping: try bench.intents().map(\.intent)) { $0.job?.name }
                .compactMap { name, parts in
                    name.map { _ in parts.reduce(0) { $0 + $1.operations.count } }
                }
            #expect(rows.count > 1)
            #expect(rows.allSatisfy { $0 < Self.count })
            try await Self.expectAllSettled(bench)
        }
    }

    /// A job that a person aborts: what it had done is done, the rest is sent anew.
    @Test func aJobThatIsAbortedByAPersonIsPlannedAnew() async throws {
        try await withDelivery(TestRules.byExternalID, settings: Self.settings) { bench in
            bench.org.holdBulkJobs(beforeRow: 10)
            try await bench.send(Self.people())
            for _ in 0..<3 { _ = try await bench.engine.step() }
            let job = try #require(try bench.projector.state.openJobs().first?.id)
            _ = try await bench.client.setJob(job, to: .aborted)
            bench.org.releaseBulkJobs()
            try await bench.settle()
            #expect(bench.contacts() == Self.contacts())
            try await Self.expectAllSettled(bench)
        }
    }
}
