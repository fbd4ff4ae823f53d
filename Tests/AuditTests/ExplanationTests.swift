import Audit
import EventLog
import Projection
import Records
import Testing

/// Why a record holds what it holds.
@Suite struct ExplanationTests {
    @Test func everyFieldNamesItsEventItsActionAndItsSending() async throws {
        try await withAuditBench { bench in
            try await bench.identify(
                #""timestamp":"2025-01-01T00:00:00Z","traits":{"email":"ann@x.org","first":"A"}"#,
                id: "m-1")
            let later = try await bench.identify(
                #""timestamp":"2025-01-02T00:00:00Z","traits":{"email":"ann@x.org","first":"Ann"}"#,
                id: "m-2")
            let intent = try await bench.send(
                AuditBench.Sending(
                    email: "ann@x.org", changes: [("FirstName", .text("Ann"), later)]))
            try await bench.answer(
                intent, OperationResult(index: 0, status: .succeeded, recordID: .first))
            let record = try #require(try bench.records().first)
            let observed = Record(
                object: "Contact", id: .first, fields: ["FirstName": .text("Anna")])
            let explanation = try bench.explanation(of: record, observed: observed)

            #expect(explanation.key == ["Email": "ann@x.org"])
            #expect(explanation.recordId == RecordID.first.description)
            #expect(explanation.presence == "exists")
            let field = try #require(explanation.fields.first)
            #expect(field.field == "FirstName" && field.action == "Profiles")
            #expect(field.desired == PlainValue(.text("Ann")))
            #expect(field.observed == PlainValue(.text("Anna")))
            #expect(field.event.position == later && field.event.messageId == "m-2")
            #expect(field.event.eventTime == "2025-01-02T00:00:00.000Z")
            #expect(field.lastSent?.operation == "create" && field.lastSent?.status == 201)
            #expect(explanation.history.map(\.kind) == ["event", "event", "operation"])
            #expect(explanation.history.last?.summary == "create succeeded: FirstName")
        }
    }

    @Test func aKeyThatNobodySentIsExplainedWithoutASending() async throws {
        try await withAuditBench { bench in
            try await bench.identify(
                #""traits":{"email":"ann@x.org","first":"Ann"}"#, id: "m-1")
            let explanation = try bench.explanation(of: try #require(try bench.records().first))
            #expect(explanation.state == "dirty")
            #expect(explanation.recordId == nil)
            #expect(explanation.fields.first?.lastSent == nil)
            #expect(explanation.fields.first?.observed == nil)
            #expect(explanation.history.map(\.kind) == ["event"])
        }
    }

    @Test func aValueThatCannotBeSentIsNamedInItsPlace() async throws {
        try await withAuditBench { bench in
            try await bench.identify(
                #""traits":{"email":"ann@x.org","score":"many"}"#, id: "m-1")
            let explanation = try bench.explanation(of: try #require(try bench.records().first))
            #expect(explanation.state == "parked/rejected")
            let field = try #require(explanation.fields.first)
            #expect(field.desired == nil)
            let problem = try #require(field.problem)
            #expect(!problem.contains("many"))
            #expect(explanation.reason?.contains("Score__c") == true)
        }
    }

    @Test func keysThatJoinedKeepBothHistories() async throws {
        try await withAuditBench { bench in
            try await bench.identify(
                #""traits":{"email":"ann@x.org","first":"Ann"}"#, id: "m-1")
            try await bench.identify(#""userId":"7","traits":{"score":1}"#, id: "m-2")
            try await bench.append(
                OutcomeEntry(blocked: [
                    BlockedEntry(
                        key: KeyVersion(
                            key: MatcherKey(
                                object: "Contact",
                                terms: [.init(field: "External_Id__c", form: "7")]), version: 3),
                        reason: .ambiguous, status: 300, message: "2 records match",
                        recordIDs: [.first, .second])
                ]))
            #expect(try bench.records().count == 2)
            try await bench.identify(
                #""userId":"7","traits":{"email":"ann@x.org"}"#, id: "m-3")
            let records = try bench.records()
            #expect(records.count == 1)
            let explanation = try bench.explanation(of: try #require(records.first))
            #expect(explanation.key == ["Email": "ann@x.org"])
            #expect(explanation.aliases == [["External_Id__c": "7"]])
            #expect(explanation.fields.map(\.field) == ["FirstName", "Score__c"])
            #expect(
                explanation.history.map(\.kind) == ["event", "event", "blocked", "event"])
            #expect(explanation.history.map(\.position) == [2, 3, 4, 5])
        }
    }

    @Test func aLongHistoryShowsItsLatest() async throws {
        try await withAuditBench { bench in
            let count = ExplanationBuilder.historyCountMax + 5
            for number in 0..<count {
                try await bench.identify(
                    #""traits":{"email":"ann@x.org","first":"\#(number)"}"#, id: "m-\(number)")
            }
            let explanation = try bench.explanation(of: try #require(try bench.records().first))
            #expect(explanation.history.count == ExplanationBuilder.historyCountMax)
            #expect(explanation.history.last?.position == UInt64(count + 1))
        }
    }

    @Test func parkedKeysAreListedByReasonAndObject() async throws {
        try await withAuditBench { bench in
            try await bench.identify(#""traits":{"email":"ann@x.org","score":"x"}"#, id: "m-1")
            try await bench.identify(#""traits":{"email":"bob@x.org"}"#, id: "m-2")
            try await bench.append(
                OutcomeEntry(blocked: [
                    BlockedEntry(
                        key: KeyVersion(key: .email("bob@x.org"), version: 3),
                        reason: .ambiguous, status: 300, message: "2 records match",
                        recordIDs: [.first, .second])
                ]))
            _ = try bench.records()
            let parked = ParkedKeys(state: bench.projector.state)
            #expect(try parked.items().map(\.reason) == [.rejected, .ambiguous])
            let ambiguous = try #require(try parked.items(reason: .ambiguous).first)
            #expect(ambiguous.key == ["Email": "bob@x.org"])
            #expect(ambiguous.recordIds == [RecordID.first, .second].map(\.description))
            #expect(try parked.items(object: "Lead").isEmpty)
        }
    }
}
