import EventLog
import Records
import TestSupport
import Testing

@testable import Projection

/// How far back actions reach, and what a changed configuration does.
@Suite struct FoldReachTests {
    private let before = TestEvent(10, #""email":"before@x.org""#)
    private let after = TestEvent(20, #""email":"after@x.org""#)

    @Test func startReachesAllOfHistory() async throws {
        try await withProjection { bench in
            try await bench.send(before)
            try await bench.configure(TestActions.upsert)
            try await bench.send(after)
            #expect(try bench.records().count == 2)
        }
    }

    @Test func nowBeginsWhereTheActionFirstAppeared() async throws {
        try await withProjection { bench in
            try await bench.send(before)
            let now = TestActions.action("late", more: #""from":"now""#)
            try await bench.configure(now)
            try await bench.send(after)
            // A later configuration that still has the action does not move its beginning.
            try await bench.configure(now + "," + TestActions.update)
            #expect(try bench.records().map(\.content) == ["Contact exists Email=after@x.org |"])
        }
    }

    /// An action that turns into a delete under its old name must not delete for the past.
    @Test func nowBeginsAnewWhenAnActionBecomesAnotherOne() async throws {
        try await withProjection(TestActions.action("one", on: "Updated")) { bench in
            try await bench.send(before)
            #expect(try bench.record().presence.isAbsent == false)
            try await bench.configure(
                TestActions.action(
                    "one", on: "Updated", "delete", fields: "", more: #""from":"now""#))
            #expect(try bench.records().isEmpty)
            try await bench.send(after)
            #expect(try bench.records().map(\.content) == ["Contact absent Email=after@x.org |"])
        }
    }

    @Test func positionBeginsAtThatEntry() async throws {
        try await withProjection { bench in
            try await bench.send(before)
            let positions = try await bench.send(after)
            try await bench.configure(
                TestActions.action("from", more: "\"from\":\"\(positions[0])\""))
            #expect(try bench.records().map(\.content) == ["Contact exists Email=after@x.org |"])
        }
    }

    @Test func timeBeginsAtEventsReceivedThen() async throws {
        try await withProjection(
            TestActions.action("from", more: #""from":"2025-10-09T08:53:20.001Z""#)
        ) { bench in
            var later = after
            later.receivedAt += 1
            try await bench.send(before, later)
            #expect(try bench.records().map(\.content) == ["Contact exists Email=after@x.org |"])
        }
    }

    @Test func eventsWaitUntilEveryObjectIsDescribed() async throws {
        try await withProjection { bench in
            try await bench.send(before)
            try bench.project()
            #expect(try bench.state.checkpoint() == 0)
            try await bench.configure(TestActions.upsert, descriptions: [.account])
            try bench.project()
            #expect(try bench.state.checkpoint() == 0)
            try await bench.configure(TestActions.upsert)
            #expect(try bench.records().count == 1)
        }
    }

    @Test func aChangedMappingReachesBackOverHistory() async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(
                TestEvent(10, #""email":"a@x.org","first":"Ann","score":1"#),
                TestEvent(20, #""email":"a@x.org","score":2"#))
            #expect(
                try bench.record().content == "Contact exists Email=a@x.org | FirstName=Ann")
            try await bench.configure(
                TestActions.action("upsert", fields: #""Score__c":"$.properties.score""#))
            #expect(try bench.record().content == "Contact exists Email=a@x.org | Score__c=2")
        }
    }

    /// The events are the same, the wishes are not: what was settled under the old ones is looked
    /// at again.
    @Test func aChangedConfigurationReopensSettledAndParkedKeys() async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(before, after)
            let keys = try bench.records()
            try await bench.append(
                OutcomeEntry(
                    settled: [SettledEntry(key: keys[0].version, recordID: .first)],
                    blocked: [
                        BlockedEntry(
                            key: keys[1].version, reason: .ambiguous, status: 300, message: "",
                            recordIDs: [.first, .second])
                    ]))
            #expect(
                try bench.records().map(\.delivery.status.name) == ["settled", "parked/ambiguous"])
            try await bench.configure(
                TestActions.action("upsert", fields: #""Score__c":"$.properties.score""#))
            #expect(try bench.records().map(\.delivery.status) == [.dirty, .dirty])
            #expect(try bench.records().map(\.delivery.link) == [.first, nil])
        }
    }

    @Test func aDisabledActionDesiresNothing() async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(before)
            try await bench.configure(TestActions.action("upsert", more: #""enabled":false"#))
            #expect(try bench.records().isEmpty)
        }
    }

    @Test func onlyEventsOfTheNamedSourcesCount() async throws {
        try await withProjection(
            TestActions.action("sourced", more: #""sources":["shop"]"#)
        ) { bench in
            var shop = after
            shop.source = "shop"
            try await bench.send(before, shop)
            #expect(try bench.records().map(\.content) == ["Contact exists Email=after@x.org |"])
        }
    }

    /// A log put back from an older copy, beside a state that has seen more.
    @Test func aStateAheadOfItsLogIsFoldedAgain() async throws {
        try await withTemporaryFolder { folder in
            let state = folder + "/state"
            try await withLog(in: folder + "/long") { log, _ in
                let bench = try ProjectionBench(
                    log: log, folder: state,
                    projector: Projector(folder: state, log: log.reader(), limits: .test))
                defer { bench.projector.close() }
                try await bench.configure(TestActions.upsert)
                try await bench.send(before, after)
                try bench.project()
            }
            try await withLog(in: folder + "/short") { log, _ in
                let bench = try ProjectionBench(
                    log: log, folder: state,
                    projector: Projector(folder: state, log: log.reader(), limits: .test))
                defer { bench.projector.close() }
                try await bench.configure(TestActions.upsert)
                try await bench.send(after)
                #expect(
                    try bench.records().map(\.content) == ["Contact exists Email=after@x.org |"])
            }
        }
    }

    /// A reading command that read the log's end a moment before a new configuration came.
    @Test func aProjectorThatReadLessDoesNotTurnTheStateBack() async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(before)
            let behind = bench.log.lastPosition
            let latest = try await bench.configure(TestActions.or)
            try bench.project()
            var limits = ProjectorLimits.test
            limits.through = behind
            let other = Projector(
                state: bench.state, log: bench.log.reader(), limits: limits)
            try other.catchUp()
            #expect(try bench.state.configurationPosition() == latest)
        }
    }
}
