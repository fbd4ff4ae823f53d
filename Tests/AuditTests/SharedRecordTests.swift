import Audit
import Projection
import Records
import Testing

/// Keys that turned out to be one record are explained as the one piece of work that they are.
@Suite struct SharedRecordTests {
    /// One record by two keys: Ann by her address, then Bea by the external id; and what was sent
    /// for both.
    private func share(_ bench: AuditBench) async throws {
        try await bench.identify(
            #""timestamp":"2025-01-01T00:00:00Z","traits":{"email":"ann@x.org","first":"Ann"}"#,
            id: "m-1")
        let winner = try await bench.identify(
            #""timestamp":"2025-01-02T00:00:00Z","userId":"u1","traits":{"first":"Bea"}"#, id: "m-2"
        )
        let intent = try await bench.send(
            AuditBench.Sending(
                kind: .update, email: "ann@x.org", besides: [.external("u1")], recordID: .first,
                changes: [("FirstName", .text("Bea"), winner)]))
        try await bench.answer(
            intent, OperationResult(index: 0, status: .succeeded, recordID: .first))
    }

    @Test(arguments: [0, 1])
    func eitherKeyShowsWhatBothWantAndWhatWasSentForIt(key: Int) async throws {
        try await withAuditBench { bench in
            try await share(bench)
            let records = try bench.records()
            #expect(records.count == 2)
            let explanation = try bench.explanation(of: records[key])

            let names = [["Email": "ann@x.org"], ["External_Id__c": "u1"]]
            #expect(explanation.key == names[key])
            #expect(explanation.aliases == [names[1 - key]])
            #expect(explanation.keys.map(\.key) == [names[key], names[1 - key]])
            #expect(explanation.recordId == RecordID.first.description)
            #expect(explanation.fields.count == 1)
            let field = try #require(explanation.fields.first)
            #expect(field.desired == PlainValue(.text("Bea")))
            #expect(field.event.messageId == "m-2")
            #expect(field.lastSent?.operation == "update" && field.lastSent?.status == 200)
            #expect(explanation.history.map(\.kind) == ["event", "event", "operation"])
        }
    }

    @Test func eachFieldIsTheKeysThatSaidItLast() async throws {
        try await withAuditBench { bench in
            try await share(bench)
            try await bench.identify(
                #""timestamp":"2025-01-01T12:00:00Z","traits":"#
                    + #"{"email":"ann@x.org","first":"Cid","score":7}"#, id: "m-3")
            for record in try bench.records() {
                let fields = try bench.explanation(of: record).fields
                #expect(fields.map(\.field) == ["FirstName", "Score__c"])
                #expect(fields.map(\.event.messageId) == ["m-2", "m-3"])
                #expect(fields[0].desired == PlainValue(.text("Bea")))
            }
        }
    }

    @Test func aKeyThatIsSetAsideIsSeenFromTheOther() async throws {
        try await withAuditBench { bench in
            try await share(bench)
            try await bench.identify(
                #""timestamp":"2025-01-03T00:00:00Z","userId":"u1","traits":{"score":"many"}"#,
                id: "m-3")
            let explanation = try bench.explanation(of: try #require(try bench.records().first))
            #expect(explanation.key == ["Email": "ann@x.org"])
            #expect(!explanation.state.hasPrefix("parked"))
            let other = try #require(explanation.keys.last)
            #expect(other.key == ["External_Id__c": "u1"] && other.state == "parked/rejected")
            #expect(other.reason?.contains("Score__c") == true)
            let score = try #require(explanation.fields.first { $0.field == "Score__c" })
            #expect(score.problem != nil && score.event.messageId == "m-3")
        }
    }

    /// As delivery decides it: the later word, whichever key it came by.
    @Test(arguments: [("2025-01-03", "absent"), ("2025-01-01", "exists")])
    func theLatestWordOfAllKeysDecidesWhetherItIsThere(
        day: String, presence: String
    ) async throws {
        try await withAuditBench { bench in
            try await bench.event(
                "track", #""timestamp":"\#(day)T00:00:00Z","userId":"u1""#, id: "m-1")
            try await bench.identify(
                #""timestamp":"2025-01-02T00:00:00Z","traits":{"email":"ann@x.org","first":"Ann"}"#,
                id: "m-2")
            let intent = try await bench.send(
                AuditBench.Sending(
                    kind: .update, email: "ann@x.org", besides: [.external("u1")], recordID: .first)
            )
            try await bench.answer(
                intent, OperationResult(index: 0, status: .succeeded, recordID: .first))
            for record in try bench.records() {
                let explanation = try bench.explanation(of: record)
                #expect(explanation.presence == presence)
                #expect(explanation.fields.map(\.event.messageId) == ["m-2"])
            }
        }
    }

    /// A create action's record is made once; what it was made with stands where nobody else spoke.
    @Test func whatACreateMappedYieldsToEveryOtherKey() async throws {
        try await withAuditBench { bench in
            try await bench.event(
                "page", #""timestamp":"2025-01-02T00:00:00Z","properties":{"first":"Made"}"#,
                id: "m-1")
            try await bench.identify(
                #""timestamp":"2025-01-01T00:00:00Z","traits":{"email":"ann@x.org","first":"Ann"}"#,
                id: "m-2")
            let made = try #require(try bench.records().first { $0.form == .creation })
            let intent = try await bench.send(
                AuditBench.Sending(
                    kind: .update, email: "ann@x.org", besides: [made.reference], recordID: .first))
            try await bench.answer(
                intent, OperationResult(index: 0, status: .succeeded, recordID: .first))
            let records = try bench.records()
            #expect(records.count == 2)
            for record in records {
                let field = try #require(try bench.explanation(of: record).fields.first)
                #expect(field.desired == PlainValue(.text("Ann")))
                #expect(field.event.messageId == "m-2")
            }
        }
    }
}
