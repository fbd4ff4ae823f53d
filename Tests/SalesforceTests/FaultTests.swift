import Records
import SalesforceEmulator
import Testing

@testable import Salesforce

/// The org's misbehaviour, and what the client says of a create that met it. `executed` is what the
/// org itself knows; the client may be in doubt about what happened, but never certain of the
/// wrong.
struct FaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let effect: FaultEffect
        let disposition: Disposition
        let executed: Int

        init(_ name: String, _ effect: FaultEffect, _ disposition: Disposition, executed: Int) {
            testDescription = name
            (self.effect, self.disposition, self.executed) = (effect, disposition, executed)
        }
    }

    @Test(arguments: [
        Row("cut before executing", .cutBefore, .inDoubt, executed: 0),
        Row("cut after executing", .cutAfter, .inDoubt, executed: 1),
        Row("half of the answer", .truncate, .inDoubt, executed: 1),
        Row("executed later", .late(milliseconds: nil), .inDoubt, executed: 0),
        Row("maintenance page", .maintenancePage, .inDoubt, executed: 0),
        Row("empty 500", .emptyInternalError, .inDoubt, executed: 0),
        Row(
            "503 SERVER_UNAVAILABLE",
            .status(503, code: "SERVER_UNAVAILABLE", message: "x"), .inDoubt, executed: 0),
        Row(
            "200 with HTML", .raw(200, body: "<html></html>", contentType: "text/html"), .inDoubt,
            executed: 0),
        Row(
            "200 with no results", .raw(200, body: "[]", contentType: "application/json"), .inDoubt,
            executed: 0),
        Row("day's calls used up", .dailyLimit, .pause(.requestAllocation), executed: 0),
        Row("too many at once", .concurrencyLimit, .slowDown(after: .seconds(10)), executed: 0),
        Row(
            "400 JSON_PARSER_ERROR", .status(400, code: "JSON_PARSER_ERROR", message: "x"), .split,
            executed: 0),
        Row(
            "500 UNABLE_TO_LOCK_ROW", .status(500, code: "UNABLE_TO_LOCK_ROW", message: "x"),
            .retry(after: nil), executed: 0),
        Row(
            "403 API_DISABLED_FOR_ORG", .status(403, code: "API_DISABLED_FOR_ORG", message: "x"),
            .pause(.apiUnavailable), executed: 0),
    ])
    func aCreateThatMeetsAFaultIsJudgedSafely(row: Row) async throws {
        try await EmulatorServer.withRunning { server in
            server.org.inject(Fault(on: .create, row.effect))
            try await withClient(of: server.baseURL) { client in
                let request = try CollectionsRequest.contacts("A")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error?.disposition == row.disposition)
                #expect(server.org.statistics.faultsFired == 1)
                #expect(server.org.count(of: "Contact") == row.executed)
                // Certain means: nothing executed, and nothing will be.
                server.org.releaseLateCalls()
                if error?.isDefinite == true { #expect(server.org.count(of: "Contact") == 0) }
                #expect(server.org.statistics.calls[.create] == 1)
            }
        }
    }

    @Test func aLockedRowFailsAloneAndCanBeRetried() async throws {
        try await EmulatorServer.withRunning { server in
            server.org.inject(Fault(on: .create, .lockRow(items: [1])))
            try await withClient(of: server.baseURL) { client in
                let results = try await client.send(try CollectionsRequest.contacts("A", "B", "C"))
                let dispositions = results.map { result -> Disposition? in
                    guard case .failed(let error) = result else { return nil }
                    return error.disposition
                }
                #expect(dispositions == [nil, .retry(after: nil), nil])
                #expect(server.org.count(of: "Contact") == 2)
            }
        }
    }

    @Test func aReadThatMeetsAFaultIsSimplyMadeAgain() async throws {
        let effects: [FaultEffect] = [
            .cutBefore, .cutAfter, .truncate, .maintenancePage, .emptyInternalError,
        ]
        try await EmulatorServer.withRunning { server in
            try server.org.seed("Contact", [["LastName": "A"]])
            try await withClient(of: server.baseURL) { client in
                let query = try Query(object: "Contact", fields: ["LastName"], where: nil)
                for effect in effects {
                    server.org.inject(Fault(on: .query, effect))
                    let error = await salesforceError { () throws(SalesforceError) in
                        try await client.query(query)
                    }
                    #expect(error?.disposition == .retry(after: nil), "\(effect)")
                    #expect(try await client.query(query).count == 1)
                }
                #expect(server.org.statistics.faultsFired == effects.count)
            }
        }
    }

    @Test func aLimitReachedIsToldBeforeAndWhenItStrikes() async throws {
        var options = EmulatorOptions()
        options.dailyCallMax = 2
        try await EmulatorServer.withRunning(options) { server in
            try await withClient(of: server.baseURL) { client in
                _ = try await client.describe("Contact")
                #expect(client.usage.limit == 2)
                _ = try await client.describe("Contact")
                let request = try CollectionsRequest.contacts("A")
                let error = await salesforceError { () throws(SalesforceError) in
                    try await client.send(request)
                }
                #expect(error?.disposition == .pause(.requestAllocation))
                #expect(server.org.count(of: "Contact") == 0)
            }
        }
    }
}
