import Events
import LMDB
import TestSupport
import Testing

@testable import EventLog

/// The message index moves its keys from recent rows to a tree while events come in.
@Suite struct MessageIndexGenerationsTests {
    private func limits(recentMessageCountMax count: Int) -> LogLimits {
        var limits = testLimits
        limits.recentMessageCountMax = count
        return limits
    }

    private func counts(_ log: LogWriter) throws -> (tree: Int, recent: [Int]) {
        try log.store.environment.read { (transaction) throws(LMDBError) in
            var recent: [Int] = []
            for table in log.store.recent {
                recent.append(try RecentRows.load(transaction, table).messages.count)
            }
            return (try transaction.count(log.store.messages), recent)
        }
    }

    @Test(arguments: [1, 7, 100, 300])
    func everyIdIsKnownInWhicheverPartOfTheIndexItIs(countMax: Int) async throws {
        let limits = limits(recentMessageCountMax: countMax)
        try await withLog(limits: limits) { log, _ async throws in
            var next = 1
            for size in [1, 3, 50, 1, 1, 200, 7, 120, 1] {
                let events = (next..<(next + size)).map { event($0) }
                let expected = events.indices.map {
                    AppendResult.accepted(Position(UInt64(next + $0)))
                }
                #expect(try await log.append(events) == expected)
                next += size
                let again = try await log.append((1..<next).map { event($0) })
                #expect(again == (1..<next).map { .duplicate(Position(UInt64($0))) })
                #expect(try log.reader().verify().isSound)
            }
            for number in stride(from: 1, to: next, by: 11) {
                let found = try log.reader().position(
                    source: "website", messageID: "m\(number)")
                #expect(found == Position(UInt64(number)))
            }
        }
    }

    @Test func aGenerationThatIsMergedLeavesNothingBehind() async throws {
        let limits = limits(recentMessageCountMax: 100)
        try await withLog(limits: limits) { log, _ async throws in
            _ = try await log.append((1...100).map { event($0) })
            #expect(try counts(log) == (0, [100, 0]))
            _ = try await log.append([event(101)])
            #expect(try counts(log) == (64, [100, 1]))
            _ = try await log.append([event(102)])
            #expect(try counts(log) == (100, [0, 2]))
            _ = try await log.append((103...250).map { event($0) })
            #expect(try counts(log) == (100, [0, 150]))
            _ = try await log.append((251...260).map { event($0) })
            #expect(try counts(log) == (164, [10, 150]))
        }
    }

    /// A writer that begins in the middle of a merge begins that merge again.
    @Test func aRestartAtAnyMomentKnowsEveryId() async throws {
        let limits = limits(recentMessageCountMax: 150)
        try await withTemporaryFolder { folder async throws in
            var generator = SeededGenerator(seed: 41)
            var next = 1
            for _ in 0..<25 {
                try await withLog(in: folder, limits: limits) { log, _ async throws in
                    for _ in 0..<generator.number(1...4) {
                        let size = generator.number(1...40)
                        let old = generator.number(1...next)
                        let events = ([old] + Array(next..<(next + size))).map { event($0) }
                        let results = try await log.append(events)
                        let first: AppendResult =
                            old < next ? .duplicate(Position(UInt64(old))) : results[0]
                        #expect(results[0] == first)
                        next += size
                        #expect(log.lastPosition == Position(UInt64(next - 1)))
                    }
                }
            }
            #expect(next > 600)
            try await withLog(in: folder, limits: limits) { log, _ async throws in
                let again = try await log.append((1..<next).map { event($0) })
                #expect(again == (1..<next).map { .duplicate(Position(UInt64($0))) })
            }
        }
    }

    @Test func aCommitThatFailsLeavesTheIndexAsItWas() async throws {
        var limits = limits(recentMessageCountMax: 20)
        limits.mapBytesMax = 1 << 20
        try await withLog(limits: limits) { log, _ async throws in
            for number in 1...25 { _ = try await log.append([event(number)]) }
            let before = try counts(log)
            let large = "{\"x\":\"\(String(repeating: "y", count: 2_000_000))\"}"
            await #expect(throws: LogError.full(.map)) {
                try await log.append([event(26), event(27, body: large)])
            }
            #expect(try counts(log) == before)
            let results = try await log.append([event(26), event(25), event(1)])
            let expected: [AppendResult] = [
                .accepted(Position(26)), .duplicate(Position(25)), .duplicate(Position(1)),
            ]
            #expect(results == expected)
        }
    }

    /// 12 MB a generation, as the limits say, also when its last commit goes beyond its size.
    @Test func aFullGenerationAndOneCommitTakeTheMemoryThatTheLimitsSay() {
        let limits = LogLimits()
        var messages = RecentMessages()
        var generator = SeededGenerator(seed: 9)
        for position in 1...(limits.recentMessageCountMax + limits.batchEventCountMax) {
            let key = MessageKey(high: generator.next(), low: generator.next())
            messages.insert(key, at: UInt64(position))
        }
        #expect(messages.slotCount * MemoryLayout<RecentMessages.Slot>.stride == 12 << 20)
    }

    @Test func keysInMemoryAreWalkedInTheOrderOfTheTree() {
        var generator = SeededGenerator(seed: 7)
        var messages = RecentMessages()
        var expected: [MessageKey: UInt64] = [:]
        for position in 1...5_000 {
            let key = MessageKey(high: generator.next(), low: generator.next())
            messages.insert(key, at: UInt64(position))
            expected[key] = UInt64(position)
        }
        #expect(expected.allSatisfy { messages.position(of: $0.key) == $0.value })
        var walked: [MessageKey: UInt64] = [:]
        var steps = 0
        var slot = 0
        var previous: UInt64 = 0
        var disorder = 0
        while slot < messages.slotCount {
            slot = messages.walk(from: slot, countMax: 9) { key, position in
                walked[key] = position
                // Neighbours share their highest bits; only those may stand in another order.
                if key.high >> 52 < previous >> 52 { disorder += 1 }
                previous = key.high
            }
            steps += 1
        }
        #expect(walked == expected)
        #expect(steps >= 5_000 / 9)
        #expect(disorder <= 5_000 / 20)
        messages.removeAll(after: 4_000)
        #expect(messages.count == 4_000)
        #expect(
            expected.allSatisfy {
                messages.position(of: $0.key) == ($0.value <= 4_000 ? $0.value : nil)
            })
    }
}
