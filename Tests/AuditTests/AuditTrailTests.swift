import Audit
import Projection
import Records
import Testing

/// What was sent, and what became of it, read off the log.
@Suite struct AuditTrailTests {
    private static let ann = AuditBench.Sending(
        email: "ann@x.org", changes: [("FirstName", .text("Ann"), 2)])
    private static let bob = AuditBench.Sending(
        kind: .update, email: "bob@x.org", recordID: .second,
        changes: [("FirstName", .null, 3), ("Score__c", .text("7"), 2)])

    @Test func anIntentWithoutAnAnswerIsInDoubt() async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(Self.ann)
            let item = try #require(try bench.items().first)
            #expect(item.outcome == .inDoubt)
            #expect(item.status == nil && item.recordId == nil && item.error == nil)
            #expect(item.id == "\(intent).0")
            #expect(item.events == [2])
            #expect(item.fields == ["FirstName": PlainValue(.text("Ann"))])
            #expect(item.key == ["Email": "ann@x.org"])
        }
    }

    @Test func everyOperationHasItsOwnAnswer() async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(Self.ann, Self.bob)
            try await bench.answer(
                intent, OperationResult(index: 0, status: .succeeded, recordID: .first),
                OperationResult(
                    index: 1, status: .failed, code: "STRING_TOO_LONG", message: "too long"))
            let items = try bench.items()
            #expect(items.map(\.outcome) == [.succeeded, .failed])
            #expect(items.map(\.status) == [201, 400])
            #expect(items.map(\.recordId) == [RecordID.first, .second].map(\.description))
            #expect(items.map { $0.error?.code } == [nil, "STRING_TOO_LONG"])
            #expect(items[1].events == [2, 3])
            #expect(items.map(\.operation) == ["create", "update"])
        }
    }

    @Test func aCreateThatFoundItsRecordAfterAllIsAnUpdatesStatus() async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(Self.ann)
            try await bench.answer(
                intent,
                OperationResult(index: 0, status: .succeeded, recordID: .first, wasCreated: false))
            #expect(try bench.items().first?.status == 200)
        }
    }

    @Test func attemptsAreCountedUntilOneIsAnsweredForGood() async throws {
        try await withAuditBench { bench in
            for status in [OperationResult.Status.again, .inDoubt, .succeeded, .succeeded] {
                let intent = try await bench.send(Self.ann)
                try await bench.answer(
                    intent, OperationResult(index: 0, status: status, code: "UNABLE_TO_LOCK_ROW"))
            }
            #expect(try bench.items().map(\.attempts) == [1, 2, 3, 1])
            #expect(
                try bench.items().map(\.outcome) == [.failed, .inDoubt, .succeeded, .succeeded])
        }
    }

    @Test func anOperationForTwoKeysIsToldOfBoth() async throws {
        try await withAuditBench { bench in
            var both = Self.ann
            both.besides = [.external("u1")]
            let intent = try await bench.send(both)
            try await bench.answer(
                intent, OperationResult(index: 0, status: .again, code: "UNABLE_TO_LOCK_ROW"))
            let item = try #require(try bench.items().first)
            #expect(item.key == ["Email": "ann@x.org"])
            #expect(item.keys == [["Email": "ann@x.org"], ["External_Id__c": "u1"]])
            #expect(try bench.items { $0.key = .external("u1") } == [item])

            // Whichever key it is sent for next, it is the second time.
            _ = try await bench.send(
                AuditBench.Sending(email: "bob@x.org", besides: [.external("u1")]))
            #expect(try bench.items().map(\.attempts) == [1, 2])
        }
    }

    @Test func aDeleteForTwoKeysMakesItNoNewsThatEitherMatchesNothing() async throws {
        try await withAuditBench { bench in
            let delete = AuditBench.Sending(
                kind: .delete, email: "ann@x.org", besides: [.external("u1")], recordID: .first)
            try await bench.answer(
                try await bench.send(delete), OperationResult(index: 0, status: .succeeded))
            let gone = SettledEntry(
                key: KeyVersion(key: .external("u1"), version: 2), recordID: nil)
            try await bench.append(OutcomeEntry(settled: [gone]))
            #expect(try bench.items().map(\.status) == [200])
        }
    }

    @Test func aDoubtThatWasResolvedSaysWhen() async throws {
        try await withAuditBench { bench in
            let intent = try await bench.send(Self.ann)
            try await bench.answer(
                intent, OperationResult(index: 0, status: .inDoubt, code: "NO_ANSWER"))
            #expect(try bench.items().first?.resolvedAt == nil)
            try await bench.append(
                OutcomeEntry(resolved: [ResolvedOperation(intent: intent, index: 0)]))
            let item = try #require(try bench.items().first)
            #expect(item.outcome == .inDoubt)
            #expect(item.resolvedAt != nil)
            #expect(item.error?.code == "NO_ANSWER")
        }
    }

    @Test func keysThatNothingWasSentForAreThereWithTheirReason() async throws {
        try await withAuditBench { bench in
            try await bench.append(
                OutcomeEntry(blocked: [
                    BlockedEntry(
                        key: KeyVersion(key: .email("ann@x.org"), version: 2), reason: .ambiguous,
                        status: 300, message: "2 records match",
                        recordIDs: [.first, .second]),
                    BlockedEntry(
                        key: KeyVersion(key: .email("bob@x.org"), version: 3), reason: .notFound,
                        status: 404, message: "no record matches", recordIDs: []),
                ]))
            let items = try bench.items()
            #expect(items.map(\.outcome) == [.blocked, .blocked])
            #expect(items.map(\.status) == [300, 404])
            #expect(items.map { $0.error?.code } == ["ambiguous", "not-found"])
            #expect(items.allSatisfy { $0.recordId == nil && $0.attempts == 0 })
        }
    }

    @Test func aDeleteOfNothingIsA404AndOneOfOurOwnIsNoNews() async throws {
        try await withAuditBench { bench in
            let nothing = SettledEntry(
                key: KeyVersion(key: .email("ann@x.org"), version: 2), recordID: nil)
            try await bench.append(OutcomeEntry(settled: [nothing]))
            #expect(try bench.items().map(\.status) == [404])

            let delete = AuditBench.Sending(
                kind: .delete, email: "bob@x.org", recordID: .second)
            try await bench.answer(
                try await bench.send(delete), OperationResult(index: 0, status: .succeeded))
            let gone = SettledEntry(
                key: KeyVersion(key: .email("bob@x.org"), version: 2), recordID: nil)
            try await bench.append(OutcomeEntry(settled: [gone]))
            #expect(try bench.items().map(\.status) == [404, 200])
        }
    }

    @Test func settledKeysAreNoOperations() async throws {
        try await withAuditBench { bench in
            let key = KeyVersion(key: .email("ann@x.org"), version: 2)
            try await bench.append(
                OutcomeEntry(settled: [SettledEntry(key: key, recordID: .first)]))
            #expect(try bench.items().isEmpty)
        }
    }

    @Test func filtersKeepWhatTheyNameAndNothingElse() async throws {
        try await withAuditBench { bench in
            let first = try await bench.send(Self.ann)
            try await bench.answer(first, OperationResult(index: 0, status: .succeeded))
            let second = try await bench.send(Self.bob)
            try await bench.answer(
                second, OperationResult(index: 0, status: .failed, code: "X", message: "x"))

            #expect(try bench.items { $0.from = second }.map(\.id) == ["\(second).0"])
            #expect(try bench.items { $0.through = first }.map(\.id) == ["\(first).0"])
            #expect(
                try bench.items { $0.through = first }.first?.outcome == .succeeded,
                "the answer counts though it came after the range")
            #expect(try bench.items { $0.status = 400 }.map(\.id) == ["\(second).0"])
            #expect(try bench.items { $0.object = "Lead" }.isEmpty)
            #expect(try bench.items { $0.object = "Contact" }.count == 2)
            #expect(try bench.items { $0.key = .email("ann@x.org") }.map(\.id) == ["\(first).0"])
        }
    }
}
