import Events
import Foundation
import TestSupport
import Testing

@testable import EventLog

/// Processes that end where they stand, and files that rot.
@Suite struct LogProcessTests {
    /// SIGKILL in the middle of appending, again and again on one log: what was acknowledged is
    /// there, the log is sound and its positions go on.
    @Test func whatWasAcknowledgedBeforeAKillIsThereAfterIt() throws {
        try withTemporaryFolder { folder in
            var acknowledged: [String: UInt64] = [:]
            for round in 1...6 {
                let child = try Child("log-process", ["append", folder, "8"])
                let early = child.lines(count: 20 * round)
                child.kill()
                #expect(child.end() == -SIGKILL)
                for line in early + child.lines() {
                    let parts = line.split(separator: " ")
                    try #require(parts.count == 3, "the process said: \(line)")
                    let id = "\(parts[0]) \(parts[1])"
                    let earlier = acknowledged.updateValue(
                        try #require(UInt64(parts[2])), forKey: id)
                    #expect(earlier == nil, "acknowledged twice: \(id)")
                }
                try verifyLog(in: folder)
                try expectAll(acknowledged, in: folder)
            }
            // A run in which nothing was under way would prove nothing.
            #expect(acknowledged.count >= 6 * 20)
        }
    }

    /// SIGKILL before each step of the first start: what it leaves is no log yet, or a log.
    @Test(.enabled(if: Child.canEndAtAnyStep, "only on Linux a process is ended at a given step"))
    func aNewLogWhoseMakerIsKilledAnywhereIsMadeByTheNextStart() async throws {
        var steps = 0
        var wasKilled = true
        while wasKilled {
            try await withTemporaryFolder { folder in
                let path = folder + "/data/log"
                let child = try Child("log-process", ["take", path, "\(steps)"])
                wasKilled = try child.isKilledBeforeSaying("epoch 1")
                try await withLog(in: path) { log, _ async throws in
                    // How many writers there were is known, but for one that never got that far.
                    #expect((wasKilled ? 1...2 : 2...2).contains(log.epoch), "step \(steps)")
                    try await fill(log, count: 3)
                    #expect(log.lastPosition == Position(3), "step \(steps)")
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/data")
                #expect(names == ["log"], "step \(steps)")
            }
            steps += 1
        }
        #expect(steps > 20, "only \(steps) steps")
    }

    private func expectAll(_ acknowledged: [String: UInt64], in folder: String) throws {
        let reader = try LogReader(folder: folder)
        defer { reader.close() }
        for (id, position) in acknowledged {
            let parts = id.split(separator: " ").map(String.init)
            let found = try reader.position(source: parts[0], messageID: parts[1])
            #expect(found == Position(position), "lost: \(id)")
        }
    }

    /// LMDB has no checksums and trusts its pages, so a damaged page can end the process that reads
    /// it: therefore another one does it here. Sound is an answer only when the flip hit bytes that
    /// hold nothing: then every entry must still be there.
    @Test(arguments: SeededGenerator.seeds(count: 1))
    func aFlippedByteInTheFileIsNeverTakenForAnotherLog(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        try await withTemporaryFolder { folder async throws in
            try await withLog(in: folder + "/log") { log, _ async throws in
                try await fill(log, count: 60)
            }
            let original = try Data(contentsOf: URL(fileURLWithPath: folder + "/log/data.mdb"))
            let sound = try head(of: folder + "/log")
            var found = 0
            for round in 0..<40 {
                var changed = original
                let offset = generator.number(8_192...(original.count - 1))
                changed[offset] ^= UInt8(1 << generator.number(0...7))
                let copy = "\(folder)/copy\(round)"
                try FileManager.default.createDirectory(
                    atPath: copy, withIntermediateDirectories: false)
                try changed.write(to: URL(fileURLWithPath: copy + "/data.mdb"))
                let child = try Child("log-process", ["verify", copy])
                let answer = child.lines()
                if child.end() == 0, answer.first?.hasSuffix(" 0") == true {
                    #expect(answer == ["60 \(sound) 0"], "offset \(offset)")
                } else {
                    found += 1
                }
            }
            #expect(found > 0, "no flip hit anything")
        }
    }

    private func head(of folder: String) throws -> String {
        let reader = try LogReader(folder: folder)
        defer { reader.close() }
        return try reader.verify().chainHead.map { String($0, radix: 16) }.joined()
    }
}
