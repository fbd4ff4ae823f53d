import Records

/// The org's limits as `GET /limits` reports them (REST API Developer Guide, "Limits").
package struct LimitsReport: Sendable, Hashable {
    /// One limit: how much the org may use and how much of it is left.
    package struct Limit: Sendable, Hashable {
        package let max: Int
        package let remaining: Int

        package init(max: Int, remaining: Int) {
            self.max = max
            self.remaining = remaining
        }
    }

    /// By Salesforce's name: `DailyApiRequests`, `DataStorageMB`, …
    package let limits: [String: Limit]

    /// API requests in the rolling 24 hours.
    package var dailyAPIRequests: Limit? { limits["DailyApiRequests"] }

    init(_ body: FieldValue) throws(SalesforceError) {
        guard case .object(let members) = body else {
            throw .unreadableAnswer(.read, status: 200, reason: "limits is not an object")
        }
        limits = members.compactMapValues { value in
            guard let max = value["Max"]?.integerValue,
                let remaining = value["Remaining"]?.integerValue
            else { return nil }
            return Limit(max: max, remaining: remaining)
        }
    }
}
