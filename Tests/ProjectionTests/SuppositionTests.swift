import Actions
import EventLog
import Records
import TestSupport
import Testing

@testable import Projection

/// States that are only supposed: under another configuration, or as if the latest events had not
/// come.
@Suite struct SuppositionTests {
    /// Folds the log of `bench` as supposed, and lends the state.
    private func suppose(
        _ bench: ProjectionBench, actions: String, eventsThrough: UInt64? = nil,
        _ body: (StateStore) throws -> Void
    ) throws {
        var limits = ProjectorLimits.test
        limits.through = bench.log.lastPosition
        let set = try ActionSet(normalisedJSON: Array("{\"actions\":[\(actions)]}".utf8))
        let entry = ConfigurationEntry(
            actions: set.actions, descriptions: [.contact, .account], organization: nil)
        let projector = try Projector(
            folder: bench.folder + "-supposed", log: bench.log.reader(), limits: limits,
            supposition: Supposition(configuration: entry, eventsThrough: eventsThrough))
        defer { projector.close() }
        try projector.catchUp()
        try body(projector.state)
    }

    /// What putting the configuration in force makes of it, position by position.
    @Test func anotherConfigurationIsFoldedAsIfItWereTheNextEntry() async throws {
        let changed = TestActions.action(
            "upsert", fields: "\"LastName\":\"$.properties.first\"")
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(
                TestEvent(10, #""email":"a@x.org","first":"Ann","last":"Ash""#),
                TestEvent(20, #""email":"b@x.org","first":"Bob""#))
            let ann = try #require(try bench.record(email: "a@x.org"))
            let version = KeyVersion(key: ann.reference, version: ann.changedAt)
            try await bench.append(
                OutcomeEntry(settled: [SettledEntry(key: version, recordID: .first)]))
            var supposed: [DesiredRecord] = []
            try suppose(bench, actions: changed) { state in
                supposed = try state.records(after: 0, countMax: .max)
            }
            #expect(
                try bench.record(email: "a@x.org")?.content
                    == "Contact exists Email=a@x.org | FirstName=Ann LastName=Ash",
                "what is in force stays")
            try await bench.configure(changed)
            #expect(try bench.records() == supposed)
            #expect(supposed.map(\.delivery.status.name) == ["dirty", "dirty"])
            #expect(supposed.map(\.delivery.link) == [.first, nil])
        }
    }

    @Test func eventsAfterThePointCountAsNotSentAndWhatWasDoneWasDone() async throws {
        try await withProjection(TestActions.upsertAndDelete) { bench in
            let positions = try await bench.send(
                TestEvent(10, #""email":"a@x.org","first":"Ann""#),
                TestEvent(20, #""email":"b@x.org""#),
                TestEvent(30, #""email":"a@x.org","first":"Anna""#),
                TestEvent(40, #""email":"b@x.org""#, "Deleted"),
                TestEvent(50, #""email":"c@x.org""#))
            for email in ["a@x.org", "c@x.org"] {
                let record = try #require(try bench.record(email: email))
                let version = KeyVersion(key: record.reference, version: record.changedAt)
                try await bench.append(
                    OutcomeEntry(settled: [SettledEntry(key: version, recordID: .first)]))
            }
            try suppose(
                bench, actions: TestActions.upsertAndDelete, eventsThrough: positions[1]
            ) { state in
                let records = try state.records(after: 0, countMax: .max)
                #expect(
                    records.map(\.content) == [
                        "Contact exists Email=a@x.org | FirstName=Ann",
                        "Contact exists Email=b@x.org |",
                    ])
                #expect(records.map(\.delivery.status.name) == ["dirty", "dirty"])
                #expect(records.map(\.delivery.link) == [.first, nil])
            }
        }
    }
}
