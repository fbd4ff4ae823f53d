import Records
import Testing

@testable import Projection

/// What intents and outcomes do to keys.
@Suite struct FoldDeliveryTests {
    private let ann = TestEvent(10, #""email":"a@x.org","first":"Ann""#)

    @Test func aKeyIsInFlightFromItsIntentAndSettledByItsAnswer() async throws {
        try await withSentKey(.create) { bench, intent in
            #expect(try bench.record().delivery.status == .inFlight)
            try await bench.append(answer(.succeeded, to: intent))
            let delivery = try bench.record().delivery
            #expect(delivery.status == .settled)
            #expect(delivery.link == .first)
            #expect(try bench.state.ids(linkedTo: .first) == [bench.record().id])
            #expect(try bench.state.openOperations().isEmpty)
            #expect(try bench.state.counts() == ["settled": 1])
        }
    }

    @Test func anEventThatArrivesMeanwhileKeepsTheKeyDirty() async throws {
        try await withSentKey(.create) { bench, intent in
            try await bench.send(TestEvent(20, #""email":"a@x.org","last":"Lee""#))
            #expect(try bench.record().delivery.status == .inFlight)
            try await bench.append(answer(.succeeded, to: intent))
            #expect(try bench.record().delivery.status == .dirty)
            #expect(try bench.record().delivery.link == .first)
        }
    }

    @Test func answersOfTheRecordCountAsAttemptsAndThoseOfTheRequestDoNot() async throws {
        try await withSentKey(.update) { bench, intent in
            try await bench.append(answer(.again, to: intent))
            #expect(try bench.record().delivery.attempts == 1)
            let second = try await bench.appendIntent(.update, [bench.record().version])
            try await bench.append(
                OutcomeEntry(
                    intent: second,
                    results: [OperationResult(index: 0, status: .again, isWholeRequest: true)]))
            #expect(try bench.record().delivery.attempts == 1)
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func aCreateInDoubtWaitsForItsFence() async throws {
        try await withSentKey(.create) { bench, intent in
            try await bench.append(answer(.inDoubt, to: intent))
            #expect(try bench.record().delivery.status == .inDoubt)
            try await bench.send(TestEvent(20, #""email":"a@x.org","last":"Lee""#))
            #expect(try bench.record().delivery.status == .inDoubt)
            #expect(try bench.state.openOperations().map(\.isInDoubt) == [true])
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 0)]))
            #expect(try bench.record().delivery.status == .dirty)
            #expect(try bench.state.openOperations().isEmpty)
        }
    }

    @Test(arguments: [OperationKind.update, .delete])
    func anOperationByIdInDoubtIsDirtyAtOnceAndLookedAtAgainAfterTheFence(
        _ kind: OperationKind
    ) async throws {
        try await withSentKey(kind) { bench, intent in
            try await bench.append(answer(.inDoubt, to: intent))
            #expect(try bench.record().delivery.status == .dirty)
            try await bench.append(settled(bench.record()))
            #expect(try bench.record().delivery.status == .settled)
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 0)]))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func aDoubtKeepsTheMomentByWhichItsSenderHadGivenUp() async throws {
        try await withSentKey(.create) { bench, intent in
            var outcome = answer(.inDoubt, to: intent)
            outcome.allSentBy = BootMoment(boot: "a", milliseconds: 5)
            try await bench.append(outcome)
            // Another start of this boot knows nothing better; one of another boot knows no more
            // than its own.
            for (boot, milliseconds, kept) in [("a", 9, 5), ("b", 3, 3), ("b", 4, 3), ("b", 1, 1)] {
                let moment = BootMoment(boot: boot, milliseconds: Int64(milliseconds))
                try await bench.append(OutcomeEntry(allSentBy: moment))
                try bench.project()
                let known = try bench.state.openOperations().map(\.sentBy)
                #expect(known == [BootMoment(boot: boot, milliseconds: Int64(kept))])
            }
            #expect(try bench.record().delivery.doubts == 1)
        }
    }

    @Test func whatIsUnderWayHasNoMomentYet() async throws {
        try await withSentKey(.create) { bench, _ in
            try await bench.append(OutcomeEntry(allSentBy: BootMoment(boot: "a", milliseconds: 5)))
            try bench.project()
            #expect(try bench.state.openOperations().map(\.sentBy) == [nil])
        }
    }

    @Test func anUpsertInDoubtMayBeSentAgainWhileItIsTheSame() async throws {
        try await withSentKey(.create, upsertField: "External_Id__c") { bench, intent in
            try await bench.append(answer(.inDoubt, to: intent))
            #expect(try bench.record().delivery.status == .dirty)
            // A new alias may make it another upsert, which could make a second record.
            try await bench.send(TestEvent(20, #""email":"a@x.org","ext":"7""#))
            #expect(try bench.record().delivery.status == .inDoubt)
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 0)]))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func aValueThatCannotBeSentParksTheKeyWhateverItWaitedFor() async throws {
        try await withSentKey(.create, actions: Self.scored) { bench, intent in
            try await bench.append(answer(.inDoubt, to: intent))
            try await bench.send(TestEvent(20, #""email":"a@x.org","score":"many""#))
            #expect(try bench.record().delivery.status == .inDoubt)
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 0)]))
            #expect(try bench.record().delivery.status.name == "parked/rejected")
        }
    }

    @Test func aLookAtAnEarlierStateDoesNotFreeAValueThatCannotBeSent() async throws {
        try await withProjection(Self.scored) { bench in
            try await bench.send(ann)
            let looked = try bench.record()
            try await bench.send(TestEvent(20, #""email":"a@x.org","score":"many""#))
            try await bench.append(settled(looked))
            let parked = try bench.record()
            #expect(parked.delivery.status.name == "parked/rejected")
            #expect(parked.delivery.link == .first)
            try await bench.send(TestEvent(30, #""email":"a@x.org","score":3"#))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    // MARK: Keys that join

    @Test func aLookAtOneKeyDoesNotEndTheDoubtOfTheOther() async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(ann, TestEvent(10, #""ext":"7""#))
            let keys = try bench.records()
            let intent = try await bench.appendIntent(.create, [keys[1].version])
            try await bench.append(answer(.inDoubt, to: intent))
            try await bench.send(TestEvent(20, #""email":"a@x.org","ext":"7""#))
            #expect(try bench.record().delivery.status == .inDoubt)
            // Planned before they joined, recorded after it.
            try await bench.append(settled(keys[0]))
            #expect(try bench.record().delivery.status == .inDoubt)
            #expect(try bench.record().delivery.link == .first)
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 0)]))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func anAnswerForOneKeyLeavesTheOtherAwaited() async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(ann, TestEvent(10, #""ext":"7""#))
            let keys = try bench.records()
            let intent = try await bench.appendIntent(.create, keys.map(\.version))
            try await bench.send(TestEvent(20, #""email":"a@x.org","ext":"7""#))
            try await bench.append(answer(.succeeded, to: intent))
            #expect(try bench.record().delivery.status == .inFlight)
            try await bench.append(
                OutcomeEntry(
                    intent: intent, results: [OperationResult(index: 1, status: .inDoubt)]))
            #expect(try bench.record().delivery.status == .inDoubt)
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 1)]))
            #expect(try bench.record().delivery.status == .dirty)
            #expect(try bench.record().delivery.link == .first)
        }
    }

    @Test func thatOneKeyFoundNothingDoesNotTakeTheOthersLink() async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(ann, TestEvent(10, #""ext":"7""#))
            let keys = try bench.records()
            try await bench.append(settled(keys[0]))
            try await bench.send(TestEvent(20, #""email":"a@x.org","ext":"7""#))
            try await bench.append(
                OutcomeEntry(settled: [SettledEntry(key: keys[1].version, recordID: nil)]))
            #expect(try bench.record().delivery.link == .first)
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    // MARK: Links of keys that join

    private static let both = #""email":"a@x.org","ext":"7""#

    /// Two keys with a record each, which then join.
    private func withJoinedKeys(
        _ body: (ProjectionBench) async throws -> Void
    ) async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(ann, TestEvent(10, #""ext":"7""#))
            let keys = try bench.records()
            try await bench.append(settled(keys[0], .first))
            try await bench.append(settled(keys[1], .second))
            try await bench.send(TestEvent(20, Self.both))
            try await body(bench)
        }
    }

    @Test func aKeyThatJoinsKeepsItsRecordUntilALookTellsWhichIsThere() async throws {
        for found in [RecordID.first, .second] {
            try await withJoinedKeys { bench in
                let joined = try bench.record()
                #expect(joined.delivery.links == [.first, .second])
                for record in [RecordID.first, .second] {
                    #expect(try bench.state.ids(linkedTo: record) == [joined.id])
                }
                try await bench.append(settled(joined, found))
                #expect(try bench.record().delivery.links == [found])
                let other: RecordID = found == .first ? .second : .first
                #expect(try bench.state.ids(linkedTo: other) == [])
            }
        }
    }

    @Test func anAmbiguousKeyKeepsBothRecords() async throws {
        try await withJoinedKeys { bench in
            let joined = try bench.record()
            try await bench.append(
                OutcomeEntry(blocked: [
                    BlockedEntry(
                        key: joined.version, reason: .ambiguous, status: 300, message: "two",
                        recordIDs: [.first, .second])
                ]))
            #expect(try bench.record().delivery.links == [.first, .second])
            // People merge them: one is left.
            try await bench.append(
                OutcomeEntry(relinked: [
                    RelinkEntry(key: joined.reference, from: .second, to: .first, reason: .merged)
                ]))
            #expect(try bench.record().delivery.links == [.first])
        }
    }

    @Test func mergingTheFirstRecordAwayLeavesTheOther() async throws {
        try await withJoinedKeys { bench in
            let key = try bench.record().reference
            try await bench.append(
                OutcomeEntry(relinked: [
                    RelinkEntry(key: key, from: .first, to: .second, reason: .merged)
                ]))
            #expect(try bench.record().delivery.links == [.second])
        }
    }

    /// Sent before they joined: it says nothing of the other key's record.
    @Test(arguments: [
        (OperationKind.create, [RecordID.second, .first]),
        (.update, [.second, .first]), (.delete, [.first]),
    ])
    func anAnswerToOneKeyLeavesTheOthersRecord(
        _ kind: OperationKind, _ links: [RecordID]
    ) async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(ann, TestEvent(10, #""ext":"7""#))
            let keys = try bench.records()
            try await bench.append(settled(keys[0], .first))
            let intent = try await bench.appendIntent(kind, [keys[1].version])
            try await bench.send(TestEvent(20, Self.both))
            try await bench.append(
                OutcomeEntry(
                    intent: intent,
                    results: [
                        OperationResult(index: 0, status: .succeeded, recordID: .second)
                    ]))
            let delivery = try bench.record().delivery
            #expect(delivery.links == links)
            #expect(delivery.status == .dirty)
            #expect(delivery.replacements == 0, "nobody has deleted a record")
        }
    }

    @Test func aDeleteOfAllForgetsBothRecords() async throws {
        try await withJoinedKeys { bench in
            let joined = try bench.record()
            try await bench.append(
                OutcomeEntry(settled: [SettledEntry(key: joined.version, recordID: nil)]))
            #expect(try bench.record().delivery.links == [])
        }
    }

    // MARK: The rest of an outcome

    @Test func aRefusalParksAndAnEventThatChangesSomethingReopens() async throws {
        try await withSentKey(.create) { bench, intent in
            try await bench.append(answer(.failed, to: intent))
            #expect(try bench.record().delivery.status.name == "parked/rejected")
            try await bench.send(TestEvent(5, #""email":"a@x.org","first":"Older""#))
            #expect(try bench.record().delivery.status.name == "parked/rejected")
            try await bench.send(TestEvent(20, #""email":"a@x.org","first":"Newer""#))
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func aPauseStandsUntilDeliveryGoesOn() async throws {
        try await withProjection(TestActions.upsert) { bench in
            let pause = PauseEntry(reason: "nobody answers", since: 7)
            try await bench.append(OutcomeEntry(pause: pause, api: APIUse(used: 3, limit: 9)))
            try bench.project()
            #expect(try bench.state.pause() == pause)
            #expect(try bench.state.apiUse() == APIUse(used: 3, limit: 9))
            try await bench.append(OutcomeEntry(isResumed: true))
            try bench.project()
            #expect(try bench.state.pause() == nil)
        }
    }

    // MARK: Parts

    static let scored =
        TestActions.upsert + ","
        + TestActions.action("score", fields: #""Score__c":"$.properties.score""#)

    private func withSentKey(
        _ kind: OperationKind, upsertField: String? = nil, actions: String = TestActions.or,
        _ body: (ProjectionBench, UInt64) async throws -> Void
    ) async throws {
        try await withProjection(actions) { bench in
            try await bench.send(ann)
            let intent = try await bench.appendIntent(
                kind, [bench.record().version], upsertField: upsertField)
            try await body(bench, intent)
        }
    }

    private func answer(_ status: OperationResult.Status, to intent: UInt64) -> OutcomeEntry {
        OutcomeEntry(
            intent: intent,
            results: [
                OperationResult(
                    index: 0, status: status, recordID: status == .succeeded ? .first : nil)
            ])
    }

    private func settled(_ record: DesiredRecord, _ found: RecordID = .first) -> OutcomeEntry {
        OutcomeEntry(settled: [SettledEntry(key: record.version, recordID: found)])
    }
}

extension DesiredRecord {
    var version: KeyVersion { KeyVersion(key: reference, version: changedAt) }
}
