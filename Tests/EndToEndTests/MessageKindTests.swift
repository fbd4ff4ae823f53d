import SalesforceEmulator
import Testing

/// What group, alias and anonymous events become.
extension EndToEnd {
    @Suite struct MessageKindTests {
        /// A person is found by either id; an alias says that two of them are one person's.
        private static let actions = """
              - name: People
                object: Contact
                trigger: type = "identify"
                operation: upsert
                matchers: { External_Id__c: $.userId, Department: $.anonymousId }
                fields: { LastName: $.traits.last_name, Email: $.traits.email }
              - name: One person
                object: Contact
                trigger: type = "alias"
                operation: upsert
                matchers: { External_Id__c: $.userId, Department: $.previousId }
                fields: { External_Id__c: $.userId }
              - name: Companies
                object: Account
                trigger: type = "group"
                operation: upsert
                matchers: { External_Id__c: $.groupId }
                fields:
                  Name: $.traits.name
                  NumberOfEmployees: $.traits.employees
                  Plan__c: $.traits.plan
            """

        private static func serve(
            _ body: @escaping @Sendable (Server, EmulatorServer) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = actions
                try await Workspace.with(text) { workspace in
                    try await Server.run(workspace) { try await body($0, emulator) }
                }
            }
        }

        @Test func traitsOfAGroupAreItsAccounts() async throws {
            try await Self.serve { server, emulator in
                let first = #"""
                    {"groupId":"g1","userId":"u1","messageId":"1",
                    "traits":{"name":"Acme","employees":"12","plan":"pro"}}
                    """#
                // Another member of the same group, who knows less and later.
                let second = #"""
                    {"groupId":"g1","anonymousId":"a9","messageId":"2","traits":{"employees":13}}
                    """#
                for event in [first, second] {
                    #expect(try await server.post("/v1/group", event).status == 200)
                }
                try await server.settled()
                let accounts = emulator.org.records(of: "Account")
                #expect(accounts.count == 1)
                #expect(accounts.first?["Name"]?.string == "Acme")
                #expect(accounts.first?["External_Id__c"]?.string == "g1")
                #expect(accounts.first?["NumberOfEmployees"]?.int == 13)
                #expect(accounts.first?["Plan__c"]?.string == "pro")
                #expect(emulator.org.count(of: "Contact") == 0)
            }
        }

        @Test func aVisitorWhoLogsInIsOneContact() async throws {
            try await Self.serve { server, emulator in
                let visit = #"{"anonymousId":"a1","messageId":"1","traits":{"last_name":"Nový"}}"#
                #expect(try await server.post("/v1/identify", visit).status == 200)
                try await server.settled()
                #expect(emulator.org.count(of: "Contact") == 1)

                let alias = #"{"previousId":"a1","userId":"u1","messageId":"2"}"#
                #expect(try await server.post("/v1/alias", alias).status == 200)
                let login = #"""
                    {"userId":"u1","messageId":"3","traits":{"email":"novy@example.com"}}
                    """#
                #expect(try await server.post("/v1/identify", login).status == 200)
                try await server.settled()
                let contacts = emulator.org.records(of: "Contact")
                #expect(contacts.count == 1)
                #expect(contacts.first?["LastName"]?.string == "Nový")
                #expect(contacts.first?["Email"]?.string == "novy@example.com")
                #expect(contacts.first?["External_Id__c"]?.string == "u1")
                #expect(contacts.first?["Department"]?.string == "a1")
            }
        }
    }
}
