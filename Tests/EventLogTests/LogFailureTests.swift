import Events
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogFailureTests {
    @Test func aFullMapIsAnErrorAndWhatFitsIsAcceptedAgain() async throws {
        var limits = testLimits
        limits.mapBytesMax = 1 << 20
        try await withLog(limits: limits) { log, _ async throws in
            #expect(try await log.append([event(1)]) == [.accepted(Position(1))])
            let large = "{\"x\":\"\(String(repeating: "y", count: 2_000_000))\"}"
            await #expect(throws: LogError.full(.map)) {
                try await log.append([event(2), event(3, body: large)])
            }
            #expect(log.lastPosition == Position(1))
            #expect(!log.isBroken)
            // The whole call failed: its small event is not there, and is accepted now.
            #expect(try await log.append([event(2)]) == [.accepted(Position(2))])
        }
    }

    @Test(.enabled(if: hasFailingDevices, "needs /dev/full, as Linux has it"))
    func aFullDiskIsAnErrorToEveryProducerUntilThereIsSpace() async throws {
        try await withLog { log, folder async throws in
            _ = try await log.append([event(1)])
            try await withFailingDisk(under: folder, .full) {
                await withTaskGroup(of: Void.self) { group in
                    for number in 2...9 {
                        group.addTask {
                            await #expect(throws: LogError.full(.disk)) {
                                try await log.append([event(number)])
                            }
                        }
                    }
                }
            }
            #expect(log.lastPosition == Position(1))
            #expect(!log.isBroken)
            // Not stored then, so not a duplicate now; and the chain goes on without a gap.
            #expect(try await log.append([event(2)]) == [.accepted(Position(2))])
        }
    }

    @Test(.enabled(if: hasFailingDevices, "needs /proc/self/mem, as Linux has it"))
    func afterAFailingDeviceNothingIsAcknowledgedAnyMore() async throws {
        try await withLog { log, folder async throws in
            _ = try await log.append([event(1)])
            try await withFailingDisk(under: folder, .broken) {
                await expectBroken { try await log.append([event(2)]) }
            }
            // The device works again, but nobody knows what it kept: no more from this writer.
            await expectBroken { try await log.append([event(3)]) }
            await expectBroken { _ = try await log.append(kind: .intent, body: []) }
            #expect(log.isBroken)
            #expect(log.lastPosition == Position(1))
            log.close()

            let again = try LogWriter(folder: folder, limits: testLimits, now: { 0 })
            defer { again.close() }
            #expect(!again.isBroken)
            #expect(try await again.append([event(2)]) == [.accepted(Position(2))])
        }
    }

    private func expectBroken<R>(_ body: () async throws -> R) async {
        do {
            _ = try await body()
            Issue.record("it was acknowledged")
        } catch LogError.broken {
        } catch {
            Issue.record("not refused as broken: \(error)")
        }
    }
}
