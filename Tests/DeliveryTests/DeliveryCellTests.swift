import SalesforceEmulator
import Testing

@testable import Delivery

/// What each operation does when no record, one, or several match.
@Suite struct DeliveryCellTests {
    struct Cell: Sendable, CustomTestStringConvertible {
        let rule: String
        let name: String
        let matching: Int
        let contacts: [String]
        let writes: [String]
        let key: String
        var kind = "identify"

        var testDescription: String { "\(name), \(matching) match" }
    }

    static let old = "p1@example.com Old Lee1"
    static let new = "p1@example.com Ann Lee1"

    @Test(arguments: [
        Cell(
            rule: TestRules.byEmail, name: "upsert", matching: 0, contacts: [new],
            writes: ["create Contact"], key: "p1@example.com settled"),
        Cell(
            rule: TestRules.byEmail, name: "upsert", matching: 1, contacts: [new],
            writes: ["update Contact"], key: "p1@example.com settled"),
        Cell(
            rule: TestRules.byEmail, name: "upsert", matching: 2, contacts: [old, old], writes: [],
            key: "p1@example.com parked/ambiguous"),
        Cell(
            rule: TestRules.update, name: "update", matching: 0, contacts: [], writes: [],
            key: "p1@example.com parked/not-found"),
        Cell(
            rule: TestRules.update, name: "update", matching: 1, contacts: [new],
            writes: ["update Contact"], key: "p1@example.com settled"),
        Cell(
            rule: TestRules.update, name: "update", matching: 2, contacts: [old, old], writes: [],
            key: "p1@example.com parked/ambiguous"),
        Cell(
            rule: TestRules.delete, name: "delete", matching: 0, contacts: [], writes: [],
            key: "p1@example.com settled", kind: "group"),
        Cell(
            rule: TestRules.delete, name: "delete", matching: 1, contacts: [],
            writes: ["delete Contact"], key: "p1@example.com settled", kind: "group"),
        Cell(
            rule: TestRules.delete, name: "delete", matching: 2, contacts: [old, old], writes: [],
            key: "p1@example.com parked/ambiguous", kind: "group"),
        Cell(
            rule: TestRules.create, name: "create", matching: 0, contacts: [new],
            writes: ["create Contact"], key: "3/create settled"),
        Cell(
            rule: TestRules.create, name: "create", matching: 2, contacts: [new, old, old],
            writes: ["create Contact"], key: "3/create settled"),
    ])
    func anOperationDoes(_ cell: Cell) async throws {
        try await withDelivery(cell.rule) { bench in
            for _ in 0..<cell.matching {
                try bench.org.seed(
                    "Contact",
                    [["Email": "p1@example.com", "FirstName": "Old", "LastName": "Lee1"]])
            }
            try await bench.send(TestPerson(1, kind: cell.kind))
            try await bench.settle()
            #expect(bench.contacts() == cell.contacts)
            #expect(bench.writes() == cell.writes)
            // A create's key is named by its event's position, which depends on nothing but the
            // log.
            let keys = try await bench.keys()
            if cell.name == "create" {
                #expect(keys.map { $0.hasSuffix(" settled") } == [true])
            } else {
                #expect(keys == [cell.key])
            }
            // A second pass finds nothing to send.
            try await bench.settle()
            #expect(bench.writes() == cell.writes)
        }
    }

    @Test func onlyTheFieldsThatDifferAreSent() async throws {
        try await withDelivery { bench in
            try bench.org.seed(
                "Contact", [["Email": "P1@example.com", "FirstName": "Old", "LastName": "Lee1"]])
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.org.truth.map { Set($0.fields.keys) } == [["FirstName"]])
            #expect(
                try bench.intents().flatMap(\.intent.operations).flatMap(\.changes).map(\.field)
                    == ["FirstName"])
        }
    }

    /// 500 people in 2,000 events: one write for each, few calls, and never again.
    @Test func aBurstCostsAsManyWritesAsPeople() async throws {
        try await withDelivery { bench in
            let events = (0..<2_000).map { number in
                TestPerson(number % 500, first: "F\(number / 500)", time: Int64(number / 500))
            }
            try await bench.send(events)
            let callsBefore = bench.org.statistics.callCount
            try await bench.settle()
            #expect(bench.org.statistics.callCount - callsBefore <= 10)
            #expect(bench.org.truth.count == 500)
            #expect(
                bench.contacts()
                    == (0..<500).map { "p\($0)@example.com F3 Lee\($0)" }.sorted())
            // The same again, as other messages: nothing differs, so nothing is written.
            try await bench.send(
                events.map { person in
                    var again = person
                    again.id = "again/\(person.number)/\(person.time)"
                    return again
                })
            try await bench.settle()
            #expect(bench.org.truth.count == 500)
            let last = bench.log.lastPosition.number
            try await bench.decide(.replay(.init(from: 1, through: last)))
            #expect(try await bench.engine.step().didWork)
            try await bench.settle()
            #expect(bench.org.truth.count == 500)
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(" settled") })
        }
    }

    @Test func keysThatFindTheSameRecordAreOnePieceOfWork() async throws {
        try await withDelivery(TestRules.byEmail + "," + TestRules.byEmailAndName) { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(bench.writes() == ["create Contact"])
        }
    }
}
