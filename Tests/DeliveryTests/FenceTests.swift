import Projection
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// One process sends and ends, the next ones look: when the fence is over, in whoever's life.
@Suite struct FenceTests {
    /// Who looks when, after the create was given up at 1,000 s with a fence of 900 s.
    struct Look: Sendable, CustomTestStringConvertible {
        let second: Int
        let boot: String?
        let isOver: Bool

        init(_ second: Int, in boot: String? = "boot", isOver: Bool) {
            self.second = second
            self.boot = boot
            self.isOver = isOver
        }

        var testDescription: String {
            "\(boot ?? "no boot") \(second) s: \(isOver ? "over" : "not yet")"
        }
    }

    static let rows: [[Look]] = [
        [Look(1_899, isOver: false), Look(1_901, isOver: true)],
        // Every run in between used to begin it anew.
        [1_300, 1_600, 1_899].map { Look($0, isOver: false) } + [Look(1_901, isOver: true)],
        // After a reboot nothing is known of the time before; within the new boot it is.
        [
            Look(30, in: "next", isOver: false), Look(929, in: "next", isOver: false),
            Look(931, in: "next", isOver: true),
        ],
        [Look(5_000, in: "next", isOver: false), Look(5_901, in: "next", isOver: true)],
        // Without a name nobody can tell one boot from another.
        [Look(1_901, in: nil, isOver: false), Look(2_802, in: nil, isOver: false)],
    ]

    @Test(arguments: rows)
    func aFenceThatBeganInOneProcessEndsInAnother(_ looks: [Look]) async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                server.org.inject(Fault(on: .create, .cutAfter))
                let clock = ManualClock(boot: looks.allSatisfy { $0.boot == nil } ? nil : "boot")
                try await withEngine(
                    in: folder, of: server, clock: clock, leavesDoubts: true
                ) { bench in
                    try await bench.send(TestPerson(1))
                    #expect(try await bench.settle().last.inDoubtCount == 1)
                }
                for look in looks {
                    let clock = ManualClock(boot: look.boot, at: .seconds(look.second))
                    try await withEngine(
                        in: folder, of: server, clock: clock, leavesDoubts: !look.isOver
                    ) { bench in
                        let result = try await bench.settle()
                        #expect(result.isComplete == look.isOver, "\(look)")
                        #expect(result.last.inDoubtCount == (look.isOver ? 0 : 1), "\(look)")
                    }
                }
                #expect(server.org.truth.count == 1)
                #expect(server.org.count(of: "Contact") == 1)
            }
        }
    }

    /// The sender was killed, and nobody knows when: the first one after it says so.
    @Test func theFirstStartAfterAKilledSenderCounts() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                try await Crash.betweenIntentAndOutcome(
                    in: folder, server, ManualClock(), wasSent: true)
                for (second, isOver) in [(5_000, false), (5_899, false), (5_901, true)] {
                    try await withEngine(
                        in: folder, of: server, clock: ManualClock(at: .seconds(second)),
                        leavesDoubts: !isOver
                    ) { bench in
                        let result = try await bench.settle()
                        #expect(result.isComplete == isOver, "\(second)")
                    }
                }
                #expect(server.org.count(of: "Contact") == 1)
            }
        }
    }

    /// What a version left behind that wrote no moments: said once in a boot, not at every start.
    @Test func aDoubtWithoutAMomentIsGivenOneByTheFirstStart() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                server.org.inject(Fault(on: .create, .cutAfter))
                try await withEngine(
                    in: folder, of: server, clock: ManualClock(boot: nil), leavesDoubts: true
                ) { bench in
                    try await bench.send(TestPerson(1))
                    try await bench.settle()
                    #expect(try bench.outcomes().allSatisfy { $0.allSentBy == nil })
                }
                for (second, isOver) in [(5_000, false), (5_500, false), (5_901, true)] {
                    try await withEngine(
                        in: folder, of: server, clock: ManualClock(at: .seconds(second)),
                        leavesDoubts: !isOver
                    ) { bench in
                        #expect(try await bench.settle().isComplete == isOver, "\(second)")
                        let moments = try bench.outcomes().compactMap(\.allSentBy)
                        #expect(moments == [BootMoment(boot: "boot", milliseconds: 5_000_000)])
                    }
                }
                #expect(server.org.count(of: "Contact") == 1)
            }
        }
    }
}
