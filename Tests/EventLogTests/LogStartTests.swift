import Events
import LMDB
import TestSupport
import Testing

@testable import EventLog

/// What a writer and a reader say to a log whose end or format is not what it should be.
@Suite struct LogStartTests {
    private typealias Change =
        @Sendable (borrowing WriteTransaction, LogStore) throws(LMDBError) ->
        Void

    /// A closed log of three events, changed behind its back.
    private func withChangedLog(_ change: Change, _ body: (String) throws -> Void) async throws {
        try await withTemporaryFolder { folder async throws in
            try await withLog(in: folder) { log, _ async throws in
                _ = try await log.append([event(1), event(2), event(3)])
            }
            let store = try LogStore.openToWrite(folder: folder, mapBytesMax: 1 << 30)
            try store.environment.write { (transaction) throws(LMDBError) in
                try change(transaction, store)
            }
            store.environment.close()
            try body(folder)
        }
    }

    private func open(_ folder: String) throws {
        try LogWriter(folder: folder, limits: testLimits, now: { 0 }).close()
    }

    @Test func aLogOfALaterFormatIsRefusedByWriterAndReader() async throws {
        try await withChangedLog { (transaction, store) throws(LMDBError) in
            let later = KeyEncoding.bytes(LogStore.formatVersion + 1)
            try transaction.put(store.meta, key: LogStore.Meta.format, value: later)
        } _: { folder in
            let expected = LogError.unknownFormat(found: 3, known: 2)
            #expect(throws: expected) { try open(folder) }
            #expect(throws: expected) { _ = try LogReader(folder: folder) }
            #expect(String(describing: expected).contains("newer version"))
        }
    }

    @Test func anEndThatWasCutOffIsFoundAtTheNextStart() async throws {
        try await withChangedLog { (transaction, store) throws(LMDBError) in
            try transaction.delete(store.entries, key: KeyEncoding.bytes(UInt64(3)))
        } _: { folder in
            let expected = LogError.damaged(Position(3), detail: "it is not the log's last entry")
            #expect(throws: expected) { try open(folder) }
        }
    }

    @Test func aLastEntryThatWasEditedIsFoundAtTheNextStart() async throws {
        try await withChangedLog { (transaction, store) throws(LMDBError) in
            let key = KeyEncoding.bytes(UInt64(3))
            var value = try transaction.value(store.entries, key: key) ?? []
            value[value.count - 1] ^= 1
            try transaction.put(store.entries, key: key, value: value)
        } _: { folder in
            #expect(throws: LogError.damaged(Position(3), detail: "its hash is wrong")) {
                try open(folder)
            }
        }
    }

    @Test func aLogWithoutItsFactsIsNoLog() async throws {
        try await withChangedLog { (transaction, store) throws(LMDBError) in
            try transaction.deleteAll(store.meta)
        } _: { folder in
            #expect(throws: LogError.notALog(folder: folder)) { try open(folder) }
            #expect(throws: LogError.notALog(folder: folder)) { _ = try LogReader(folder: folder) }
        }
    }

    @Test func aRefusedWriterLeavesTheFolderFree() async throws {
        try await withChangedLog { (transaction, store) throws(LMDBError) in
            try transaction.delete(store.meta, key: LogStore.Meta.head)
        } _: { folder in
            for _ in 0..<2 {
                #expect(throws: LogError.self) { try open(folder) }
            }
            let reader = try LogReader(folder: folder)
            defer { reader.close() }
            #expect(try reader.lastPosition() == Position(3))
        }
    }
}
