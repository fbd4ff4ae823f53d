import Testing

@testable import Delivery

@Suite struct CallPackingTests {
    private static func batches(_ count: Int, doubts: Int = 0) -> [Batch] {
        let keys = (1...UInt64(count))
        let plan = TestPlans.plan(
            keys.map { TestPlans.operation(.update, $0) },
            records: keys.map { TestPlans.record($0, doubts: doubts) })
        return BatchComposer(recordCountMax: 1).compose(plan).batches
    }

    @Test func batchesShareCallsUpToTheLimit() {
        let packing = CallPacking(batchCountMax: 5, bodyBytesMax: 1 << 20)
        let calls = packing.calls(Self.batches(11))
        #expect(calls.map(\.batches.count) == [5, 5, 1])
        #expect(calls.map(\.lane) == [.composite, .composite, .collections])
        #expect(calls.flatMap(\.batches).flatMap(\.keys) == (1...11).map { [$0] })
    }

    @Test func aCallIsFullByBytesToo() throws {
        let batches = Self.batches(5)
        let size = try #require(batches.first).request.body.count + 40
        let packing = CallPacking(batchCountMax: 5, bodyBytesMax: 2 * size)
        #expect(packing.calls(batches).map(\.batches.count) == [2, 2, 1])
        // What is too large by itself goes all the same, alone.
        let tiny = CallPacking(batchCountMax: 5, bodyBytesMax: 1)
        #expect(tiny.calls(batches).map(\.batches.count) == [1, 1, 1, 1, 1])
    }

    @Test func aBatchThatNobodyAnsweredGoesAlone() {
        let packing = CallPacking(batchCountMax: 5, bodyBytesMax: 1 << 20)
        let calls = packing.calls(Self.batches(2) + Self.batches(2, doubts: 1) + Self.batches(2))
        #expect(calls.map(\.batches.count) == [2, 1, 1, 2])
    }

    @Test func noMoreThanSalesforceTakesWhateverTheSettingsSay() {
        var limits = DeliveryLimits()
        limits.callBatchCountMax = 50
        #expect(CallPacking(limits: limits).calls(Self.batches(6)).count == 2)
    }
}
