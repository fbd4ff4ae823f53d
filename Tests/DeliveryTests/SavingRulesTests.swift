import Projection
import Salesforce
import SalesforceEmulator
import Testing

@testable import Delivery

/// The org's own rules run for the objects that are configured so, in every lane.
@Suite struct SavingRulesTests {
    static func settings(
        _ rules: SavingRules, of object: String = "contact"
    ) -> DeliverySettings {
        var settings = JobTests.settings
        settings.saving = [object: rules]
        return settings
    }

    private static let alert = DuplicateRule(
        name: "Contacts_DR", object: "Contact", matchingRule: "Contact_MR", fields: ["FirstName"],
        action: .alert)

    @Test(arguments: ["contact", "lead"])
    func anAlertIsPassedOnlyWhereThatIsConfigured(_ object: String) async throws {
        let settings = DeliverySettings.test {
            $0.limits.callRecordCountMax = 3
            $0.saving = [object: SavingRules(passesDuplicateAlerts: true)]
        }
        try await withDelivery(settings: settings) { bench in
            bench.org.add(Self.alert)
            try bench.org.seed("Contact", [["LastName": "Twin", "FirstName": "Ann"]])
            // One in a call of its own, then ten in one call of several parts.
            try await bench.send(TestPerson(0))
            try await bench.settle()
            try await bench.send((1...10).map { TestPerson($0) })
            try await bench.settle()
            let passes = object == "contact"
            #expect(bench.contacts().count == (passes ? 12 : 1))
            let wanted = passes ? " settled" : " parked/duplicate"
            #expect(try await bench.keys().allSatisfy { $0.hasSuffix(wanted) })
            // What was sent otherwise than usual, the log tells.
            let headers = Set(try bench.intents().map(\.intent.request.headers))
            #expect(
                headers == [
                    passes
                        ? [
                            "Sforce-Auto-Assign": "FALSE",
                            "Sforce-Duplicate-Rule-Header": "allowSave=true",
                        ] : nil
                ])
        }
    }

    @Test func aRuleThatBlocksCannotBePassed() async throws {
        let settings = DeliverySettings.test {
            $0.saving = ["contact": SavingRules(passesDuplicateAlerts: true)]
        }
        try await withDelivery(settings: settings) { bench in
            bench.org.add(
                DuplicateRule(
                    name: "Contacts_DR", object: "Contact", matchingRule: "Contact_MR",
                    fields: ["FirstName"], action: .block))
            try bench.org.seed("Contact", [["LastName": "Twin", "FirstName": "Ann"]])
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(try await bench.keys() == ["p1@example.com parked/duplicate"])
        }
    }

    /// No job can be told, so a backlog of such an object goes by calls.
    @Test(arguments: [true, false])
    func aBacklogUnderOtherRulesGoesByCalls(_ isConfigured: Bool) async throws {
        let rules = SavingRules(passesDuplicateAlerts: isConfigured)
        try await withDelivery(TestRules.byExternalID, settings: Self.settings(rules)) { bench in
            try await bench.send((0..<JobTests.count).map { TestPerson($0) })
            #expect(try await bench.settle().isComplete)
            #expect(bench.contacts().count == JobTests.count)
            let lanes = Set(try bench.intents().map(\.intent.request.lane))
            #expect(lanes == (isConfigured ? [.collections] : [.bulk]))
        }
    }

    @Test(arguments: [true, false])
    func assignmentRulesGiveTheOwnerOnlyWhereThatIsConfigured(_ runs: Bool) async throws {
        let action = TestRules.byEmail
            .replacing("\"object\":\"Contact\"", with: "\"object\":\"Lead\"")
            .replacing("\"fields\":{", with: "\"fields\":{\"Company\":\"Acme\",")
        let settings = DeliverySettings.test {
            $0.limits.callRecordCountMax = 3
            $0.saving = ["lead": SavingRules(runsAssignmentRules: runs)]
        }
        try await withDelivery(action, settings: settings) { bench in
            let owner = "005ak0000000002AAA"
            bench.org.setAssignmentOwner(owner, of: "Lead")
            try await bench.send((0..<10).map { TestPerson($0) })
            try await bench.settle()
            let owners = Set(bench.org.records(of: "Lead").map { $0["OwnerId"]?.string })
            #expect(owners == [runs ? owner : bench.org.userID])
        }
    }

    /// A latency too short for any job makes all of them calls.
    @Test func withoutTimeForJobsThereAreNone() async throws {
        var settings = JobTests.settings
        settings.limits.jobs.latency = .seconds(30)
        try await withDelivery(TestRules.byExternalID, settings: settings) { bench in
            try await bench.send((0..<JobTests.count).map { TestPerson($0) })
            try await bench.settle()
            #expect(bench.contacts().count == JobTests.count)
            #expect(try bench.intents().allSatisfy { $0.intent.request.lane != .bulk })
        }
    }
}
