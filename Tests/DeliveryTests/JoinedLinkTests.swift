import Events
import Projection
import Records
import SalesforceEmulator
import Testing

@testable import Delivery

/// Two keys with a record each turn out to be one, after a person has edited what the second record
/// was found by: neither record is forgotten.
@Suite struct JoinedLinkTests {
    private static let either = TestRules.action(
        matchers: #""Email":"$.traits.email","External_Id__c":"$.userId""#)

    private func event(_ number: Int, user: String? = nil, email: String? = nil) -> Event {
        let user = user.map { #""userId":"\#($0)","# } ?? ""
        let email = email.map { #","email":"\#($0)""# } ?? ""
        let timestamp = Timestamp.format(1_750_000_000_000 + Int64(number) * 1_000)
        let text =
            #"{"type":"identify",\#(user)"anonymousId":"a","timestamp":"\#(timestamp)","#
            + #""traits":{"first":"First\#(number)","last":"Lee"\#(email)}}"#
        return Event(
            source: "web", messageID: "m\(number)", receivedAt: 1_760_000_000_000,
            bytes: Array(text.utf8))
    }

    /// One key by an address, one by an external id, each with a record; then the second record's
    /// external id is edited, and an event names both.
    private func withJoinedKeys(
        _ body: @escaping @Sendable (DeliveryBench, [String]) async throws -> Void
    ) async throws {
        try await withDelivery(Self.either) { bench in
            _ = try await bench.log.append([event(1, email: "a@x.org")])
            try await bench.settle()
            _ = try await bench.log.append([event(2, user: "u7")])
            try await bench.settle()
            let ids = try bench.org.records(of: "Contact").map { try #require($0["Id"]?.string) }
            #expect(ids.count == 2)
            let second = try #require(
                bench.org.records(of: "Contact").first { $0["External_Id__c"]?.string == "u7" })
            let secondID = try #require(second["Id"]?.string)
            try bench.org.edit("Contact", id: secondID, ["External_Id__c": "edited"])
            _ = try await bench.log.append([event(3, user: "u7", email: "a@x.org")])
            let first = try #require(ids.first { $0 != secondID })
            try await body(bench, [first, secondID])
        }
    }

    private func record(_ bench: DeliveryBench) throws -> DesiredRecord {
        let records = try bench.projector.state.records(after: 0, countMax: 10)
        #expect(records.count == 1)
        return try #require(records.first)
    }

    @Test func bothRecordsAreNamedAndNothingIsSent() async throws {
        try await withJoinedKeys { bench, ids in
            let writes = bench.writes()
            try await bench.settle()
            guard case .parked(let parking) = try record(bench).delivery.status else {
                throw Unexpected(description: "\(try record(bench).delivery.status)")
            }
            #expect(parking.reason == .ambiguous)
            #expect(parking.recordIDs.map(\.description) == ids.sorted())
            #expect(bench.writes() == writes)
        }
    }

    /// A person removes one of them, whichever: the other is the key's.
    @Test(arguments: [0, 1])
    func theRecordThatIsLeftIsTheKeysOne(_ removed: Int) async throws {
        try await withJoinedKeys { bench, ids in
            try await bench.settle()
            try bench.org.delete("Contact", id: ids[removed])
            try await bench.decide(.retry(keys: [record(bench).reference]))
            try await bench.settle()
            let left = ids[1 - removed]
            #expect(try record(bench).delivery.links.map(\.description) == [left])
            #expect(try record(bench).delivery.status == .settled)
            #expect(bench.org.records(of: "Contact").map { $0["FirstName"]?.string } == ["First3"])
        }
    }

    /// A person merges them, in whichever direction.
    @Test(arguments: [0, 1])
    func mergedRecordsAreOneAgain(_ winner: Int) async throws {
        try await withJoinedKeys { bench, ids in
            try await bench.settle()
            try bench.org.merge("Contact", winner: ids[winner], loser: ids[1 - winner])
            try await bench.decide(.retry(keys: [record(bench).reference]))
            try await bench.settle()
            #expect(try record(bench).delivery.links.map(\.description) == [ids[winner]])
            #expect(try record(bench).delivery.status == .settled)
            #expect(bench.org.records(of: "Contact").map { $0["FirstName"]?.string } == ["First3"])
        }
    }
}
