import Records
import Testing

@testable import Salesforce

struct APIUsageTests {
    /// Four calls side by side, answered in another order than Salesforce counted them.
    @Test func answersOfConcurrentCallsNeverLowerTheCount() throws {
        let counter = UsageCounter()
        let tickets = try (0..<3).map { _ in try #require(counter.begin(isCounted: true)) }
        for (ticket, used) in zip(tickets, [9, 7, 8]) {
            counter.end(ticket, limitInfo: "api-usage=\(used)/20")
        }
        #expect(counter.current.used == 9)
        #expect(counter.current.calls == 3)
        let later = try #require(counter.begin(isCounted: true))
        counter.end(later, limitInfo: "api-usage=4/20")
        #expect(counter.current.used == 4)
    }

    struct Allowance: Sendable {
        let share: Double
        let limit: Int
        let callsMax: Int
    }

    /// A hundredth of the share, one call at least and a day of probes at most, is kept for probes.
    @Test(arguments: [
        Allowance(share: 0.8, limit: 100_000, callsMax: 79_904),
        Allowance(share: 0.8, limit: 1_000, callsMax: 792),
        Allowance(share: 0.5, limit: 20, callsMax: 9),
        Allowance(share: 1, limit: 15_000, callsMax: 14_904),
        Allowance(share: 0, limit: 100, callsMax: 0),
    ])
    func aShareIsSoManyCalls(_ row: Allowance) {
        #expect(AllocationShare(row.share).callsMax(ofLimit: row.limit) == row.callsMax)
    }

    @Test func callsUnderWayCountAsUsed() throws {
        let counter = UsageCounter(share: AllocationShare(0.5))
        let first = try #require(counter.begin(isCounted: true))
        counter.end(first, limitInfo: "api-usage=7/20")
        let second = try #require(counter.begin(isCounted: true))
        _ = try #require(counter.begin(isCounted: true))
        // Nine of ten: the last one is kept for probes.
        #expect(counter.begin(isCounted: true) == nil)
        #expect(counter.begin(isCounted: false) != nil)
        #expect(counter.begin(isCounted: true, isProbe: true) != nil)
        // Without an answer a call may have been counted all the same.
        counter.end(second, limitInfo: nil)
        #expect(counter.current.used == 8)
        #expect(counter.begin(isCounted: true) == nil)
    }

    @Test(arguments: [
        ("api-usage=123/15000", 123, 15_000),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)", 25, 5_000),
        ("per-app-api-usage=17/250(appName=x), api-usage=1/2", 1, 2),
    ])
    func theHeaderTellsUseAndAllocation(header: String, used: Int, limit: Int) {
        var usage = APIUsage()
        usage.update(limitInfo: header)
        #expect(usage.used == used)
        #expect(usage.limit == limit)
        #expect(usage.calls == 0)
    }

    @Test(arguments: [
        "", "api-usage=", "api-usage=1", "api-usage=a/b", "api-usage=1/0", "api-usage=-1/5",
        "per-app-api-usage=17/250(appName=x)", "api-usage=1/2/3",
    ])
    func anythingElseChangesNothing(header: String) {
        var usage = APIUsage()
        usage.update(limitInfo: "api-usage=7/9")
        usage.update(limitInfo: header)
        #expect(usage.used == 7)
        #expect(usage.limit == 9)
    }
}

struct LimitsReportTests {
    @Test func eachLimitHasItsNumbers() throws {
        let body =
            #"{"DailyApiRequests":{"Max":15000,"Remaining":14998,"App":{"Max":0,"Remaining":0}},"#
            + #""DataStorageMB":{"Max":5,"Remaining":-1},"Odd":{}}"#
        let report = try LimitsReport(ExactJSON.parse(Array(body.utf8)))
        #expect(report.dailyAPIRequests == .init(max: 15_000, remaining: 14_998))
        #expect(report.limits["DataStorageMB"] == .init(max: 5, remaining: -1))
        #expect(report.limits["Odd"] == nil)
    }

    @Test func whatIsNoReportIsRefused() {
        #expect(throws: SalesforceError.self) { try LimitsReport(.list([])) }
    }
}

struct IdentityTests {
    @Test func identityNamesOrgAndUser() throws {
        let grant = try Self.grant()
        let body =
            #"{"user_id":"005x00000012Q9PAAU","organization_id":"00Dx0000000BV7zEAG","#
            + #""preferred_username":"integration@acme.example","active":true}"#
        let identity = try Identity(userInfo: ExactJSON.parse(Array(body.utf8)), grant: grant)
        #expect(identity.organizationID.description == "00Dx0000000BV7zEAG")
        #expect(identity.userID.description == "005x00000012Q9PAAU")
        #expect(identity.username == "integration@acme.example")
        #expect(identity.instanceURL == "https://acme.my.salesforce.com")
    }

    @Test func anIdentityWithoutIdsIsRefused() throws {
        let grant = try Self.grant()
        #expect(throws: SalesforceError.self) {
            try Identity(userInfo: .object(["user_id": .text("x")]), grant: grant)
        }
    }

    private static func grant() throws -> Grant {
        let text = TokenEndpointTests.granted(instance: "https://acme.my.salesforce.com")
        let login = try #require(
            InstanceURL("https://acme.my.salesforce.com", allowsLoopback: true))
        return try Grant(tokenResponse: ExactJSON.parse(Array(text.utf8)), login: login)
    }
}
