import Projection
import Testing

@testable import Delivery

@Suite struct LaneChoiceTests {
    private static let choice = LaneChoice(DeliveryLimits())

    @Test(arguments: [
        (1, Lane.collections), (200, .collections), (201, .composite), (2_000, .composite),
        (10_000, .composite), (50_000, .bulk), (1_000_000, .bulk), (5_000_000, .bulk),
    ])
    func theCheapestLaneIsTaken(count: Int, lane: Lane) {
        #expect(Self.choice.lane(for: count) == lane)
    }

    @Test(arguments: [
        (1, 1), (1_000, 1), (1_001, 2), (1_000_000, 1_000),
    ])
    func aCallCarriesAThousand(count: Int, calls: Int) {
        #expect(Self.choice.calls(for: count).apiCalls == calls)
    }

    @Test func aJobCostsAboutADozenCallsHoweverLargeItIs() {
        #expect(Self.choice.job(for: 20_000).apiCalls <= 13)
        #expect(Self.choice.job(for: 1_000_000).apiCalls <= 20)
        #expect(Self.choice.job(for: 1_000_000).bulkJobs == 1)
        #expect(Self.choice.job(for: 1_000_001).bulkJobs == 2)
    }

    /// Below the threshold calls are cheaper, above it a job is: the threshold follows from both.
    @Test func theThresholdIsWhereTheJobBecomesCheaper() throws {
        let threshold = try #require(Self.choice.keyCountMin)
        #expect(Self.choice.lane(for: threshold) == .bulk)
        #expect(Self.choice.lane(for: threshold - 1_000) != .bulk)
        #expect((5_000..<30_000).contains(threshold))
    }

    @Test func aShortLatencyAllowsNoJobsOrSmallOnes() {
        var limits = DeliveryLimits()
        limits.jobs.latency = .seconds(10)
        #expect(LaneChoice(limits).lane(for: 1_000_000) == .composite)
        #expect(LaneChoice(limits).keyCountMin == nil)
        limits.jobs.latency = .seconds(60)
        #expect(LaneChoice(limits).rowCountMax == 60_000)
        #expect(LaneChoice(limits).lane(for: 1_000_000) == .bulk)
        limits.jobs.isUsed = false
        #expect(LaneChoice(limits).lane(for: 1_000_000) == .composite)
    }
}
