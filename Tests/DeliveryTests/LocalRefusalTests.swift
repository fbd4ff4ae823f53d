import EventLog
import Projection
import Records
import SalesforceEmulator
import Testing

@testable import Delivery

/// Values that are refused before any call stand in the log like everything that is blocked.
@Suite struct LocalRefusalTests {
    private static let tooLong = String(repeating: "x", count: 41)

    private func refusals(_ bench: DeliveryBench) throws -> [String] {
        try bench.outcomes().flatMap(\.blocked).map { blocked in
            "\(blocked.key.key.fields["Email"] ?? "-") \(blocked.status) "
                + "\(blocked.reason.rawValue) \(blocked.code ?? "-")"
        }
    }

    @Test func aRefusedValueIsInTheLogOnceAndWithoutACall() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1, first: Self.tooLong))
            try await bench.settle()
            try await bench.settle()
            #expect(
                try refusals(bench) == ["p1@example.com 400 rejected STRING_TOO_LONG"])
            #expect(try await bench.keys() == ["p1@example.com parked/rejected"])
            #expect(bench.org.statistics.calls[.query] == nil)
        }
    }

    @Test func itStaysThereWhenTheValueIsCorrected() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1, first: Self.tooLong))
            try await bench.settle()
            try await bench.send(TestPerson(1, first: "Ann", time: 10))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(
                try refusals(bench) == ["p1@example.com 400 rejected STRING_TOO_LONG"])
        }
    }

    @Test func aRetryThatChangesNothingIsRefusedOnceMore() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1, first: Self.tooLong))
            try await bench.settle()
            let key = MatcherKey(
                object: "Contact", terms: [.init(field: "Email", form: "p1@example.com")])
            try await bench.decide(.retry(keys: [key]))
            try await bench.settle()
            #expect(try refusals(bench).count == 2)
            #expect(try await bench.keys() == ["p1@example.com parked/rejected"])
        }
    }

    /// While something is under way for the key it waits for that; what was refused meanwhile is
    /// told then.
    @Test func aValueThatIsRefusedWhileAnOperationIsInDoubtIsToldWhenThatIsOver() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .cutAfter))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try await bench.send(TestPerson(1, first: Self.tooLong, time: 10))
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com in-doubt"])
            #expect(try refusals(bench).isEmpty)

            bench.passFence()
            try await bench.settle()
            #expect(
                try refusals(bench) == ["p1@example.com 400 rejected STRING_TOO_LONG"])
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
        }
    }

    @Test func manyAreToldInEntriesOfASizeThatTheLogTakes() async throws {
        let settings = DeliverySettings.test { $0.limits.observationCountMax = 2 }
        try await withDelivery(settings: settings) { bench in
            try await bench.send((1...5).map { TestPerson($0, first: Self.tooLong) })
            try await bench.settle()
            #expect(try refusals(bench).count == 5)
            #expect(try bench.outcomes().allSatisfy { $0.blocked.count <= 2 })
        }
    }
}
