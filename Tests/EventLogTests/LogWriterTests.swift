import Events
import Foundation
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogWriterTests {
    @Test func entriesAreReadBackInTheOrderOfTheirPositions() async throws {
        try await withLog(now: { 42 }) { log, _ async throws in
            #expect(try await log.append([event(1), event(2)]).map(\.position.number) == [1, 2])
            #expect(try await log.append(kind: .intent, body: [7, 8]) == Position(3))
            let pair: [(EntryKind, [UInt8])] = [(.outcome, [1]), (.decision, [])]
            #expect(try await log.appendAll(pair).map(\.number) == [4, 5])
            #expect(log.lastPosition == Position(5))

            let entries = try log.reader().entries(after: .zero, countMax: 10, bytesMax: 10_000)
            #expect(entries.map(\.position.number) == [1, 2, 3, 4, 5])
            #expect(entries.map(\.kind) == [.event, .event, .intent, .outcome, .decision])
            #expect(
                entries.map(\.recordedAt) == [1_750_000_000_001, 1_750_000_000_002, 42, 42, 42])
            #expect(try entries.prefix(2).map(EventBody.decode) == [event(1), event(2)])
            #expect(entries[2].body == [7, 8])
        }
    }

    @Test func appendingNothingDoesNothing() async throws {
        try await withLog { log, _ async throws in
            #expect(try await log.append([]).isEmpty)
            #expect(try await log.appendAll([]).isEmpty)
            #expect(log.lastPosition == .zero)
        }
    }

    @Test func positionsGoOnWhereTheLastWriterEnded() async throws {
        try await withTemporaryFolder { folder async throws in
            for run in 1...3 {
                try await withLog(in: folder) { log, _ async throws in
                    #expect(log.epoch == UInt64(run))
                    #expect(log.lastPosition.number == UInt64(run - 1))
                    let result = try await log.append([event(run)])
                    #expect(result == [.accepted(Position(UInt64(run)))])
                    #expect(try log.reader().epoch() == log.epoch)
                }
            }
        }
    }

    @Test func twoLogsAreToldApart() async throws {
        let ids = try await [0, 1].asyncMap { _ in
            try await withLog { log, _ async throws in try log.reader().creationID() }
        }
        #expect(ids[0].count == 16)
        #expect(ids[0] != ids[1])
    }

    @Test func manyProducersGetGaplessPositionsOfTheirOwn() async throws {
        try await withLog { log, _ async throws in
            let results = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for producer in 0..<20 {
                    group.addTask {
                        var positions: [UInt64] = []
                        for number in 0..<25 {
                            let events = [event(number, source: "s\(producer)")]
                            positions += try await log.append(events).map(\.position.number)
                        }
                        return positions
                    }
                }
                return try await group.reduce(into: [[UInt64]]()) { $0.append($1) }
            }
            // Each producer's own order is kept, and all of them fill the log without a gap.
            #expect(results.allSatisfy { $0 == $0.sorted() })
            #expect(results.flatMap { $0 }.sorted() == Array(1...500))
            #expect(log.lastPosition == Position(500))
        }
    }

    @Test func aSecondWriterIsRefusedAndTheFirstGoesOn() async throws {
        try await withLog { log, folder async throws in
            #expect(throws: LogError.inUse(folder: folder, processID: getpid())) {
                _ = try LogWriter(folder: folder, now: { 0 })
            }
            #expect(try await log.append([event(1)]) == [.accepted(Position(1))])
        }
    }

    @Test func positionsAreStreamedFromThePresentOneToTheEnd() async throws {
        try await withLog { log, _ async throws in
            _ = try await log.append([event(1)])
            var positions = log.positions().makeAsyncIterator()
            #expect(await positions.next() == Position(1))
            _ = try await log.append([event(2)])
            _ = try await log.append([event(3), event(4)])
            // A slow consumer skips to the newest.
            #expect(await positions.next() == Position(4))
            log.close()
            #expect(await positions.next() == nil)
            var late = log.positions().makeAsyncIterator()
            #expect(await late.next() == Position(4))
            #expect(await late.next() == nil)
        }
    }

    @Test func aClosedLogRefuses() async throws {
        try await withLog { log, _ async throws in
            let reader = log.reader()
            log.close()
            await #expect(throws: LogError.closed) { try await log.append([event(1)]) }
            #expect(throws: LogError.closed) { try reader.lastPosition() }
            #expect(!log.isBroken)
        }
    }

    @Test func anotherStoreIsNoLog() throws {
        try withTemporaryFolder { folder in
            #expect(throws: LogError.notALog(folder: folder)) { _ = try LogReader(folder: folder) }
            #expect(
                FileManager.default.createFile(atPath: folder + "/data.mdb", contents: Data([1])))
            #expect(throws: LogError.notALog(folder: folder)) {
                _ = try LogWriter(folder: folder, now: { 0 })
            }
        }
    }
}

extension Array {
    fileprivate func asyncMap<R>(_ transform: (Element) async throws -> R) async rethrows -> [R] {
        var results: [R] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
