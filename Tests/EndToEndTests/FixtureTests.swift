import Foundation
import SalesforceEmulator
import TestSupport
import Testing

/// `tidemark test`: a configuration tried without Salesforce.
extension EndToEnd {
    @Suite struct FixtureTests {
        private static let fixtures = """
            tests:
              - name: A profile becomes a contact
                events:
                  - { type: identify, messageId: m1, userId: u1, traits: { email: A@b.co, last_name: B, score: "7" } }
                expect:
                  operations:
                    - { create: Contact, fields: { Email: a@b.co, LastName: B, Score__c: 7 } }
                  records:
                    Contact: [{ Email: a@b.co, Score__c: 7.0 }]
              - name: The plan changes
                records:
                  Contact: [{ Id: "003000000000001AAA", Email: a@b.co, LastName: B }]
                events:
                  - { type: identify, messageId: m1, userId: u1, traits: { email: a@b.co, plan: pro } }
                expect:
                  operations:
                    - { update: Contact, record: "003000000000001AAA", fields: { Plan__c: free } }
            """

        private func withFixtures(
            _ yaml: String = fixtures, _ body: @escaping @Sendable (Workspace) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try FileManager.default.createDirectory(
                        atPath: workspace.folder + "/tests", withIntermediateDirectories: true)
                    try workspace.write("tests/contacts.yaml", yaml)
                    try await body(workspace)
                }
            }
        }

        @Test func aDifferenceIsShownLineByLineAndFails() async throws {
            try await withFixtures { workspace in
                let exit = try await workspace.tidemark("test", "--describe")
                #expect(exit.status == 1, "\(exit.errors)")
                for line in [
                    "ok      A profile becomes a contact", "FAILED  The plan changes",
                    "update Contact 003000000000001AAA", "-     Plan__c: free",
                    "+     Plan__c: pro", "2 tests: 1 passed, 1 failed",
                ] {
                    #expect(exit.output.contains(line), "\(line) in\n\(exit.output)")
                }
                #expect(!FileManager.default.fileExists(atPath: workspace.data))
            }
        }

        /// What objects are like was kept: Salesforce is not asked again.
        @Test func aSecondRunNeedsNobody() async throws {
            try await withFixtures { workspace in
                _ = try await workspace.tidemark("test", "--describe")
                try workspace.configure(ConfigurationText("http://127.0.0.1:1"))
                let right = Self.fixtures.replacing("Plan__c: free", with: "Plan__c: pro")
                try workspace.write("tests/contacts.yaml", right)
                let document = try await workspace.json("test")
                #expect(document.bool("$.ok") == true)
                #expect(document.int("$.passed") == 2)
            }
        }

        @Test func withoutDescriptionsTheRemedyIsNamed() async throws {
            try await withFixtures { workspace in
                let exit = try await workspace.tidemark("test")
                #expect(exit.status == 1)
                #expect(exit.errors.contains("nothing is known of Contact"))
                #expect(exit.errors.contains("--describe"))
            }
        }

        @Test func aBrokenFixtureIsAConfigurationError() async throws {
            try await withFixtures("tests:\n  - nam: x\n    expect: {}\n") { workspace in
                let exit = try await workspace.tidemark("test")
                #expect(exit.status == 78)
                #expect(exit.errors.contains("contacts.yaml:2:5"))
            }
        }
    }
}
