import SalesforceEmulator
import Testing

@testable import Delivery

/// Keys of different actions that turn out to be one record.
@Suite struct SharedRecordTests {
    /// The identify action goes by Email, the track action by the external id: two keys, one
    /// record.
    private static let rules =
        TestRules.action(name: "by email") + ","
        + TestRules.action(
            on: "track", name: "by id", matchers: #""External_Id__c":"$.userId""#,
            fields: #""FirstName":"$.traits.first""#)

    @Test func aDirtyKeyDoesNotUndoWhatASettledKeyOfTheSameRecordBrought() async throws {
        try await withDelivery(Self.rules) { bench in
            try bench.org.seed(
                "Contact",
                [["Email": "p1@example.com", "LastName": "Lee1", "External_Id__c": "u1"]])
            try await bench.send(
                TestPerson(1, first: "Ann", time: 10),
                TestPerson(1, first: "Bea", time: 20, kind: "track"))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Lee1"])

            // Newer than Ann, older than Bea: it makes only the key by Email dirty.
            try await bench.send(TestPerson(1, first: "Cid", last: "Moe", time: 15))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com Bea Moe"])
        }
    }
}
