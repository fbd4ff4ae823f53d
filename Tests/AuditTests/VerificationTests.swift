import Audit
import EventLog
import Foundation
import Projection
import Records
import TestSupport
import Testing

/// That what is kept is whole is said only when it is.
@Suite struct VerificationTests {
    @Test func aSoundLogAndStateAreFoundSound() async throws {
        try await withAuditBench { bench in
            try await bench.identify(#""traits":{"email":"ann@x.org"}"#, id: "m-1")
            let verification = try bench.verification()
            #expect(verification.ok)
            #expect(verification.entries == 2)
            #expect(verification.problems.isEmpty)
            #expect(verification.chainHead.count == 64)
            #expect(verification.chainHead.wholeMatch(of: /[0-9a-f]+/) != nil)
            #expect(
                !FileManager.default.fileExists(atPath: bench.folder + "/scratch"),
                "the second fold leaves nothing behind")
        }
    }

    @Test func aStateThatLagsBehindIsComparedUpToItsCheckpoint() async throws {
        try await withAuditBench { bench in
            try await bench.identify(#""traits":{"email":"ann@x.org"}"#, id: "m-1")
            _ = try bench.records()
            try await bench.identify(#""traits":{"email":"bob@x.org"}"#, id: "m-2")
            let verification = try Verification.run(
                log: bench.log.reader(), state: bench.projector.state,
                scratch: bench.folder + "/scratch")
            #expect(verification.ok)
            #expect(verification.entries == 3)
        }
    }

    @Test func aStateOfAnotherLogIsFound() async throws {
        try await withAuditBench { other in
            try await other.identify(#""traits":{"email":"eve@x.org"}"#, id: "m-1")
            _ = try other.records()
            try await withAuditBench { bench in
                try await bench.identify(#""traits":{"email":"ann@x.org"}"#, id: "m-1")
                let verification = try Verification.run(
                    log: bench.log.reader(), state: other.projector.state,
                    scratch: bench.folder + "/scratch")
                #expect(!verification.ok)
                #expect(verification.problems.count == 1)
                #expect(verification.problems.first?.contains("tidemark rebuild") == true)
            }
        }
    }

    @Test func aChangedEntryIsFoundAndItsPositionNamed() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/log"
            try await withLog(in: path) { log, _ in
                for number in 0..<3 {
                    _ = try await log.append(
                        kind: .decision, body: Array("{\"number\":\(number)}".utf8))
                }
            }
            let file = URL(fileURLWithPath: path + "/data.mdb")
            var bytes = try Data(contentsOf: file)
            let needle = Data("{\"number\":1}".utf8)
            var start = bytes.startIndex
            while let range = bytes.range(of: needle, in: start..<bytes.endIndex) {
                bytes[range.lowerBound + 10] ^= 1
                start = range.upperBound
            }
            try bytes.write(to: file)
            let log = try LogReader(folder: path)
            defer { log.close() }
            var limits = ProjectorLimits()
            limits.mapBytesMax = testLimits.mapBytesMax
            let projector = try Projector(folder: folder + "/state", log: log, limits: limits)
            defer { projector.close() }
            let verification = try Verification.run(
                log: log, state: projector.state, scratch: folder + "/scratch")
            #expect(!verification.ok)
            #expect(verification.problems.first?.hasPrefix("position 2: ") == true)
        }
    }
}
