import Foundation
import Synchronization
import TestSupport
import Testing

@testable import LMDB

/// What tells the current thread from others.
private func threadNumber() -> UInt64 {
    var number: UInt64 = 0
    withUnsafeBytes(of: pthread_self()) { bytes in
        for byte in bytes { number = number << 8 | UInt64(byte) }
    }
    return number
}

private final class Count: Sendable {
    let number = Atomic(0)
}

@Suite struct WriterThreadTests {
    @Test func workRunsInOrderAndOnOneThread() async {
        let thread = WriterThread(name: "test")
        var threads: Set<UInt64> = []
        for number in 0..<100 {
            let (result, current) = await thread.run {
                (number * 2, threadNumber())
            }
            #expect(result == number * 2)
            threads.insert(current)
        }
        thread.stop()
        #expect(threads.count == 1)
    }

    @Test func stoppingDoesTheWorkThatWasGivenAndRefusesMore() async {
        let thread = WriterThread(name: "test")
        let done = Count()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await thread.runUnlessStopped { done.number.add(1, ordering: .relaxed) } != nil
                }
            }
            thread.stop()
            let accepted = await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            #expect(done.number.load(ordering: .relaxed) == accepted)
        }
        #expect(await thread.runUnlessStopped { 1 } == nil)
    }

    #if os(Linux)
    @Test func theSystemsListsShowTheThreadsName() async {
        for (name, shown) in [
            ("test-short", "test-short"), ("test-much-longer", "test-much-longe"),
            ("test-wörter-üö", "test-wörter-ü"),
        ] {
            let thread = WriterThread(name: name)
            let found = await thread.run {
                FileManager.default.contents(atPath: "/proc/thread-self/comm")
            }
            thread.stop()
            #expect(found.map { String(decoding: $0, as: UTF8.self) } == shown + "\n")
        }
    }
    #endif

    @Test func writesOfManyTasksAllLand() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment(path: folder, tables: ["table"])
            defer { environment.close() }
            let thread = WriterThread(name: "test")
            defer { thread.stop() }
            await withTaskGroup(of: Void.self) { group in
                for key in UInt8(0)..<40 {
                    group.addTask {
                        let result = await thread.run { () -> Result<Void, LMDBError> in
                            Result { () throws(LMDBError) in
                                try environment.write { (transaction) throws(LMDBError) in
                                    try transaction.put(
                                        environment.table("table"), key: [key], value: [key])
                                }
                            }
                        }
                        #expect(throws: Never.self) { try result.get() }
                    }
                }
            }
            let count = try environment.read { (transaction) throws(LMDBError) in
                try transaction.count(environment.table("table"))
            }
            #expect(count == 40)
        }
    }
}
