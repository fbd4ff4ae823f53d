import Events
import LMDB
import Synchronization
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogLimitsTests {
    private func limits(_ change: (inout LogLimits) -> Void) -> LogLimits {
        var limits = testLimits
        change(&limits)
        return limits
    }

    @Test func oneCallIsOneCommitUpToTheBatchLimitAndSeveralBeyond() async throws {
        let limits = limits { $0.batchEventCountMax = 10 }
        try await withLog(limits: limits) { log, _ async throws in
            let first = try log.store.environment.transactionCount()
            _ = try await log.append((1...10).map { event($0) })
            #expect(try log.store.environment.transactionCount() == first + 1)
            let results = try await log.append((5...34).map { event($0) })
            #expect(try log.store.environment.transactionCount() == first + 4)
            #expect(results.map(\.position.number) == Array(5...34))
            #expect(
                results.prefix(6).allSatisfy { if case .duplicate = $0 { true } else { false } })
        }
    }

    /// What came while a commit was under way goes with the next one, whoever sent it.
    @Test func producersThatComeTogetherShareACommit() async throws {
        let producerCount = 200
        try await withLog { log, _ async throws in
            let first = try log.store.environment.transactionCount()
            let blocker = Blocker(log.store.environment)
            let counts = Counts()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...producerCount {
                    group.addTask {
                        counts.started.add(1, ordering: .relaxed)
                        _ = try await log.append([event(number)])
                    }
                }
                while counts.started.load(ordering: .relaxed) < producerCount { await Task.yield() }
                blocker.release()
                try await group.waitForAll()
            }
            #expect(log.lastPosition.number == UInt64(producerCount))
            // One that was in the writer's hands and one for all that waited; a few for producers
            // that had begun and not yet asked.
            let commits = try log.store.environment.transactionCount() - first
            #expect(commits <= 10, "\(producerCount) requests")
        }
    }

    /// The writer waits for the producers of the commit before, so that they never split into
    /// halves that take turns.
    @Test func producersThatComeAgainAreWaitedFor() async throws {
        let limits = limits { $0.batchDelayMax = .milliseconds(200) }
        let (producerCount, roundCount) = (8, 20)
        try await withLog(limits: limits) { log, _ async throws in
            let first = try log.store.environment.transactionCount()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for producer in 0..<producerCount {
                    group.addTask {
                        for round in 0..<roundCount {
                            _ = try await log.append([event(producer * roundCount + round)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.lastPosition.number == UInt64(producerCount * roundCount))
            // A commit a round, and some at either end, where not all producers are there.
            let commits = try log.store.environment.transactionCount() - first
            #expect(commits <= roundCount + roundCount / 2)
        }
    }

    @Test func aCommitOfDuplicatesAloneLeavesTheDiskAlone() async throws {
        try await withLog { log, _ async throws in
            _ = try await log.append([event(1)])
            let before = try log.store.environment.transactionCount()
            #expect(try await log.append([event(1)]) == [.duplicate(Position(1))])
            #expect(try log.store.environment.transactionCount() == before)
        }
    }

    @Test func batchesAreCutByBytesToo() async throws {
        let limits = limits { $0.batchBytesMax = 1_000 }
        try await withLog(limits: limits) { log, _ async throws in
            let large = String(repeating: "x", count: 400)
            let events = (1...5).map { event($0, body: "{\"x\":\"\(large)\($0)\"}") }
            let first = try log.store.environment.transactionCount()
            #expect(try await log.append(events).map(\.position.number) == [1, 2, 3, 4, 5])
            #expect(try log.store.environment.transactionCount() == first + 3)
        }
    }

    @Test func anEntryBeyondItsLimitIsRefusedWithAllOfItsCall() async throws {
        let limits = limits { $0.entryBytesMax = 100 }
        try await withLog(limits: limits) { log, _ async throws in
            let large = event(2, body: "{\"x\":\"\(String(repeating: "y", count: 100))\"}")
            let bytes = EventBody.size(large)
            await #expect(throws: LogError.entryTooLarge(bytes: bytes, bytesMax: 100)) {
                try await log.append([event(1), large])
            }
            await #expect(throws: LogError.entryTooLarge(bytes: 101, bytesMax: 100)) {
                try await log.append(kind: .intent, body: [UInt8](repeating: 0, count: 101))
            }
            #expect(log.lastPosition == .zero)
        }
    }

    @Test func entriesThatBelongTogetherAreNeverCutApart() async throws {
        let limits = limits { $0.batchEventCountMax = 3 }
        try await withLog(limits: limits) { log, _ async throws in
            let entries: [(EntryKind, [UInt8])] = (0..<4).map { (.outcome, [$0]) }
            await #expect(throws: LogError.batchTooLarge(count: 4, bytes: 4)) {
                try await log.appendAll(entries)
            }
            #expect(try await log.appendAll(Array(entries.prefix(3))).count == 3)
        }
    }

    /// The writer is held up by a write transaction of ours, so whatever was not taken before
    /// waits.
    @Test func whatExceedsTheQueueIsRefusedAndTheRestIsAppended() async throws {
        let limits = limits {
            $0.queueEventCountMax = 10
            $0.batchEventCountMax = 10
        }
        try await withLog(limits: limits) { log, _ async throws in
            let counts = Counts()
            // One batch of ten at most is in the writer's hands and ten wait: of forty, twenty are
            // refused at once, while nothing can be committed.
            let blocker = Blocker(log.store.environment)
            await withTaskGroup(of: Void.self) { group in
                for number in 1...40 {
                    group.addTask {
                        do throws(LogError) {
                            _ = try await log.append([event(number)])
                            counts.accepted.add(1, ordering: .relaxed)
                        } catch {
                            if case .overloaded = error {
                                counts.refused.add(1, ordering: .relaxed)
                            }
                            if counts.refused.load(ordering: .relaxed) >= 20 { blocker.release() }
                        }
                    }
                }
            }
            let count = counts.accepted.load(ordering: .relaxed)
            #expect(count + counts.refused.load(ordering: .relaxed) == 40)
            #expect(count >= 10 && count <= 20)
            #expect(log.lastPosition.number == UInt64(count))
        }
    }
}

private final class Counts: Sendable {
    let started = Atomic(0)
    let accepted = Atomic(0)
    let refused = Atomic(0)
}

/// Holds the write transaction of an environment on a thread of its own until released.
private final class Blocker: Sendable {
    private let isReleased = Monitor(false)
    private let holds = Monitor(false)

    init(_ environment: Environment) {
        DedicatedThread.start(name: "blocker") { [isReleased, holds] in
            do throws(LMDBError) {
                try environment.write { (_) throws(LMDBError) in
                    holds.change { holds in
                        holds = true
                        return true
                    }
                    isReleased.wait { $0 ? () : nil }
                }
            } catch {
                Issue.record(error)
            }
        }
        holds.wait { $0 ? () : nil }
    }

    func release() {
        isReleased.change { isReleased in
            isReleased = true
            return true
        }
    }
}

extension Environment {
    /// The number of the last committed transaction.
    fileprivate func transactionCount() throws -> Int { try usage().transactionCount }
}
