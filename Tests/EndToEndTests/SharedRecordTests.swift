import SalesforceEmulator
import Testing

/// Keys of different actions that turn out to be one record, as a person looks back at them.
extension EndToEnd {
    @Suite struct SharedRecordTests {
        /// The identify action goes by Email, the track action by the external id.
        private static let actions = """
              - name: by email
                object: Contact
                trigger: type = "identify"
                operation: upsert
                matchers: { Email: $.traits.email }
                fields: { FirstName: $.traits.first, LastName: $.traits.last }
              - name: by id
                object: Contact
                trigger: type = "track"
                operation: upsert
                matchers: { External_Id__c: $.userId }
                fields: { FirstName: $.properties.first }
            """

        private static let events = [
            #"{"type":"identify","messageId":"m-1","timestamp":"2025-01-01T00:00:00Z","#
                + #""userId":"u1","traits":{"email":"ann@example.com","first":"Ann","#
                + #""last":"Lee"}}"#,
            #"{"type":"track","event":"Renamed","messageId":"m-2","userId":"u1","#
                + #""timestamp":"2025-01-02T00:00:00Z","properties":{"first":"Bea"}}"#,
        ]

        @Test func eitherKeyAndTheRecordItselfExplainWhatSalesforceHolds() async throws {
            try await EmulatorServer.withRunning { emulator in
                let ids = try emulator.org.seed(
                    "Contact",
                    [["Email": "ann@example.com", "LastName": "Old", "External_Id__c": "u1"]])
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.actions
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", Self.events.joined(separator: "\n"))
                    _ = try await workspace.json("ingest", "events.ndjson")
                    #expect(try await workspace.json("sync").int("$.updated") == 1)

                    let explained = [
                        try await workspace.json("explain", "Contact", "Email=ann@example.com"),
                        try await workspace.json("explain", "Contact", "External_Id__c=u1"),
                        try await workspace.json("explain", ids[0]),
                    ]
                    for document in explained { expectBea(document, ids[0]) }
                    #expect(explained[1].text("$.key.External_Id__c") == "u1")
                    #expect(explained[1].text("$.aliases[0].Email") == "ann@example.com")

                    let audit = try await workspace.json("audit").list("$.operations")
                    #expect(audit.count == 1)
                    #expect(audit.first?.text("$.key.Email") == "ann@example.com")
                    #expect(audit.first?.text("$.keys[1].External_Id__c") == "u1")
                    let shown = try await workspace.tidemark("audit").output
                    #expect(shown.contains("Email=ann@example.com and External_Id__c=u1"))
                }
            }
        }

        private func expectBea(_ explained: Document, _ id: String) {
            #expect(explained.text("$.recordId") == id)
            #expect(explained.list("$.keys").count == 2)
            let fields = explained.list("$.fields")
            #expect(fields.map { $0.text("$.field") } == ["FirstName", "LastName"])
            #expect(fields.map { $0.text("$.desired") } == ["Bea", "Lee"])
            #expect(fields.map { $0.text("$.observed") } == ["Bea", "Lee"])
            #expect(fields.map { $0.text("$.event.messageId") } == ["m-2", "m-1"])
            #expect(fields.map { $0.text("$.action") } == ["by id", "by email"])
            #expect(fields.allSatisfy { $0.text("$.lastSent.operation") == "update" })
            let kinds = explained.list("$.history").map { $0.text("$.kind") }
            #expect(kinds == ["event", "event", "operation"])
        }

        @Test func retryingARecordLetsGoEveryKeyOfItThatIsParked() async throws {
            try await EmulatorServer.withRunning { emulator in
                let ids = try emulator.org.seed(
                    "Contact",
                    [["Email": "ann@example.com", "LastName": "Old", "External_Id__c": "u1"]])
                var text = ConfigurationText(emulator.baseURL)
                text.actions = Self.actions.replacing(
                    "{ FirstName: $.properties.first }",
                    with: "{ FirstName: $.properties.first, Tier__c: $.properties.tier }")
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", Self.events.joined(separator: "\n"))
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let refused =
                        #"{"type":"track","event":"Rated","messageId":"m-3","userId":"u1","#
                        + #""timestamp":"2025-01-03T00:00:00Z","properties":{"tier":"Tin"}}"#
                    try workspace.write("events.ndjson", refused)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")

                    let parked = try await workspace.json("parked").list("$.parked")
                    #expect(parked.map { $0.text("$.key.External_Id__c") } == ["u1"])
                    let explained = try await workspace.tidemark("explain", ids[0])
                    #expect(explained.output.contains("External_Id__c=u1 is parked/rejected"))
                    let released = try await workspace.json("retry", ids[0])
                    #expect(released.int("$.released") == 1)
                }
            }
        }
    }
}
