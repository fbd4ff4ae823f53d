import Events
import Foundation
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogReaderTests {
    @Test func readingGoesInStepsOfCountAndBytes() async throws {
        try await withLog { log, _ async throws in
            _ = try await log.appendAll((0..<20).map { _ in (.intent, [1, 2, 3, 4]) })
            let reader = log.reader()
            func positions(_ after: UInt64, _ count: Int, _ bytes: Int) throws -> [UInt64] {
                try reader.entries(after: Position(after), countMax: count, bytesMax: bytes)
                    .map(\.position.number)
            }
            #expect(try positions(0, 3, 1_000) == [1, 2, 3])
            #expect(try positions(18, 10, 1_000) == [19, 20])
            #expect(try positions(20, 10, 1_000) == [])
            #expect(try positions(99, 10, 1_000) == [])
            #expect(try positions(4, 10, 10) == [5, 6, 7])
            // A small limit still gives one, or nobody would ever get past a large entry.
            #expect(try positions(4, 10, 1) == [5])
        }
    }

    @Test func contentsAreTheEntriesWithTheirEventsRead() async throws {
        try await withLog { log, _ async throws in
            _ = try await log.append([event(1), event(2)])
            _ = try await log.append(kind: .intent, body: [1, 2, 3])
            _ = try await log.append([event(3)])
            let reader = log.reader()
            let entries = try reader.entries(after: .zero, countMax: 10, bytesMax: 10_000)
            let contents = try reader.contents(after: .zero, countMax: 10, bytesMax: 10_000)
            let expected = try entries.map { entry -> EntryContent in
                guard entry.kind == .event else { return .control(entry) }
                return .event(try EventBody.decode(entry), at: entry.position)
            }
            #expect(contents == expected)
            #expect(contents.map(\.position.number) == [1, 2, 3, 4])
            #expect(try reader.contents(after: .zero, countMax: 2, bytesMax: 10_000).count == 2)
        }
    }

    @Test func anEntryThatHoldsNoReadableEventIsDamaged() {
        // A header of an event, and a body whose first length is past its end.
        var value = [UInt8](repeating: 0, count: EntryFormat.headerBytes)
        (value[0], value[1]) = (EntryFormat.version, EntryKind.event.rawValue)
        value += [9, 65]
        _ = value.withUnsafeBytes { value in
            #expect(throws: LogError.damaged(Position(7), detail: "its event is unreadable")) {
                _ = try EntryContent.read(at: Position(7), value)
            }
        }
    }

    @Test func aPositionBeyondTheEndHoldsNothing() async throws {
        try await withLog { log, _ async throws in
            let reader = log.reader()
            #expect(try reader.lastPosition() == .zero)
            _ = try await log.append([event(1)])
            #expect(try reader.entry(at: .zero) == nil)
            #expect(try reader.entry(at: Position(1))?.kind == .event)
            #expect(try reader.entry(at: Position(2)) == nil)
        }
    }

    @Test(arguments: SeededGenerator.seeds(count: 20))
    func theFirstEntryAtOrAfterATimeIsFound(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        // Times rise, but for steps back that stay within what is promised.
        var clock: Int64 = 1_000_000
        var highest = clock
        let times = (0..<generator.number(1...60)).map { _ -> Int64 in
            clock = max(
                clock + Int64(generator.number(-50_000...90_000)),
                highest - LogReader.clockDisorderMax)
            highest = max(highest, clock)
            return clock
        }
        let wanted = times + times.map { $0 + 1 } + [Int64.min, 0, Int64.max]
        try await withLog { log, _ async throws in
            let events = times.enumerated().map { number, time in
                Event(source: "s", messageID: "\(number)", receivedAt: time, bytes: [123, 125])
            }
            _ = try await log.append(events)
            let reader = log.reader()
            for time in wanted {
                let expected = times.firstIndex { $0 >= time }.map { Position(UInt64($0) + 1) }
                #expect(try reader.firstPosition(atOrAfter: time) == expected, "time \(time)")
            }
        }
    }

    @Test func anotherProcessReadsBesideTheWriter() async throws {
        try await withLog { log, folder async throws in
            _ = try await log.append([event(1), event(2)])
            for last in 3...4 {
                _ = try await log.append([event(last)])
                let child = try Child("log-process", ["last", folder])
                #expect(child.lines() == ["\(last)"])
                #expect(child.end() == 0)
            }
        }
    }

    @Test func aCopyMadeWhileAppendingIsALog() async throws {
        try await withLog { log, folder async throws in
            try await fill(log, count: 20)
            let copy = folder + "-copy"
            try FileManager.default.createDirectory(
                atPath: copy, withIntermediateDirectories: false)
            try log.reader().copy(toFolder: copy)
            try await fill(log, count: 5)
            try verifyLog(in: copy)
            let reader = try LogReader(folder: copy)
            defer { reader.close() }
            #expect(try reader.lastPosition() == Position(20))
        }
    }
}
