import Testing

@testable import Actions

@Suite struct ActionChangesTests {
    private static func set(_ actions: [(name: String, field: String)]) throws -> [Action] {
        let texts = actions.map { name, field in
            """
              - name: \(name)
                object: Contact
                trigger: type = "identify"
                operation: create
                fields: { \(field): x }
            """
        }
        return try ActionsTests.actions("actions:\n" + texts.joined(separator: "\n"))
    }

    @Test(arguments: [
        ([("A", "X"), ("B", "X")], "no action is different"),
        ([("A", "X"), ("B", "X"), ("C", "X")], "added \"C\""),
        ([("B", "X")], "removed \"A\""),
        ([("A", "Y"), ("B", "Y")], "changed \"A\", \"B\""),
        ([("B", "X"), ("A", "X")], "in another order"),
        ([("C", "X"), ("B", "Y")], "added \"C\"; changed \"B\"; removed \"A\""),
    ])
    func whatIsDifferentIsNamed(_ later: [(String, String)], _ shown: String) throws {
        let earlier = try Self.set([("A", "X"), ("B", "X")])
        let changes = ActionChanges(
            from: earlier, to: try Self.set(later.map { (name: $0.0, field: $0.1) }))
        #expect(changes.description == shown)
        #expect(changes.isEmpty == (shown == "no action is different"))
    }

    @Test func aKeyThatMovesInTheFileNeedsNoRestart() throws {
        func configuration(_ head: String, _ secret: String) throws -> Configuration {
            try Configuration.parse(
                yaml: """
                    \(head)
                    salesforce:
                      loginUrl: http://127.0.0.1:1
                      auth: { flow: client-credentials, clientId: a, clientSecret: \(secret) }
                    """, file: "/t.yaml", environment: [:])
        }
        let one = try configuration("data: ./data", "b")
        #expect(try one.keysNeedingRestart(for: configuration("# moved\ndata: ./data", "b")) == [])
        #expect(
            try one.keysNeedingRestart(for: configuration("data: ./other", "c"))
                == ["data", "salesforce"])
    }
}
