import Events
import LMDB
import Synchronization
import TestSupport
import Testing

@testable import EventLog

@Suite struct DiskReserveTests {
    /// What is free of a large disk.
    private final class FreeDisk: Sendable {
        let bytes = Atomic(Int.max)
    }

    @Test func theLastOfTheDiskIsForWhatBecameOfEvents() async throws {
        try await withTemporaryFolder { folder in
            let free = FreeDisk()
            let log = try LogWriter(
                folder: folder + "/log", limits: testLimits,
                diskSpace: {
                    DiskSpace(freeBytes: free.bytes.load(ordering: .relaxed), bytes: 1 << 40)
                }, now: { 0 })
            defer { log.close() }
            let reserve = testLimits.reservedDiskBytes
            free.bytes.store(reserve, ordering: .relaxed)
            #expect(try await log.append([event(1)]) == [.accepted(Position(1))])

            free.bytes.store(reserve - 1, ordering: .relaxed)
            await #expect(throws: LogError.full(.disk)) { try await log.append([event(2)]) }
            await #expect(throws: LogError.full(.disk)) { try await log.append(encoded(event(2))) }
            for (place, kind) in [EntryKind.intent, .outcome, .decision].enumerated() {
                let position = try await log.append(kind: kind, body: [])
                #expect(position == Position(UInt64(place + 2)))
            }
            // In one commit too, events are refused and the others are not.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 3..<20 {
                    group.addTask {
                        await #expect(throws: LogError.full(.disk)) {
                            try await log.append([event(number)])
                        }
                    }
                    group.addTask { _ = try await log.append(kind: .outcome, body: []) }
                }
                try await group.waitForAll()
            }
            #expect(log.lastPosition == Position(4 + 17))
            #expect(!log.isBroken)

            free.bytes.store(reserve, ordering: .relaxed)
            #expect(try await log.append([event(2)]) == [.accepted(Position(22))])
            log.close()
            try verifyLog(in: folder + "/log")
        }
    }

    @Test(arguments: [
        (DiskSpace(freeBytes: 1_000, bytes: 1 << 40), true),
        (DiskSpace(freeBytes: 999, bytes: 1 << 40), false),
        // Of a small disk a sixteenth.
        (DiskSpace(freeBytes: 100, bytes: 1_600), true),
        (DiskSpace(freeBytes: 99, bytes: 1_600), false),
        (nil, true),
    ])
    func eventsAreAdmittedWhileTheReserveIsFree(space: DiskSpace?, isAdmitted: Bool) {
        #expect(DiskReserve(bytes: 1_000) { space }.admitsEvents == isAdmitted)
    }
}
