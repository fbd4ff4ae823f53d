import Actions
import Records
import Testing

@testable import Projection

/// What a later configuration or description leaves as it was found out.
@Suite struct ConfigurationChangesTests {
    private static func contact(
        score: FieldDescription? = FieldDescription(name: "Score__c", type: .double),
        isUpdateable: Bool = true, more: [FieldDescription] = []
    ) -> ObjectDescription {
        let names = ["Email", "FirstName", "LastName", "External_Id__c"]
        return ObjectDescription(
            name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: isUpdateable,
            isDeletable: true, isQueryable: true,
            fields: names.map { FieldDescription(name: $0, type: .string, length: 80) }
                + [score].compactMap(\.self) + more)
    }

    private static let scored = TestActions.action(
        "upsert",
        fields: TestActions.fields + ",\"Score__c\":\"$.properties.score\"")

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let description: ObjectDescription
        var actions = ConfigurationChangesTests.scored
        /// Status of the key that has a score, and of the one that has none.
        let statuses: [String]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(name: "nothing", description: contact(), statuses: ["settled", "settled"]),
        Row(
            name: "a field goes", description: contact(score: nil),
            statuses: ["parked/rejected", "settled"]),
        Row(
            name: "a field becomes read-only",
            description: contact(
                score: FieldDescription(name: "Score__c", type: .double, isUpdateable: false)),
            statuses: ["dirty", "settled"]),
        Row(
            name: "a field that nobody wrote appears",
            description: contact(more: [FieldDescription(name: "Phone", type: .phone)]),
            statuses: ["settled", "settled"]),
        Row(
            name: "a right goes", description: contact(isUpdateable: false),
            statuses: ["dirty", "dirty"]),
        Row(
            name: "an action of the object comes", description: contact(),
            actions: scored + "," + TestActions.update, statuses: ["dirty", "dirty"]),
        Row(
            name: "an action of another object comes", description: contact(),
            actions: TestActions.action(
                "firm", object: "Account", matchers: "\"Name\":\"$.properties.x\"")
                + "," + scored,
            statuses: ["settled", "settled"]),
        Row(
            name: "a disabled action comes", description: contact(),
            actions: scored + "," + TestActions.action("off", more: "\"enabled\":false"),
            statuses: ["settled", "settled"]),
    ])
    func aChangeConcernsTheKeysThatUseIt(_ row: Row) async throws {
        try await withProjection { bench in
            try await bench.configure(
                Self.scored, descriptions: [Self.contact(), .account])
            try await bench.send(
                TestEvent(10, #""email":"a@x.org","score":5"#),
                TestEvent(10, #""email":"b@x.org","first":"Bea""#))
            for record in try bench.records() {
                try await bench.append(
                    OutcomeEntry(settled: [
                        SettledEntry(
                            key: KeyVersion(key: record.reference, version: record.changedAt),
                            recordID: .first)
                    ]))
            }
            #expect(try bench.records().map(\.delivery.status.name) == ["settled", "settled"])
            try await bench.configure(row.actions, descriptions: [row.description, .account])
            #expect(try bench.records().map(\.delivery.status.name) == row.statuses)
        }
    }

    /// Why a key was parked may lie in any field, such as one that is required no longer.
    @Test func aParkedKeyIsLookedAtAgainAfterAnyChangeOfItsObject() async throws {
        try await withProjection { bench in
            try await bench.configure(
                TestActions.upsert, descriptions: [Self.contact(), .account])
            try await bench.send(TestEvent(10, #""email":"a@x.org""#))
            let record = try bench.record()
            try await bench.append(
                OutcomeEntry(blocked: [
                    BlockedEntry(
                        key: KeyVersion(key: record.reference, version: record.changedAt),
                        reason: .rejected, status: 400, message: "a new record needs Phone",
                        recordIDs: [])
                ]))
            #expect(try bench.record().delivery.status.name == "parked/rejected")
            let phone = FieldDescription(name: "Phone", type: .phone)
            try await bench.configure(
                TestActions.upsert, descriptions: [Self.contact(more: [phone]), .account])
            #expect(try bench.record().delivery.status == .dirty)
        }
    }

    @Test func aStopIsOverWhenItsObjectIsDescribedOtherwise() async throws {
        try await withProjection { bench in
            try await bench.configure(
                TestActions.upsert, descriptions: [Self.contact(), .account])
            let stop = ObjectStopEntry(object: "Contact", reason: "why", since: 7)
            try await bench.append(OutcomeEntry(objects: [stop]))
            try bench.project()
            #expect(try bench.state.stoppedObjects() == [stop])
            try await bench.configure(
                TestActions.upsert, descriptions: [Self.contact(score: nil), .account])
            try bench.project()
            #expect(try bench.state.stoppedObjects().isEmpty)
        }
    }

    @Test func aKeyWhoseRecordIsMadeAgainCountsIt() async throws {
        try await withProjection(TestActions.upsert) { bench in
            try await bench.send(TestEvent(10, #""email":"a@x.org""#))
            let record = try bench.record()
            for (number, id) in [RecordID.first, .second].enumerated() {
                let version = KeyVersion(key: record.reference, version: record.changedAt)
                let intent = try await bench.appendIntent(.create, [version])
                try await bench.append(
                    OutcomeEntry(
                        intent: intent,
                        results: [
                            OperationResult(
                                index: 0, status: .succeeded, recordID: id, wasCreated: true)
                        ]))
                #expect(try bench.record().delivery.replacements == number)
                #expect(try bench.record().delivery.link == id)
            }
            let merged = RelinkEntry(
                key: record.reference, from: .second, to: .first, reason: .merged)
            try await bench.append(OutcomeEntry(relinked: [merged]))
            #expect(try bench.record().delivery.link == .first)
            #expect(try bench.record().delivery.replacements == 1)
        }
    }
}
