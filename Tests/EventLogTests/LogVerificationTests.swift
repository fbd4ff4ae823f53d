import Events
import LMDB
import TestSupport
import Testing

@testable import EventLog

/// Every change to a stored byte must be found.
@Suite struct LogVerificationTests {
    private typealias Row = (key: [UInt8], value: [UInt8])

    private func rows(_ log: LogWriter, _ table: Table) throws -> [Row] {
        var rows: [Row] = []
        try log.store.environment.read { (transaction) throws(LMDBError) in
            try transaction.forEach(table) { key, value in
                rows.append(([UInt8](key), [UInt8](value)))
                return true
            }
        }
        return rows
    }

    /// Replaces `old` by `new` in the table, behind the log's back; nil stands for no row.
    private func replace(
        _ log: LogWriter, _ table: Table, _ old: Row?, by new: Row?
    ) throws {
        try log.store.environment.write { (transaction) throws(LMDBError) in
            if let old { try transaction.delete(table, key: old.key) }
            if let new { try transaction.put(table, key: new.key, value: new.value) }
        }
    }

    /// Makes the change, expects `verify` to find it, and takes it back.
    private func expectFound(
        _ log: LogWriter, _ table: Table, _ old: Row?, by new: Row?, _ what: String
    ) throws {
        try replace(log, table, old, by: new)
        let verification = try log.reader().verify()
        #expect(!verification.isSound, "\(what)")
        try replace(log, table, new, by: old)
    }

    @Test func aSoundLogHasNoProblems() async throws {
        try await withLog { log, _ async throws in
            let empty = try log.reader().verify()
            #expect(empty.isSound && empty.entries == 0)
            #expect(empty.chainHead == [UInt8](repeating: 0, count: 32))
            try await fill(log, count: 50)
            let verification = try log.reader().verify()
            #expect(verification.isSound && verification.entries == 50)
            #expect(try verification.chainHead == log.reader().entry(at: Position(50))?.hash)
        }
    }

    @Test func everyFlippedByteOfEveryRowIsFound() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 6)
            var flips = 0
            for table in Self.tables(log) {
                for row in try rows(log, table) {
                    // Each flip takes back the one before in the same commit.
                    var present = row
                    for (changed, what) in Self.flips(of: row) {
                        try replace(log, table, present, by: changed)
                        present = changed
                        #expect(try !log.reader().verify().isSound, "\(table.name) \(what)")
                        flips += 1
                    }
                    try replace(log, table, present, by: row)
                }
            }
            #expect(flips > 500)
        }
    }

    private static func tables(_ log: LogWriter) -> [Table] {
        let store = log.store
        return [store.entries, store.messages, store.recent[0], store.recent[1], store.controls]
    }

    /// Keys are in the tree, in the frozen generation, in both, and in the active one.
    @Test func aDamagedIndexIsFoundWhileItIsHalfMerged() async throws {
        var limits = testLimits
        limits.recentMessageCountMax = 100
        try await withLog(limits: limits) { log, _ async throws in
            for number in 1...101 { _ = try await log.append([event(number)]) }
            let tables = [log.store.messages] + log.store.recent
            #expect(try tables.map { try rows(log, $0).count } == [64, 100, 1])
            #expect(try log.reader().verify().isSound)
            for (number, table) in tables.enumerated() {
                let stored = try rows(log, table)
                for (index, row) in stored.enumerated() {
                    // A key that is another row's would take that row's place.
                    let flips = Self.flips(of: row).filter { changed, _ in
                        changed.key == row.key || !stored.contains { $0.key == changed.key }
                    }
                    let (changed, what) = flips[(index * 5 + number) % flips.count]
                    try expectFound(log, table, row, by: changed, "\(table.name) \(what)")
                }
            }
            // A recent row may go when the tree has its key as well, and not before.
            let merged = Set(try rows(log, log.store.messages).map(\.key))
            for table in log.store.recent {
                for row in try rows(log, table) {
                    try replace(log, table, row, by: nil)
                    let isMerged = merged.contains(Array(row.value[..<16]))
                    #expect(try log.reader().verify().isSound == isMerged)
                    try replace(log, table, nil, by: row)
                }
            }
        }
    }

    /// The row with one byte changed: each of its key, then each of its value.
    private static func flips(of row: Row) -> [(Row, String)] {
        let keys = row.key.indices.map { index -> (Row, String) in
            var changed = row
            changed.key[index] ^= 0x10
            return (changed, "key byte \(index)")
        }
        let values = row.value.indices.map { index -> (Row, String) in
            var changed = row
            changed.value[index] ^= 0x01
            return (changed, "value byte \(index)")
        }
        return keys + values
    }

    @Test func everyRemovedRowIsFound() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 10)
            for table in Self.tables(log) {
                for row in try rows(log, table) {
                    try expectFound(log, table, row, by: nil, "\(table.name) \(row.key)")
                }
            }
        }
    }

    @Test func everyTwoEntriesInEachOthersPlaceAreFound() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 7)
            let entries = try rows(log, log.store.entries)
            for (index, first) in entries.enumerated() {
                for second in entries[(index + 1)...] {
                    let table = log.store.entries
                    try replace(log, table, first, by: (first.key, second.value))
                    try expectFound(
                        log, table, second, by: (second.key, first.value), "\(first.key)")
                    try replace(log, table, (first.key, second.value), by: first)
                }
            }
        }
    }

    @Test func anAddedRowIsFound() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 4)
            let last = try #require(try rows(log, log.store.entries).last)
            let next = (KeyEncoding.bytes(UInt64(5)), last.value)
            try expectFound(log, log.store.entries, nil, by: next, "an entry")
            let id = ([UInt8](repeating: 7, count: 16), KeyEncoding.bytes(UInt64(1)))
            try expectFound(log, log.store.messages, nil, by: id, "an id")
            let control = (KeyEncoding.bytes(UInt64(1)), [EntryKind.intent.rawValue])
            try expectFound(log, log.store.controls, nil, by: control, "a control")
        }
    }

    /// The hash of one entry made right again after an edit is wrong for the next one.
    @Test func anEditWithItsOwnHashCorrectedIsFound() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 5)
            let entries = try rows(log, log.store.entries)
            for (index, row) in entries.enumerated() {
                let previous = index == 0 ? nil : entries[index - 1].value
                let head = ChainHead(
                    position: Position(UInt64(index)),
                    hash: previous.map { Array($0[10..<42]) } ?? ChainHead.start.hash)
                var value = row.value + [32]
                value.withUnsafeMutableBytes { value in
                    let kind = value[1]
                    var chain = HashChain(after: head)
                    chain.seal(value, kind: kind, recordedAt: 9)
                }
                try expectFound(
                    log, log.store.entries, row, by: (row.key, value), "position \(index + 1)")
            }
        }
    }

    @Test func theProblemNamesThePosition() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 9)
            let row = try rows(log, log.store.entries)[5]
            var changed = row
            changed.value[changed.value.count - 1] ^= 1
            try replace(log, log.store.entries, row, by: changed)
            let problems = try log.reader().verify().problems
            // One damaged entry is one problem: the chain goes on from the hash it carries.
            #expect(problems.map(\.position) == [Position(6)])
            try replace(log, log.store.entries, changed, by: row)
        }
    }

    @Test func problemsAreCountedUpToALimit() async throws {
        try await withLog { log, _ async throws in
            try await fill(log, count: 30)
            let index = try rows(log, log.store.recent[0])
            for row in index { try replace(log, log.store.recent[0], row, by: nil) }
            #expect(try log.reader().verify(problemCountMax: 4).problems.count == 4)
            for row in index { try replace(log, log.store.recent[0], nil, by: row) }
        }
    }

    @Test func aLongLogIsVerifiedInParts() async throws {
        try await withLog { log, _ async throws in
            for start in [0, 4_000, 8_000, 12_000] {
                let events = (start..<(start + 4_000)).map { event($0) }
                _ = try await log.append(events)
            }
            _ = try await log.append((16_000..<20_000).map { event($0) })
            // Two parts exactly, then one of a single entry.
            #expect(try log.reader().verify().entries == 20_000)
            _ = try await log.append([event(20_000)])
            #expect(try log.reader().verify().entries == 20_001)
        }
    }
}
