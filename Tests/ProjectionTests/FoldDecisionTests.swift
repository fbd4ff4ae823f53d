import Records
import Testing

@testable import Projection

/// What a person's choices do to keys.
@Suite struct FoldDecisionTests {
    private let ann = TestEvent(10, #""email":"a@x.org""#)
    private let bob = TestEvent(10, #""email":"b@x.org""#)

    @Test(arguments: ParkReason.allCases)
    func aRetryReopensAParkedKey(_ reason: ParkReason) async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(ann)
            try await park(bench, reason)
            #expect(try bench.record().delivery.status.name == "parked/\(reason.rawValue)")
            #expect(try bench.state.blockedPositions(of: bench.record().id).count == 1)
            try await bench.append(.retry(keys: [bench.record().reference]))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func anApprovalIsOfOneStateOnly() async throws {
        try await withProjection(TestActions.upsertAndDelete) { bench in
            try await bench.send(TestEvent(10, #""email":"a@x.org""#, "Deleted"))
            try await park(bench, .held)
            try await bench.append(.retry(keys: [bench.record().reference]))
            let approved = try bench.record()
            #expect(approved.delivery.approvedVersion == approved.changedAt)
            try await bench.send(TestEvent(20, #""email":"a@x.org""#, "Deleted"))
            let changed = try bench.record()
            #expect(changed.delivery.approvedVersion != changed.changedAt)
        }
    }

    @Test func aRetryOfAKeyThatIsNotParkedChangesNothing() async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(ann)
            try await settle(bench)
            try await bench.append(.retry(keys: [bench.record().reference]))
            #expect(try bench.record().delivery.status == .settled)
        }
    }

    struct Replay: Sendable, CustomTestStringConvertible {
        let name: String
        /// Events counted from the first, both included.
        let events: ClosedRange<UInt64>
        var object: String?
        var email: String?
        let dirty: [String]

        var testDescription: String { name }
    }

    @Test(arguments: [
        Replay(name: "all", events: 1...2, dirty: ["a@x.org", "b@x.org"]),
        Replay(name: "a range", events: 2...2, dirty: ["b@x.org"]),
        Replay(name: "an object", events: 1...2, object: "contact", dirty: ["a@x.org", "b@x.org"]),
        Replay(name: "another object", events: 1...2, object: "Account", dirty: []),
        Replay(name: "a key", events: 1...2, email: "a@x.org", dirty: ["a@x.org"]),
        Replay(name: "a key that no event names", events: 1...2, email: "c@x.org", dirty: []),
    ])
    func aReplayMakesDirty(_ replay: Replay) async throws {
        try await withProjection(TestActions.upsert) { bench in
            let positions = try await bench.send(ann, bob)
            try await settle(bench)
            let key = replay.email.map {
                MatcherKey(object: "Contact", terms: [.init(field: "Email", form: $0)])
            }
            try await bench.append(
                .replay(
                    ReplayRange(
                        from: positions[Int(replay.events.lowerBound) - 1],
                        through: positions[Int(replay.events.upperBound) - 1],
                        object: replay.object, key: key)))
            let dirty = try bench.records().filter { $0.delivery.status == .dirty }
            #expect(dirty.map { $0.matchers[0].term.form } == replay.dirty)
        }
    }

    /// Events that touched a key which has joined another since are events of that other.
    @Test(arguments: [false, true])
    func aReplayFollowsKeysThatJoined(_ isProjectedBetween: Bool) async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(ann)
            let positions = try await bench.send(TestEvent(11, #""ext":"7""#))
            try await bench.send(TestEvent(12, #""email":"a@x.org","ext":"7""#))
            if isProjectedBetween { try bench.project() }
            try await settle(bench)
            try await bench.append(
                .replay(ReplayRange(from: positions[0], through: positions[0])))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func aReplayHurriesNothingThatIsInDoubt() async throws {
        try await withProjection(TestActions.upsert) { bench in
            let positions = try await bench.send(ann)
            let intent = try await bench.appendIntent(.create, [bench.record().version])
            try await bench.append(
                OutcomeEntry(
                    intent: intent, results: [OperationResult(index: 0, status: .inDoubt)]))
            try await bench.append(
                .replay(ReplayRange(from: positions[0], through: positions[0])))
            #expect(try bench.record().delivery.status == .inDoubt)
        }
    }

    private func park(_ bench: ProjectionBench, _ reason: ParkReason) async throws {
        let blocked = BlockedEntry(
            key: try bench.record().version, reason: reason, status: 300, message: "why",
            recordIDs: [.first, .second])
        try await bench.append(OutcomeEntry(blocked: [blocked]))
    }

    private func settle(_ bench: ProjectionBench) async throws {
        let settled = try bench.records().map { SettledEntry(key: $0.version, recordID: .first) }
        try await bench.append(OutcomeEntry(settled: settled))
    }
}
