import AsyncHTTPClient
import Testing

@testable import SalesforceEmulator

@Suite struct FaultTests {
    private let record: JSON = ["LastName": "x"]

    private func create(_ client: APIClient) async throws -> Answer {
        try await client.call("POST", "/sobjects/Contact", record)
    }

    private func expectLost(_ client: APIClient) async {
        await #expect(throws: (any Error).self) { try await create(client) }
    }

    @Test func aCallCutBeforeIsNotExecuted() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(on: .create, .cutBefore))
            await expectLost(client)
            #expect(server.org.truth.isEmpty)
            #expect(server.org.statistics.faultsFired == 1)
            let answer = try await create(client)
            #expect(answer.status == 201)
        }
    }

    @Test func aCallCutAfterIsExecutedAndMarkedUnanswered() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(on: .create, .cutAfter))
            await expectLost(client)
            #expect(server.org.truth.map(\.isAnswered) == [false])
            #expect(server.org.count(of: "Contact") == 1)
        }
    }

    @Test func aTruncatedAnswerBreaksOffInTheBody() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(on: .create, .truncate))
            await expectLost(client)
            #expect(server.org.truth.map(\.isAnswered) == [false])
            server.org.inject(Fault(on: .delete, .truncate))
            let id = try #require(server.org.records(of: "Contact")[0]["Id"]?.string)
            await #expect(throws: (any Error).self) {
                try await client.call("DELETE", "/sobjects/Contact/\(id)")
            }
            #expect(server.org.count(of: "Contact") == 0)
        }
    }

    @Test func aLateCallExecutesAfterItsConnectionDied() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(on: .create, .late(milliseconds: nil)))
            await expectLost(client)
            #expect(server.org.truth.isEmpty)
            let answer = try await create(client)
            #expect(answer.status == 201)
            server.org.expireSessions()
            #expect(server.org.releaseLateCalls() == 1)
            #expect(server.org.truth.map(\.isAnswered) == [true, false])
            #expect(server.org.truth.map(\.call) == [3, 2])
        }
    }

    @Test func aTimedLateCallExecutesByItself() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(on: .create, .late(milliseconds: 1)))
            await expectLost(client)
            // Waits for the state, not for a time; the test's own limit is the only bound.
            while server.org.truth.isEmpty { await Task.yield() }
            #expect(server.org.count(of: "Contact") == 1)
        }
    }

    @Test func answersInPlaceOfTheOrgsOwnExecuteNothing() async throws {
        try await withEmulator { server, client in
            let faults: [(FaultEffect, Int, String?)] = [
                (.status(500, code: "UNKNOWN_EXCEPTION", message: "x"), 500, "UNKNOWN_EXCEPTION"),
                (.raw(420, body: "no route", contentType: "text/plain"), 420, nil),
                (.maintenancePage, 503, nil), (.emptyInternalError, 500, nil),
                (.unauthorized, 401, "INVALID_SESSION_ID"),
                (.dailyLimit, 403, "REQUEST_LIMIT_EXCEEDED"),
                (.concurrencyLimit, 403, "REQUEST_LIMIT_EXCEEDED"),
            ]
            for (effect, status, code) in faults {
                server.org.inject(Fault(on: .create, effect))
                let answer = try await create(client)
                #expect(answer.status == status)
                #expect(answer.errorCode == code)
            }
            #expect(server.org.truth.isEmpty)
            let answer = try await create(client)
            #expect(answer.status == 201)
        }
    }

    @Test func theMaintenancePageIsHtmlAndTheEmpty500IsEmpty() async throws {
        try await withEmulator { server, client in
            server.org.inject(Fault(.maintenancePage))
            let page = try await create(client)
            #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(page.text.contains("We are down for maintenance"))
            server.org.inject(Fault(.emptyInternalError))
            let empty = try await create(client)
            #expect(empty.text.isEmpty)
        }
    }

    @Test func itemFaultsStrikeTheirItemsOnly() async throws {
        try await withEmulator { server, client in
            let records = batch(
                "Contact", [["LastName": "a"], ["LastName": "b"], ["LastName": "c"]])
            server.org.inject(Fault(on: .create, .lockRow(items: [1])))
            let locked = try await client.call("POST", "/composite/sobjects", records)
            #expect((locked.json.array ?? []).map { $0["success"] } == [true, false, true])
            #expect(locked.json[1]?["errors"]?[0]?["statusCode"] == "UNABLE_TO_LOCK_ROW")
            server.org.inject(
                Fault(
                    on: .create,
                    .itemErrors([ItemError(index: 0, code: "STORAGE_LIMIT_EXCEEDED", message: "m")])
                ))
            let failed = try await client.call("POST", "/composite/sobjects", records)
            #expect(failed.json[0]?["errors"]?[0]?["statusCode"] == "STORAGE_LIMIT_EXCEEDED")
            server.org.inject(Fault(on: .create, .lockRow(items: nil)))
            let all = try await client.call("POST", "/composite/sobjects", records)
            #expect((all.json.array ?? []).allSatisfy { $0["success"] == false })
            #expect(server.org.count(of: "Contact") == 4)
        }
    }

    @Test func faultsWaitStrikeAndAreSpent() {
        var plan = FaultPlan()
        plan.add(Fault(on: .query, afterCalls: 1, times: 2, .cutBefore))
        plan.add(Fault(afterCalls: 3, times: nil, .unauthorized))
        let kinds: [CallKind] = [.query, .create, .query, .query, .query, .create]
        let hits = kinds.map { kind -> String in
            switch plan.effect(on: kind) {
            case .cutBefore: "cut"
            case .unauthorized: "401"
            default: "-"
            }
        }
        #expect(hits == ["-", "-", "cut", "cut", "401", "401"])
    }

    @Test(arguments: [
        #"{"on":"create","effect":"cutAfter"}"#, #"{"effect":"html","times":"forever"}"#,
        #"{"effect":"status","status":500,"errorCode":"X","message":"y","afterCalls":2,"times":3}"#,
        #"{"effect":"status","status":502,"body":"bad gateway","contentType":"text/plain"}"#,
        #"{"effect":"empty500"}"#, #"{"effect":"cutBefore"}"#, #"{"effect":"truncate"}"#,
        #"{"effect":"late","milliseconds":50}"#, #"{"effect":"late"}"#,
        #"{"effect":"delay","milliseconds":5}"#, #"{"effect":"unauthorized","on":"any"}"#,
        #"{"effect":"limitExceeded"}"#,
        #"{"effect":"limitExceeded","limit":"ConcurrentPerOrgLongTxn"}"#,
        #"{"effect":"lockRow","items":[0,2]}"#,
        #"{"effect":"itemError","items":[{"index":1,"code":"X","message":"y"}]}"#,
    ])
    func faultDocumentsAreUnderstood(text: String) throws {
        let fault = try FaultDocument.read(try JSON.parse(text))
        #expect(text.contains("forever") == (fault.times == nil))
    }

    @Test(arguments: [
        #"{"effect":"explode"}"#, #"{"effect":"html","on":"lunch"}"#, #"{"effect":"status"}"#,
        #"{"effect":"html","times":0}"#, #"{"effect":"delay"}"#, #"{"effect":"itemError"}"#,
    ])
    func otherFaultDocumentsAreRefused(text: String) throws {
        let json = try JSON.parse(text)
        #expect(throws: Refusal.self) { try FaultDocument.read(json) }
    }
}
