import TestSupport
import Testing

@testable import Projection

/// A process that folds is ended with SIGKILL before each of the steps in which it changes a file.
@Suite struct FoldCrashTests {
    private static let batchEntryCount = 8

    @Test(
        .enabled(if: Child.canEndAtAnyStep, "only on Linux a process is ended at a given step"),
        arguments: SeededGenerator.seeds(count: 1))
    func aFoldThatIsKilledAnywhereEndsInTheSameState(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await withProjection(TestActions.all) { bench in
            for _ in 0..<4 {
                try await bench.send(FoldPropertyTests.events(count: 9, &random))
                for _ in 0..<3 { try await FoldPropertyTests.deliver(bench, &random) }
            }
            try bench.project()
            let digest = try bench.state.digest()
            var steps = 0
            while true {
                let folder = "\(bench.folder)-\(steps)"
                guard try Self.isKilled(folding: bench, into: folder, before: steps) else { break }
                // The next process comes to an untimely end too.
                let more = random.number(0...steps)
                _ = try Self.isKilled(folding: bench, into: folder, before: more)
                let restarted = try rebuiltDigest(
                    bench.log, folder: folder, batchEntryCountMax: Self.batchEntryCount)
                #expect(restarted == digest, "seed \(seed), killed before steps \(steps), \(more)")
                steps += 1
            }
            // Fewer steps than there are transactions would mean that none was cut in two.
            let batches = Int(bench.log.lastPosition.number) / Self.batchEntryCount
            #expect(steps > 3 * batches, "only \(steps) steps")
        }
    }

    /// - Returns: whether the process was killed before it had folded everything.
    private static func isKilled(
        folding bench: ProjectionBench, into folder: String, before step: Int
    ) throws -> Bool {
        let child = try Child(
            "log-process", ["fold", bench.log.folder, folder, "\(batchEntryCount)", "\(step)"])
        return try child.isKilledBeforeSaying("folded")
    }
}
