import SalesforceEmulator
import Testing

/// What people do to records while Tidemark keeps them, as the commands show it.
extension EndToEnd {
    @Suite struct PeopleTests {
        @Test func aMergeByAPersonIsFollowed() async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await deliver([Profile(1)], workspace)
                    let loser = try #require(org.records(of: "Contact").first?["Id"]?.string)
                    let winner = try org.seed(
                        "Contact", [["LastName": "Winner", "Email": "w@example.com"]])[0]
                    try org.merge("Contact", winner: winner, loser: loser)
                    try await deliver([Profile(1, revision: 1)], workspace)
                    #expect(org.count(of: "Contact") == 1)
                    #expect(org.record("Contact", id: winner)?["Plan__c"] == "plan-1")
                    let explained = try await workspace.json(
                        "explain", "Contact", "Email=\(Profile(1).email)")
                    #expect(explained.text("$.recordId") == winner)
                    #expect(try await workspace.json("parked").list("$.parked").isEmpty)
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                }
            }
        }

        private static func action(_ object: String, _ more: String = "") -> String {
            """
              - name: \(object)s
                object: \(object)
                trigger: type = "identify"
                operation: upsert
                matchers: { External_Id__c: $.userId }
                fields:
                  LastName: $.traits.last_name
                  FirstName: $.traits.plan
                  Email: $.traits.email
            \(more)
            """
        }

        /// Only the lead tells which contact it became: the contact has no external id.
        @Test(arguments: [true, false])
        func aConvertedLeadIsFollowedOrParked(_ isFollowed: Bool) async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                var text = ConfigurationText(emulator.baseURL)
                let leads = Self.action("Lead", "      Company: Acme")
                text.actions = leads
                if isFollowed {
                    text.salesforce = "  objects: { Lead: { converted: contact } }"
                }
                try await Workspace.with(text) { workspace in
                    try await deliver([Profile(1)], workspace)
                    let lead = try #require(org.records(of: "Lead").first?["Id"]?.string)
                    let made = try org.convert(lead: lead)
                    text.actions = leads + "\n" + Self.action("Contact")
                    try workspace.configure(text)
                    try await deliver([Profile(1, revision: 1)], workspace)
                    #expect(org.record("Lead", id: lead)?["FirstName"] == "plan-0")
                    #expect(org.count(of: "Contact") == (isFollowed ? 1 : 2))
                    let contact = try await workspace.json(
                        "explain", "Contact", "External_Id__c=u-1")
                    #expect((contact.text("$.recordId") == made.contact) == isFollowed)
                    let parked = try await workspace.json("parked", "--reason", "converted")
                    #expect(parked.list("$.parked").count == (isFollowed ? 0 : 1))
                    if isFollowed {
                        #expect(org.record("Contact", id: made.contact)?["FirstName"] == "plan-1")
                    }
                    #expect(try await workspace.json("verify").bool("$.ok") == true)
                }
            }
        }

        /// The configuration lets the alert pass for contacts only.
        @Test(arguments: ["Contact", "Lead"])
        func anAlertOfADuplicateRuleIsPassedWhereTheFileSaysSo(_ object: String) async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                org.add(
                    DuplicateRule(
                        name: "Same_Name", object: "Contact", matchingRule: "Contact_MR",
                        fields: ["LastName"], action: .alert))
                try org.seed("Contact", [["LastName": .string(Profile(1).lastName)]])
                var text = ConfigurationText(emulator.baseURL)
                text.salesforce = "  objects: { \(object): { duplicateRules: allow-save } }"
                try await Workspace.with(text) { workspace in
                    try await deliver([Profile(1)], workspace)
                    let passes = object == "Contact"
                    #expect(org.count(of: "Contact") == (passes ? 2 : 1))
                    let parked = try await workspace.json("parked", "--reason", "duplicate")
                    #expect(parked.list("$.parked").count == (passes ? 0 : 1))
                }
            }
        }

        private func deliver(_ events: [Profile], _ workspace: Workspace) async throws {
            try workspace.write("events.ndjson", events.lines)
            _ = try await workspace.json("ingest", "events.ndjson")
            _ = try await workspace.json("sync")
        }
    }
}
