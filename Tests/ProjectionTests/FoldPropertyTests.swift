import Records
import TestSupport
import Testing

@testable import Projection

/// Laws that hold for any events: the seed is the test's argument.
@Suite struct FoldPropertyTests {
    @Test(arguments: SeededGenerator.seeds(count: 6))
    func theOrderOfEventsWithDistinctTimesMakesNoDifference(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let events = Self.events(count: 60, &random)
        let shuffled = events.shuffled(using: &random)
        #expect(try await content(events) == content(shuffled), "seed \(seed)")
    }

    @Test(arguments: SeededGenerator.seeds(count: 4))
    func messagesThatAreSentAgainChangeNothing(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let events = Self.events(count: 60, &random)
        let repeated = events.flatMap { Array(repeating: $0, count: random.number(1...3)) }
        #expect(try await content(events) == content(repeated), "seed \(seed)")
    }

    /// The content of what is desired: sorted, because ids go by positions.
    private func content(_ events: [TestEvent]) async throws -> [String] {
        var content: [String] = []
        let actions = [
            TestActions.all, TestActions.and, TestActions.create, FoldDeliveryTests.scored,
        ]
        try await withProjection(actions.joined(separator: ",")) { bench in
            try await bench.send(events)
            content = try bench.records().map(\.timedContent).sorted()
        }
        return content
    }

    /// Any split into batches, and any crash between two of them, gives the same bytes; so does a
    /// state that is deleted and folded from nothing.
    @Test(arguments: SeededGenerator.seeds(count: 3))
    func batchesAndCrashesCannotBeSeenInTheState(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let events = Self.events(count: 60, &random)
        try await withProjection(TestActions.all) { bench in
            var rest = events[...]
            while !rest.isEmpty {
                let count = random.number(1...12)
                try await bench.send(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                try await Self.deliver(bench, &random)
                if random.number(1...30) == 1 {
                    try await bench.configure(TestActions.all + "," + FoldDeliveryTests.scored)
                }
            }
            try bench.project()
            let digest = try bench.state.digest()
            for (number, size) in [2, 7, 1_000].enumerated() {
                for isRestarting in [true, false] {
                    let folder = "\(bench.folder)-\(number)-\(isRestarting)"
                    let other = try rebuiltDigest(
                        bench.log, folder: folder, batchEntryCountMax: size,
                        isRestarting: isRestarting)
                    #expect(other == digest, "seed \(seed), batches of \(size)")
                }
            }
        }
    }

    /// Sends, answers, doubts, blocks and decides something at random.
    static func deliver(_ bench: ProjectionBench, _ random: inout SeededGenerator) async throws {
        let records = try bench.records()
        guard let record = records.randomElement(using: &random) else { return }
        switch random.number(1...6) {
        case 1:
            let kind = [OperationKind.create, .update, .delete].randomElement(using: &random)
            try await bench.appendIntent(
                kind ?? .create, [record.version],
                upsertField: random.number(0...1) == 0 ? nil : "External_Id__c")
        case 2:
            let statuses = [OperationResult.Status.succeeded, .failed, .again, .inDoubt]
            guard let open = try bench.state.openOperations().randomElement(using: &random),
                let status = statuses.randomElement(using: &random)
            else { return }
            let result = OperationResult(index: 0, status: status, recordID: .first)
            try await bench.append(OutcomeEntry(intent: open.intent, results: [result]))
        case 3:
            guard let open = try bench.state.openOperations().randomElement(using: &random)
            else { return }
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: open.intent, index: 0)]))
        case 4:
            try await bench.append(
                OutcomeEntry(settled: [SettledEntry(key: record.version, recordID: .second)]))
        case 5: try await bench.append(.retry(keys: [record.reference]))
        default:
            let last = bench.log.lastPosition.number
            try await bench.append(.replay(ReplayRange(from: last / 2, through: last)))
        }
    }

    /// Events about a few people who are known now by one name, now by another.
    static func events(count: Int, _ random: inout SeededGenerator) -> [TestEvent] {
        let times = (1...Int64(count)).shuffled(using: &random)
        return times.map { time in
            var traits: [String] = []
            let person = random.number(1...8)
            if random.number(0...3) > 0 {
                // One address in several spellings: the latest is what a created record carries.
                let name = random.number(0...1) == 0 ? "p" : "P"
                traits.append("\"email\":\"\(name)\(person)@x.org\"")
            }
            if random.number(0...3) == 0 { traits.append("\"ext\":\"E\(random.number(1...8))\"") }
            for name in ["first", "last"] where random.number(0...2) > 0 {
                let isNull = random.number(0...5) == 0
                traits.append("\"\(name)\":" + (isNull ? "null" : "\"\(name)\(time)\""))
            }
            if random.number(0...9) == 0 { traits.append("\"score\":\"many\"") }
            let names = [
                "Updated", "Updated", "Updated", "Updated", "Deleted", "Seen", "Ordered",
            ]
            let name = names.randomElement(using: &random) ?? "Updated"
            return TestEvent(time, traits.joined(separator: ","), name)
        }
    }
}
