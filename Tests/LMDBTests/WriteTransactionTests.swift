import Foundation
import TestSupport
import Testing

@testable import LMDB

/// An error of a caller's own.
private enum Refusal: StoreFailure, Equatable {
    case own
    case store(LMDBError)

    init(store: LMDBError) { self = .store(store) }
}

@Suite struct WriteTransactionTests {
    private func value(_ environment: Environment, _ key: [UInt8]) throws -> [UInt8]? {
        try environment.read { (transaction) throws(LMDBError) in
            try transaction.value(environment.table("table"), key: key)
        }
    }

    private func put(_ environment: Environment, _ key: [UInt8], _ value: [UInt8]) throws {
        try environment.write { (transaction) throws(LMDBError) in
            try transaction.put(environment.table("table"), key: key, value: value)
        }
    }

    @Test func aBodyThatThrowsStoresNothing() throws {
        try withTemporaryEnvironment { environment, _ throws in
            let table = environment.table("table")
            #expect(throws: Refusal.own) {
                try environment.write(orThrow: Refusal.self) { (transaction) throws(Refusal) in
                    do throws(LMDBError) {
                        try transaction.put(table, key: [1], value: [1])
                    } catch {
                        throw .store(error)
                    }
                    throw .own
                }
            }
            #expect(try value(environment, [1]) == nil)
            try put(environment, [1], [2])
            #expect(try value(environment, [1]) == [2])
        }
    }

    @Test func rulesDecideAboutKeysThatAreThere() throws {
        try withTemporaryEnvironment { environment, _ throws in
            let table = environment.table("table")
            try put(environment, [5], [1])
            try environment.write { (transaction) throws(LMDBError) in
                try transaction.put(table, key: [5], value: [2])
            }
            for rule in [PutRule.noOverwrite, .append] {
                #expect(throws: LMDBError.keyExists) {
                    try environment.write { (transaction) throws(LMDBError) in
                        try transaction.put(table, key: [5], value: [3], rule: rule)
                    }
                }
            }
            #expect(throws: LMDBError.keyExists) {
                try environment.write { (transaction) throws(LMDBError) in
                    try transaction.put(table, key: [4], value: [3], rule: .append)
                }
            }
            #expect(try value(environment, [5]) == [2])
            #expect(try value(environment, [4]) == nil)
        }
    }

    @Test func keysOfOneTo511BytesAreStored() throws {
        try withTemporaryEnvironment { environment, _ throws in
            let longest = [UInt8](repeating: 7, count: KeyEncoding.bytesMax)
            try put(environment, longest, [1])
            #expect(try value(environment, longest) == [1])
            for key in [[], longest + [7]] {
                #expect(throws: LMDBError.keyTooLong(bytes: key.count)) {
                    try put(environment, key, [1])
                }
            }
        }
    }

    @Test func deletingSaysWhetherTheKeyWasThere() throws {
        try withTemporaryEnvironment { environment, _ throws in
            let table = environment.table("table")
            for key in UInt8(1)...3 { try put(environment, [key], [key]) }
            let deleted = try environment.write { (transaction) throws(LMDBError) in
                [
                    try transaction.delete(table, key: [2]),
                    try transaction.delete(table, key: [2]),
                ]
            }
            #expect(deleted == [true, false])
            let left = try environment.write { (transaction) throws(LMDBError) in
                let before = try transaction.count(table)
                try transaction.deleteAll(table)
                return [before, try transaction.count(table)]
            }
            #expect(left == [2, 0])
        }
    }

    @Test func aFullMapStoresNothingAndTheEnvironmentStaysUsable() throws {
        let options = EnvironmentOptions(mapBytesMax: 1 << 20)
        try withTemporaryEnvironment(options: options) { environment, _ throws in
            try put(environment, [1], [1])
            #expect(throws: LMDBError.mapFull) {
                try environment.write { (transaction) throws(LMDBError) in
                    let large = [UInt8](repeating: 0, count: 100_000)
                    for key in UInt8(2)...100 {
                        try transaction.put(environment.table("table"), key: [key], value: large)
                    }
                }
            }
            #expect(try value(environment, [2]) == nil)
            #expect(try value(environment, [1]) == [1])
            try put(environment, [2], [2])
            #expect(try value(environment, [2]) == [2])
        }
    }
}

@Suite(.enabled(if: hasFailingDevices, "needs /dev/full and /proc/self/mem, as Linux has them"))
struct FailingDiskTests {
    private func put(_ environment: Environment, _ key: UInt8) throws(LMDBError) {
        try environment.write { (transaction) throws(LMDBError) in
            try transaction.put(environment.table("table"), key: [key], value: [key])
        }
    }

    private func withEnvironment(_ body: (Environment, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store"
            let environment = try Environment(path: path, tables: ["table"])
            defer { environment.close() }
            try put(environment, 1)
            try await body(environment, path)
        }
    }

    private func keys(_ environment: Environment) throws -> [UInt8] {
        var keys: [UInt8] = []
        try environment.read { (transaction) throws(LMDBError) in
            try transaction.forEach(environment.table("table")) { key, _ in
                keys.append(key[0])
                return true
            }
        }
        return keys
    }

    @Test func aFullDiskStoresNothingAndWritingGoesOnOnceThereIsSpace() async throws {
        try await withEnvironment { environment, path async throws in
            try await withFailingDisk(under: path, .full) { () async throws in
                #expect(throws: LMDBError.diskFull) { try put(environment, 2) }
                #expect(throws: LMDBError.diskFull) { try put(environment, 2) }
                #expect(try keys(environment) == [1])
            }
            try put(environment, 3)
            #expect(try keys(environment) == [1, 3])
        }
    }

    @Test func aFailingDeviceIsAnErrorOfItsOwn() async throws {
        try await withEnvironment { environment, path async throws in
            try await withFailingDisk(under: path, .broken) { () async throws in
                #expect(throws: LMDBError.inputOutput) { try put(environment, 2) }
            }
            #expect(try keys(environment) == [1])
        }
    }

    @Test func afterAFailedMetaPageNothingIsWrittenUntilOpenedAgain() async throws {
        try await withEnvironment { environment, path async throws in
            try await withFailingDisk(under: path, .brokenAtTheMetaPage) { () async throws in
                #expect(throws: LMDBError.inputOutput) { try put(environment, 2) }
            }
            do throws(LMDBError) {
                try put(environment, 3)
                Issue.record("a write went through after a failed meta page")
            } catch {
                guard case .corrupted = error else {
                    Issue.record("not refused as corrupted: \(error)")
                    return
                }
            }
            environment.close()
            let again = try Environment(path: path, tables: ["table"])
            defer { again.close() }
            try put(again, 4)
            #expect(try keys(again) == [1, 4])
        }
    }
}
