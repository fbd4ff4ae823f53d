import Actions
import EventLog
import Records
import TestSupport
import Testing

@testable import Projection

/// A changed configuration folds again what it concerns, and the state is as if all had been.
@Suite struct RefoldTests {
    private static let people = TestActions.or
    private static let firm = firm(fields: "\"Name\":\"$.properties.name\"")
    private static let firmWithPhone = firm(
        fields: "\"Name\":\"$.properties.name\",\"Phone\":\"$.properties.phone\"")
    private static let employed = TestActions.action(
        "or", matchers: TestActions.either,
        fields: TestActions.fields
            + ",\"AccountId\":{\"lookup\":{\"field\":\"Number\",\"value\":\"$.properties.firm\"}}")

    private static func firm(fields: String) -> String {
        TestActions.action(
            "firm", on: "Founded", object: "Account",
            matchers: "\"Number\":\"$.properties.firm\"", fields: fields)
    }

    private static let account = ObjectDescription(
        name: "Account", keyPrefix: "001", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: ["Name", "Number", "Phone"].map {
            FieldDescription(name: $0, type: .string, length: 255)
        })
    private static let contact = ObjectDescription.contact.adding([
        FieldDescription(
            name: "AccountId", type: .reference, referenceTo: ["Account"],
            relationshipName: "Account")
    ])

    /// Every one but the first is a change that concerns something else.
    private static let configurations = [
        people + "," + firm, people + "," + firmWithPhone, firm + "," + people,
        people + "," + firm + "," + TestActions.delete, people,
        TestActions.action("or", matchers: TestActions.email) + "," + firm,
        employed + "," + firm, people + "," + TestActions.create + "," + firm,
    ]

    private static func founded(_ time: Int64, _ number: Int) -> TestEvent {
        TestEvent(time, "\"firm\":\"F\(number)\",\"name\":\"n\(time)\",\"phone\":\"1\"", "Founded")
    }

    private static func events(_ random: inout SeededGenerator) -> [TestEvent] {
        var events = FoldPropertyTests.events(count: 40, &random).map { event in
            var event = event
            if random.number(0...2) == 0, !event.traits.isEmpty {
                event.traits += ",\"firm\":\"F\(random.number(1...2))\""
            }
            return event
        }
        for number in 1...3 { events.append(founded(Int64(100 + number), random.number(1...2))) }
        return events.shuffled(using: &random)
    }

    @Test(arguments: SeededGenerator.seeds(count: 8))
    func aStateFoldedInPartIsTheFoldOfItsLog(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var limits = ProjectorLimits.test
        limits.batchEntryCountMax = random.number(3...20)
        let descriptions = [Self.contact, Self.account]
        try await withProjection(limits: limits) { bench in
            try await bench.configure(Self.configurations[0], descriptions: descriptions)
            var rest = Self.events(&random)[...]
            var partialCount = 0
            while !rest.isEmpty {
                let count = random.number(1...6)
                try await bench.send(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                try await FoldPropertyTests.deliver(bench, &random)
                guard random.number(1...3) == 1,
                    let next = Self.configurations.randomElement(using: &random)
                else { continue }
                try await bench.configure(next, descriptions: descriptions)
                // Sometimes the next change comes before this one is folded.
                for _ in 0..<random.number(0...2) { _ = try bench.projector.projectNextBatch() }
                if try bench.state.partialRefold() != nil { partialCount += 1 }
                if random.number(0...1) == 0 { try bench.project() }
            }
            try bench.project()
            #expect(try bench.state.partialRefold() == nil)
            let again = try rebuiltDigest(
                bench.log, folder: bench.folder + "-law", batchEntryCountMax: 1_000)
            #expect(try bench.state.digest() == again, "seed \(seed), \(partialCount) in part")
        }
    }

    /// Many people and one firm.
    private func withScene(
        _ configuration: String = people + "," + firm,
        _ body: (ProjectionBench) async throws -> Void
    ) async throws {
        var limits = ProjectorLimits.test
        limits.batchEntryCountMax = 4
        try await withProjection(limits: limits) { bench in
            try await bench.configure(
                configuration, descriptions: [Self.contact, Self.account])
            try await bench.send(
                (1...9).map { TestEvent($0, "\"email\":\"p\($0)@x.org\",\"firm\":\"F1\"") })
            try await bench.send(Self.founded(20, 1))
            for record in try bench.records() {
                try await bench.append(
                    OutcomeEntry(settled: [SettledEntry(key: record.version, recordID: .first)]))
            }
            try bench.project()
            try await body(bench)
        }
    }

    private func statuses(_ bench: ProjectionBench, _ object: String) throws -> Set<String> {
        Set(
            try bench.state.records(after: 0, countMax: .max).filter { $0.object == object }
                .map(\.delivery.status.name))
    }

    @Test func onlyTheObjectOfAChangedActionIsFoldedAgain() async throws {
        try await withScene { bench in
            let before = try bench.records().filter { $0.object == "Contact" }
            try await bench.configure(
                Self.people + "," + Self.firmWithPhone, descriptions: [Self.contact, Self.account])
            _ = try bench.projector.projectNextBatch()
            // Under way: the people are as they were, the firm is not there yet.
            #expect(try bench.state.partialRefold()?.scope == RefoldScope(["account"]))
            #expect(try bench.state.checkpoint() == 4)
            #expect(try bench.state.records(after: 0, countMax: .max) == before)
            #expect(try bench.state.sources().totals["web"]?.eventCount == 10)
            try bench.project()
            #expect(try bench.state.partialRefold() == nil)
            #expect(try statuses(bench, "Contact") == ["settled"])
            #expect(try statuses(bench, "Account") == ["dirty"])
            #expect(try bench.state.counts() == ["settled": 9, "dirty": 1])
            #expect(try bench.state.sources().totals["web"]?.eventCount == 10)
        }
    }

    @Test func aChangeThatComesInTheMiddleBeginsAgainWithBoth() async throws {
        try await withScene { bench in
            let descriptions = [Self.contact, Self.account]
            try await bench.configure(
                Self.people + "," + Self.firmWithPhone, descriptions: descriptions)
            _ = try bench.projector.projectNextBatch()
            try await bench.configure(Self.people + "," + Self.firm, descriptions: descriptions)
            _ = try bench.projector.projectNextBatch()
            #expect(try bench.state.partialRefold()?.scope == RefoldScope(["account"]))
            #expect(try bench.state.checkpoint() == 4)
            try bench.project()
            #expect(try statuses(bench, "Account") == ["dirty"])
        }
    }

    @Test func theMajorityIsFoldedWithAllTheRest() async throws {
        try await withScene { bench in
            try await bench.configure(
                TestActions.action("or", matchers: TestActions.email) + "," + Self.firm,
                descriptions: [Self.contact, Self.account])
            _ = try bench.projector.projectNextBatch()
            #expect(try bench.state.partialRefold() == nil)
            #expect(try bench.state.records(after: 0, countMax: .max).count < 9)
        }
    }

    /// An account that changes wakes the contacts that look it up.
    @Test func whatLookupsJoinIsConcernedTogether() async throws {
        try await withScene(Self.employed + "," + Self.firm) { bench in
            try await bench.configure(
                Self.employed + "," + Self.firmWithPhone,
                descriptions: [Self.contact, Self.account])
            _ = try bench.projector.projectNextBatch()
            #expect(try bench.state.partialRefold() == nil, "contacts are the majority")
        }
    }

    @Test func aChangeThatConcernsNothingFoldsNothingAgain() async throws {
        try await withScene { bench in
            let before = try bench.records()
            let off = TestActions.action("off", object: "Lead", more: "\"enabled\":false")
            try await bench.configure(
                Self.people + "," + Self.firm + "," + off,
                descriptions: [Self.contact, Self.account])
            let count = try bench.projector.projectNextBatch()
            #expect(count == 1, "the configuration entry itself")
            #expect(try bench.records() == before)
        }
    }
}
