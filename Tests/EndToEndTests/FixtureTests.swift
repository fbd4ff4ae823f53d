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

        // MARK: Lookups

        private static func actions(missing: String) -> String {
            """
              - name: Companies
                object: Account
                trigger: type = "group"
                operation: upsert
                matchers: { External_Id__c: $.groupId }
                fields: { Name: $.traits.name }
              - name: People
                object: Contact
                trigger: type = "identify"
                operation: upsert
                matchers: { Email: $.traits.email }
                fields:
                  LastName: $.traits.last_name
                  AccountId:
                    lookup: { field: External_Id__c, value: $.traits.company, missing: \(missing) }
            """
        }

        private static let ada = """
            { type: identify, messageId: m1, userId: u1, \
            traits: { email: a@b.co, last_name: B, company: A1 } }
            """

        private func played(
            _ fixtures: String, missing: String = "wait"
        ) async throws -> Exit {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.actions(missing: missing)
                return try await Workspace.with(text) { workspace in
                    try FileManager.default.createDirectory(
                        atPath: workspace.folder + "/tests", withIntermediateDirectories: true)
                    try workspace.write("tests/lookups.yaml", fixtures)
                    return try await workspace.tidemark("test", "--describe")
                }
            }
        }

        @Test func aLookupFindsRecordsThatAreThereAndThoseThatTheEventsMake() async throws {
            let exit = try await played(
                """
                tests:
                  - name: The account is there
                    records:
                      Account: [{ Name: Acme, External_Id__c: a1 }]
                      Contact: [{ Email: c@d.co, LastName: D, AccountId: { Account: { Name: Acme } } }]
                    events: [\(Self.ada)]
                    expect:
                      operations:
                        - create: Contact
                          fields: { Email: a@b.co, LastName: B, AccountId: { Account: { Name: Acme } } }
                      blocked: []
                      records:
                        Contact:
                          - { Email: c@d.co, AccountId: { Account: { External_Id__c: A1 } } }
                          - { Email: a@b.co, AccountId: { Account: { External_Id__c: a1 } } }
                  - name: The account comes after its contact
                    events:
                      - \(Self.ada)
                      - { type: group, messageId: m2, userId: u1, groupId: A1, traits: { name: Acme } }
                    expect:
                      operations:
                        - { create: Account, fields: { Name: Acme, External_Id__c: A1 } }
                        - create: Contact
                          fields: { Email: a@b.co, LastName: B, AccountId: { Account: { Name: Acme } } }
                      blocked: []
                """)
            #expect(exit.status == 0, "\(exit.output)\(exit.errors)")
        }

        @Test(arguments: [
            ("wait", "blocked: [{ object: Contact, code: waiting-for-parent }]"),
            ("park", "blocked: [{ object: Contact, code: parent-missing }]"),
            ("skip-field", "blocked: []"),
        ])
        func aMissingParentDoesWhatTheLookupSays(
            _ missing: String, _ expected: String
        ) async throws {
            let isSent = missing == "skip-field"
            let sent =
                isSent ? "{ create: Contact, fields: { Email: a@b.co, LastName: B } }" : ""
            let exit = try await played(
                """
                tests:
                  - name: No account
                    events: [\(Self.ada)]
                    expect:
                      operations: [\(sent)]
                      \(expected)
                """, missing: missing)
            #expect(exit.status == 0, "\(exit.output)\(exit.errors)")
        }

        @Test func severalParentsAreAmbiguousAndAnotherParentIsShownByItsFields() async throws {
            let exit = try await played(
                """
                tests:
                  - name: Another account
                    records:
                      Account: [{ Name: Acme, External_Id__c: a1 }, { Name: Bolt, External_Id__c: b1 }]
                    events: [\(Self.ada)]
                    expect:
                      operations:
                        - create: Contact
                          fields: { Email: a@b.co, LastName: B, AccountId: { Account: { Name: Bolt } } }
                  - name: Two accounts
                    records:
                      Account: [{ Name: One, External_Id__c: a1 }, { Name: Two, External_Id__c: a1 }]
                    events: [\(Self.ada)]
                    expect:
                      operations: []
                      blocked: [{ object: Contact, code: parent-ambiguous }]
                """)
            #expect(exit.status == 1)
            #expect(
                exit.output.contains("-     AccountId: Account { Name: Bolt }"), "\(exit.output)")
            #expect(
                exit.output.contains("+     AccountId: 001000000000001AAA, Account { Name: Acme }"))
            #expect(exit.output.contains("ok      Two accounts"), "\(exit.output)")
        }

        @Test func aStartingRecordThatNamesNobodyIsAMistakeOfTheFixture() async throws {
            let exit = try await played(
                """
                tests:
                  - name: Nobody
                    records:
                      Contact: [{ LastName: B, AccountId: { Account: { Name: Acme } } }]
                    events: []
                    expect: {}
                """)
            #expect(exit.status == 78)
            #expect(exit.errors.contains("lookups.yaml:4:"), "\(exit.errors)")
            #expect(exit.errors.contains("0 of the records are Account { Name: Acme }"))
        }
    }
}
