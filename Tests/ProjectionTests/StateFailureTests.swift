import EventLog
import Foundation
import LMDB
import TestSupport
import Testing

@testable import Projection

@Suite struct StateFailureTests {
    @Test(
        .enabled(if: hasFailingDevices, "needs /proc/self/mem, as Linux has it"),
        arguments: [DiskFault.broken, .brokenAtTheMetaPage])
    func afterAFailingDeviceTheStateIsBrokenUntilItIsOpenedAgain(fault: DiskFault) async throws {
        try await withProjection(TestActions.all) { bench in
            let folder = bench.folder + "-failing"
            let projector = try Projector(folder: folder, log: bench.log.reader(), limits: .test)
            defer { projector.close() }
            #expect(!projector.state.isBroken)
            try await withFailingDisk(under: folder, fault) {
                #expect(throws: ProjectionError.store(.inputOutput)) { try projector.catchUp() }
            }
            #expect(projector.state.isBroken)
            projector.close()

            let again = try Projector(folder: folder, log: bench.log.reader(), limits: .test)
            defer { again.close() }
            try again.catchUp()
            #expect(!again.state.isBroken)
            try bench.project()
            #expect(try again.state.digest() == bench.state.digest())
        }
    }

    @Test(.enabled(if: hasFailingDevices, "needs /dev/full, as Linux has it"))
    func aFullDiskDoesNotBreakTheState() async throws {
        try await withProjection(TestActions.all) { bench in
            try await withFailingDisk(under: bench.folder, .full) {
                #expect(throws: ProjectionError.store(.diskFull)) { try bench.project() }
            }
            #expect(!bench.state.isBroken)
            try bench.project()
            #expect(try bench.state.checkpoint() == bench.log.lastPosition.number)
        }
    }

    @Test func readersOfADeadProcessAreClearedFromLogAndState() async throws {
        try await withProjection(TestActions.all) { bench in
            try bench.project()
            for (folder, table) in [(bench.folder, "facts"), (bench.log.folder, "meta")] {
                let child = try Child("log-process", ["hold", folder, table])
                #expect(child.lines(count: 1) == ["held"])
                child.kill()
                #expect(child.end() == -SIGKILL)
            }
            #expect(try bench.state.clearStaleReaders() == 1)
            #expect(try bench.log.reader().clearStaleReaders() == 1)
            #expect(try bench.state.clearStaleReaders() == 0)
            #expect(try bench.log.reader().clearStaleReaders() == 0)
        }
    }
}
