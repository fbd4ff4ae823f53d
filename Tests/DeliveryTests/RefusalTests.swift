import Projection
import Records
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Definite refusals: of a record, of a request, of everything.
@Suite struct RefusalTests {
    @Test func rowsThatAreLockedAreTriedAgainAlone() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .lockRow(items: [1])))
            try await bench.send(TestPerson(1), TestPerson(2), TestPerson(3))
            try await bench.settle()
            #expect(bench.contacts().count == 3)
            #expect(bench.writes().count == 3)
            let sizes = try bench.intents().map(\.intent.operations.count)
            #expect(sizes == [3, 1])
        }
    }

    @Test func aRowThatStaysLockedIsParkedInTheEnd() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, times: nil, .lockRow(items: [0])))
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com parked/retries-exhausted"])
            #expect(
                bench.org.statistics.calls[.create] == bench.settings.retry.keyAttemptsMax)
        }
    }

    @Test func aTextTooLongIsParkedWithItsLengthAndTheLimitBeforeACallIsSpent() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1, first: String(repeating: "x", count: 41)))
            try await bench.settle()
            let record = try #require(
                try bench.projector.state.records(after: 0, countMax: 1).first)
            guard case .parked(let parking) = record.delivery.status else {
                throw Unexpected(description: "\(record.delivery.status)")
            }
            #expect(parking.code == "STRING_TOO_LONG")
            #expect(
                parking.message == "FirstName takes string; the text mapped to it does not fit: "
                    + "41 characters, and the field holds 40")
            #expect(bench.org.statistics.calls[.create] == nil)

            // A later event with a name that fits frees the key.
            try await bench.send(TestPerson(1, first: "Ann", time: 10))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
        }
    }

    @Test func aRefusedValueParksItsKeyAlone() async throws {
        try await withDelivery { bench in
            bench.org.inject(
                Fault(
                    on: .create,
                    .itemErrors([
                        ItemError(
                            index: 1, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "no")
                    ])))
            try await bench.send(TestPerson(1), TestPerson(2), TestPerson(3))
            try await bench.settle()
            #expect(
                try await bench.keys() == [
                    "p1@example.com settled", "p2@example.com parked/rejected",
                    "p3@example.com settled",
                ])
            // Freed by a person, it goes.
            let key = MatcherKey(
                object: "Contact", terms: [.init(field: "Email", form: "p2@example.com")])
            try await bench.decide(.retry(keys: [key]))
            try await bench.settle()
            #expect(bench.contacts().count == 3)
        }
    }

    /// One value that Salesforce's parser refuses makes it refuse the whole request.
    @Test func oneBadRecordOfManyIsFoundByHalvingAndTheOthersAreWritten() async throws {
        // One request at a time, so that the calls with the bad record, the first, are known: 200
        // records, then each time the first half of what was refused, down to itself.
        let settings = DeliverySettings.test {
            $0.limits.concurrentCallCountMax = 1
            $0.limits.callBatchCountMax = 1
        }
        try await withDelivery(settings: settings) { bench in
            let parserError = FaultEffect.status(
                400, code: "JSON_PARSER_ERROR", message: "Cannot deserialize")
            for call in [0, 1, 3, 5, 7, 9, 11, 13, 15] {
                bench.org.inject(Fault(on: .create, afterCalls: call, parserError))
            }
            try await bench.send((0..<200).map { TestPerson($0) })
            try await bench.settle()
            #expect(bench.contacts().count == 199)
            let parked = try await bench.keys().filter { !$0.hasSuffix(" settled") }
            #expect(parked == ["p0@example.com parked/rejected"])
            // Neighbours that went through many halvings have used up no attempt.
            #expect(
                try bench.projector.state.records(after: 0, countMax: .max)
                    .allSatisfy { $0.delivery.attempts == 0 })
        }
    }

    @Test func aMissingRightOfOneRecordDoesNotStopItsObject() async throws {
        try await withDelivery { bench in
            bench.org.inject(
                // The second time it is alone, and its object was described again meanwhile.
                Fault(
                    on: .create, times: 2,
                    .itemErrors([
                        ItemError(
                            index: 0, code: "INSUFFICIENT_ACCESS_OR_READONLY", message: "no")
                    ])))
            try await bench.send(TestPerson(1), TestPerson(2))
            try await bench.settle()
            try await bench.send(TestPerson(3))
            try await bench.settle()
            #expect(
                try await bench.keys() == [
                    "p1@example.com parked/rejected", "p2@example.com settled",
                    "p3@example.com settled",
                ])
        }
    }

    /// Somebody else created the person in the gap between looking and writing.
    @Test func aDuplicateThatAppearsIsAdopted() async throws {
        try await withDelivery(TestRules.byExternalID) { bench in
            try await bench.send(TestPerson(1))
            bench.org.inject(
                Fault(
                    on: .upsert,
                    .itemErrors([
                        ItemError(
                            index: 0, code: "DUPLICATE_VALUE",
                            message: "duplicate value found: External_Id__c duplicates value on "
                                + "record with id: 003000000000001")
                    ])))
            _ = try await bench.engine.step()
            try bench.org.seed(
                "Contact",
                [["External_Id__c": "u1", "LastName": "Lee1", "Email": "p1@example.com"]])
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(try await bench.keys() == ["u1 settled"])
        }
    }

    @Test func severalMatchesWaitForAnEventOrADecision() async throws {
        try await withDelivery { bench in
            let twin: JSON = ["Email": "p1@example.com", "LastName": "Lee1"]
            let ids = try bench.org.seed("Contact", [twin, twin])
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let parked = try #require(
                try bench.projector.state.records(after: 0, countMax: 1).first)
            guard case .parked(let parking) = parked.delivery.status else {
                Issue.record("not parked")
                return
            }
            #expect(parking.status == 300)
            #expect(parking.recordIDs.map(\.description).sorted() == ids.sorted())
            // Nothing looks again by itself; whether its object is described otherwise is asked.
            let queries = bench.org.statistics.calls[.query]
            bench.clock.advance(by: .seconds(100_000))
            try await bench.settle()
            #expect(bench.org.statistics.calls[.query] == queries)
            try bench.org.delete("Contact", id: ids[1])
            try await bench.decide(.retry(keys: [parked.reference]))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
        }
    }

    @Test func severalMatchesAreLookedAtAgainForANewEvent() async throws {
        try await withDelivery { bench in
            let twin: JSON = ["Email": "p1@example.com", "LastName": "Lee1"]
            let ids = try bench.org.seed("Contact", [twin, twin])
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try bench.org.delete("Contact", id: ids[0])
            try await bench.send(TestPerson(1, first: "Bea", time: 10))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])
        }
    }

    // MARK: Deletes

    @Test func deletesThatAreHeldWaitForAPersonsWord() async throws {
        let settings = DeliverySettings.test { $0.holdsDeletes = true }
        try await withDelivery(TestRules.upsertAndDelete, settings: settings) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try await bench.send(TestPerson(1, time: 10, kind: "group"))
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com parked/held"])
            #expect(bench.contacts().count == 1)
            let held = try #require(try bench.projector.state.records(after: 0, countMax: 1).first)
            try await bench.decide(.retry(keys: [held.reference]))
            try await bench.settle()
            #expect(bench.contacts().isEmpty)
            #expect(try await bench.keys() == ["p1@example.com settled"])
        }
    }

    @Test func theBrakeHoldsMoreDeletesThanItLetsThrough() async throws {
        let settings = DeliverySettings.test {
            $0.brakeCount = 5
            $0.brakeShare = 0.1
        }
        try await withDelivery(TestRules.upsertAndDelete, settings: settings) { bench in
            try await bench.send((0..<20).map { TestPerson($0) })
            try await bench.settle()
            try await bench.send((0..<5).map { TestPerson($0, time: 10, kind: "group") })
            try await bench.settle()
            #expect(bench.contacts().count == 15)
            try await bench.send((5..<11).map { TestPerson($0, time: 10, kind: "group") })
            try await bench.settle()
            #expect(bench.contacts().count == 15)
            #expect(try await bench.keys().filter { $0.hasSuffix(" parked/held") }.count == 6)
        }
    }

    /// A flood of deletes does not pass the brake because a round holds few keys.
    @Test func theBrakeCountsDeletesOfLaterRounds() async throws {
        let settings = DeliverySettings.test {
            $0.brakeCount = 5
            $0.brakeShare = 0.1
            $0.limits.roundKeyCountMax = 4
        }
        try await withDelivery(TestRules.upsertAndDelete, settings: settings) { bench in
            try await bench.send((0..<20).map { TestPerson($0) })
            try await bench.settle()
            try await bench.send((0..<11).map { TestPerson($0, time: 10, kind: "group") })
            try await bench.settle()
            #expect(bench.contacts().count == 20)
            let held = try await bench.keys().filter { $0.hasSuffix(" parked/held") }
            #expect(held.count == 11)
            // Approved together, they go.
            let records = try bench.projector.state.records(after: 0, countMax: .max)
            try await bench.decide(.retry(keys: records.map(\.reference)))
            try await bench.settle()
            #expect(bench.contacts().count == 9)
        }
    }

    /// An event that comes while its key is in flight is not lost.
    @Test func anEventThatArrivesMeanwhileIsDeliveredNext() async throws {
        try await withDelivery { bench in
            bench.org.inject(Fault(on: .create, .delay(milliseconds: 200)))
            try await bench.send(TestPerson(1))
            let step = Task { try await bench.engine.step() }
            while try bench.intents().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            try await bench.send(TestPerson(1, first: "Bea", time: 10))
            _ = try await step.value
            #expect(try await bench.keys() == ["p1@example.com dirty"])
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])
        }
    }
}
