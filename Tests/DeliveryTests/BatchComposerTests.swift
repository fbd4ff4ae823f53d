import Projection
import Reconciliation
import Records
import Testing

@testable import Delivery

@Suite struct BatchComposerTests {
    @Test func kindsDoNotShareACallAndCallsAreFull() {
        let operations =
            (1...5).map { TestPlans.operation(.update, $0) }
            + (6...8).map { TestPlans.operation(.create, $0) }
            + [TestPlans.operation(.delete, 9)]
        let batches = BatchComposer(recordCountMax: 2).compose(TestPlans.plan(operations)).batches
        #expect(
            batches.map { $0.operations.map(\.kind) } == [
                [.create, .create], [.create], [.update, .update], [.update, .update], [.update],
                [.delete],
            ])
        #expect(batches.flatMap(\.keys).flatMap(\.self) == [6, 7, 8, 1, 2, 3, 4, 5, 9])
    }

    /// The intent that holds a call's values must fit into an entry of the log.
    @Test func aCallIsFullByBytesToo() {
        let long = FieldValue.text(String(repeating: "x", count: 400))
        let operations = (1...5).map { TestPlans.operation(.update, $0, value: long) }
        let composer = BatchComposer(recordCountMax: 200, valueBytesMax: 1_000)
        let batches = composer.compose(TestPlans.plan(operations)).batches
        #expect(batches.map(\.operations.count) == [2, 2, 1])
    }

    @Test func aRecordThatIsTooLargeByItselfGoesAlone() {
        let long = FieldValue.text(String(repeating: "x", count: 4_000))
        let operations = [
            TestPlans.operation(.update, 1), TestPlans.operation(.update, 2, value: long),
            TestPlans.operation(.update, 3),
        ]
        let composer = BatchComposer(recordCountMax: 200, valueBytesMax: 1_000)
        let batches = composer.compose(TestPlans.plan(operations)).batches
        #expect(batches.map(\.operations.count) == [1, 1, 1])
    }

    /// One value that no request can carry must not hold up the rest of the plan.
    @Test func anOperationThatNoRequestCarriesIsRefusedAlone() {
        let operations = (1...20).map { key in
            TestPlans.operation(.update, key, value: key == 13 ? .list([]) : .text("Lee"))
        }
        let composition = BatchComposer(recordCountMax: 200).compose(TestPlans.plan(operations))
        #expect(composition.refused.map(\.key.version) == [13])
        #expect(composition.batches.map(\.operations.count).reduce(0, +) == 19)
    }

    /// Silent records share smaller and smaller calls, until the one to blame is alone.
    @Test(arguments: [(0, 200), (1, 25), (2, 3), (3, 1), (50, 1)])
    func recordsWithoutAnswerShareSmallerCalls(doubts: Int, size: Int) {
        let operations = (1...400).map { TestPlans.operation(.update, $0) }
        let plan = TestPlans.plan(
            operations, records: (1...400).map { TestPlans.record($0, doubts: doubts) })
        let batches = BatchComposer(recordCountMax: 200).compose(plan).batches
        #expect(batches.map(\.operations.count).max() == size)
        #expect(batches.map(\.operations.count).reduce(0, +) == 400)
    }

    @Test func halvesHoldTheSameOperations() throws {
        let operations = (1...5).map { TestPlans.operation(.update, $0) }
        let plan = TestPlans.plan(operations)
        let composer = BatchComposer(recordCountMax: 200)
        let whole = try #require(composer.compose(plan).batches.first)
        #expect(
            composer.halves(of: whole, plan: plan).map { $0.keys.flatMap(\.self) }
                == [[1, 2, 3], [4, 5]])
    }

    // MARK: Deletes that wait

    struct Hold: Sendable, CustomTestStringConvertible {
        let name: String
        var holdsDeletes = false
        var approved: [UInt64] = []
        let linked: Int
        let sent: [UInt64]

        var testDescription: String { name }
    }

    @Test(arguments: [
        Hold(name: "few deletes go", linked: 1_000, sent: [1, 2, 3, 4, 5, 6]),
        Hold(name: "many of few are held", linked: 10, sent: [6]),
        Hold(name: "all are held when told to", holdsDeletes: true, linked: 1_000, sent: [6]),
        Hold(
            name: "an approved one goes", holdsDeletes: true, approved: [2], linked: 1_000,
            sent: [2, 6]),
        Hold(
            name: "approved ones do not count", approved: [1, 2], linked: 10,
            sent: [1, 2, 3, 4, 5, 6]),
    ])
    func deletesAreHeld(_ hold: Hold) {
        var settings = DeliverySettings()
        settings.holdsDeletes = hold.holdsDeletes
        settings.brakeCount = 3
        settings.brakeShare = 0.3
        let operations =
            (1...5).map { TestPlans.operation(.delete, $0) } + [TestPlans.operation(.update, 6)]
        var plan = TestPlans.plan(
            operations,
            records: (1...6).map { id in
                TestPlans.record(id, approved: hold.approved.contains(id) ? id : nil)
            })
        plan.hold(settings, linkedCount: hold.linked)
        #expect(plan.plan.operations.flatMap(\.keys) == hold.sent)
        #expect(plan.held.count == 6 - hold.sent.count)
        #expect(plan.observationOutcome.blocked.allSatisfy { $0.reason == .held })
    }
}
