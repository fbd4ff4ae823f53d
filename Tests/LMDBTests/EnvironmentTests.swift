import CLMDB
import Foundation
import TestSupport
import Testing

@testable import LMDB

@Suite struct EnvironmentTests {
    @Test func aCommitIsThereAfterOpeningAgain() throws {
        try withTemporaryFolder { folder throws in
            let path = folder + "/store"
            let first = try Environment(path: path, tables: ["a", "b"])
            try first.write { (transaction) throws(LMDBError) in
                try transaction.put(first.table("a"), key: [1], value: [2])
                try transaction.put(first.table("b"), key: [1], value: [3])
            }
            first.close()
            let second = try Environment(path: path, tables: ["a", "b"])
            defer { second.close() }
            let values = try second.read { (transaction) throws(LMDBError) in
                [
                    try transaction.value(second.table("a"), key: [1]),
                    try transaction.value(second.table("b"), key: [1]),
                ]
            }
            #expect(values == [[2], [3]])
        }
    }

    @Test func commitsSyncAndReadersAreFreeOfThreads() throws {
        try withTemporaryEnvironment(options: .init(noReadAhead: true)) { environment, _ throws in
            var flags: UInt32 = 0
            mdb_env_get_flags(environment.raw, &flags)
            #expect(flags & RawEnvironment.weakFlags == 0)
            #expect(flags & UInt32(MDB_NOTLS) != 0)
            #expect(flags & UInt32(MDB_NORDAHEAD) != 0)
            // Without NOTLS the second reader of a thread is refused.
            let counts = try environment.read { (outer) throws(LMDBError) in
                try environment.read { (inner) throws(LMDBError) in
                    try outer.count(environment.table("table"))
                        + inner.count(environment.table("table"))
                }
            }
            #expect(counts == 0)
        }
    }

    @Test func aNewEnvironmentTakesATebibyteOfAddressesAndNoDisk() throws {
        try withTemporaryEnvironment { environment, path throws in
            let usage = try environment.usage()
            #expect(usage.mapBytes == 1 << 40)
            #expect(usage.usedBytes < 1 << 16)
            let attributes = try FileManager.default.attributesOfItem(atPath: path + "/data.mdb")
            #expect(try #require(attributes[.size] as? Int) < 1 << 16)
            #expect(usage.diskFreeBytes > 0 && usage.diskFreeBytes <= usage.diskBytes)
        }
    }

    @Test func usageWarnsFromSeventyPercentOfMapOrDisk() {
        func usage(map: Int, disk: Int) -> EnvironmentUsage {
            EnvironmentUsage(
                usedBytes: map, mapBytes: 100, diskFreeBytes: 100 - disk, diskBytes: 100,
                transactionCount: 1)
        }
        #expect(!usage(map: 69, disk: 69).isWarning)
        #expect(usage(map: 70, disk: 0).isWarning)
        #expect(usage(map: 0, disk: 70).isWarning)
    }

    @Test func theSameEnvironmentIsNotOpenedTwiceInOneProcess() throws {
        try withTemporaryEnvironment { environment, path throws in
            let link = path + "-link"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: path)
            for path in [path, link] {
                #expect(throws: LMDBError.alreadyOpen(path: path)) {
                    _ = try Environment(path: path, tables: ["table"])
                }
            }
            environment.close()
            try Environment(path: path, tables: ["table"]).close()
        }
    }

    @Test func readingNeverCreates() throws {
        try withTemporaryFolder { folder throws in
            let path = folder + "/none"
            #expect(throws: LMDBError.notAnEnvironment(path: path)) {
                _ = try Environment(path: path, tables: [], options: .init(isReadOnly: true))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test func readingNeitherWritesNorAddsTables() throws {
        try withTemporaryEnvironment { environment, path throws in
            environment.close()
            let options = EnvironmentOptions(isReadOnly: true)
            #expect(throws: LMDBError.tableMissing("other")) {
                _ = try Environment(path: path, tables: ["other"], options: options)
            }
            let reader = try Environment(path: path, tables: ["table"], options: options)
            defer { reader.close() }
            #expect(throws: LMDBError.readOnly(path: path)) {
                try reader.write { (transaction) throws(LMDBError) in
                    try transaction.put(reader.table("table"), key: [1], value: [])
                }
            }
        }
    }

    @Test func readersOfADeadProcessAreClearedWhenOpening() throws {
        try withTemporaryEnvironment { environment, path throws in
            func hold() throws {
                let child = try Child("log-process", ["hold", path, "table"])
                #expect(child.lines(count: 1) == ["held"])
                child.kill()
                #expect(child.end() == -SIGKILL)
            }
            try hold()
            #expect(try environment.clearStaleReaders() == 1)
            try hold()
            environment.close()
            let again = try Environment(path: path, tables: ["table"])
            defer { again.close() }
            #expect(try again.clearStaleReaders() == 0)
        }
    }

    @Test func moreReadersThanAllowedAreRefused() throws {
        try withTemporaryEnvironment(options: .init(readersMax: 2)) { environment, _ throws in
            #expect(throws: LMDBError.readersFull) {
                try environment.read { (_) throws(LMDBError) in
                    try environment.read { (_) throws(LMDBError) in
                        try environment.read { (_) throws(LMDBError) in () }
                    }
                }
            }
            try environment.read { (_) throws(LMDBError) in () }
        }
    }

    @Test func closingWaitsForTheReaderUnderWay() throws {
        try withTemporaryEnvironment { environment, path throws in
            try environment.write { (transaction) throws(LMDBError) in
                try transaction.put(environment.table("table"), key: [1], value: [7])
            }
            let value = try environment.read { (transaction) throws(LMDBError) in
                environment.close()
                return try transaction.value(environment.table("table"), key: [1])
            }
            #expect(value == [7])
            #expect(throws: LMDBError.closed(path: path)) {
                try environment.read { (_) throws(LMDBError) in () }
            }
        }
    }

    @Test func aCopyHoldsWhatWasCommitted() throws {
        try withTemporaryEnvironment { environment, path throws in
            try environment.write { (transaction) throws(LMDBError) in
                try transaction.put(environment.table("table"), key: [1], value: [7])
            }
            let folder = path + "-copy"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false)
            try environment.copy(toFolder: folder)
            let copy = try Environment(path: folder, tables: ["table"])
            defer { copy.close() }
            let value = try copy.read { (transaction) throws(LMDBError) in
                try transaction.value(copy.table("table"), key: [1])
            }
            #expect(value == [7])
        }
    }
}
