import Projection
import SalesforceEmulator
import Testing

@testable import Delivery

/// Few calls, whatever the number of records.
@Suite struct LaneTests {
    @Test func aThousandChangedRecordsTakeTwoCalls() async throws {
        try await withDelivery { bench in
            try await bench.send((0..<1_000).map { TestPerson($0) })
            try await bench.settle()
            #expect(bench.contacts().count == 1_000)
            try await bench.send((0..<1_000).map { TestPerson($0, first: "Bea", time: 10) })
            let callsBefore = bench.org.statistics.callCount
            let result = try await bench.settle()
            #expect(result.isComplete)
            #expect(bench.org.statistics.callCount - callsBefore == 2)
            #expect(bench.org.records(of: "Contact").allSatisfy { $0["FirstName"] == "Bea" })
            // Every batch has an intent of its own, which says how it went.
            let intents = try bench.intents().suffix(5).map(\.intent)
            #expect(intents.map(\.operations.count) == [200, 200, 200, 200, 200])
            #expect(intents.allSatisfy { $0.request.lane == .composite })
        }
    }

    /// What refuses a whole call is looked for by halves; nobody is parked for its company.
    @Test func aCallThatIsRefusedAsAWholeIsHalved() async throws {
        let settings = DeliverySettings.test { $0.limits.callRecordCountMax = 20 }
        try await withDelivery(settings: settings) { bench in
            bench.org.inject(
                Fault(
                    on: .composite,
                    .status(400, code: "JSON_PARSER_ERROR", message: "Cannot deserialize")))
            try await bench.send((0..<100).map { TestPerson($0) })
            try await bench.settle()
            #expect(bench.contacts().count == 100)
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
        }
    }

    /// One call lost is five requests in doubt, and each record of them is there once.
    @Test(arguments: [FaultEffect.cutAfter, .cutBefore, .truncate, .emptyInternalError])
    func aCallWithoutAnswerLeavesEachRecordThereOnce(_ effect: FaultEffect) async throws {
        let settings = DeliverySettings.test { $0.limits.callRecordCountMax = 4 }
        try await withDelivery(settings: settings) { bench in
            bench.org.inject(Fault(on: .composite, effect))
            try await bench.send((0..<20).map { TestPerson($0) })
            let result = try await bench.settle()
            #expect(result.last.inDoubtCount == 20)
            bench.passFence()
            try await bench.settle()
            #expect(bench.contacts() == (0..<20).map { "p\($0)@example.com Ann Lee\($0)" }.sorted())
        }
    }
}
