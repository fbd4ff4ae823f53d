import SalesforceEmulator
import Testing

/// How the tests of other tools' weaknesses are played.
protocol PeerWeakness: Sendable {}

extension PeerWeakness {
    /// Takes `events` in, one JSON object each, and delivers them.
    func deliver(_ events: [String], _ workspace: Workspace) async throws -> Document {
        try workspace.write("events.ndjson", events.map { $0 + "\n" }.joined())
        let ingested = try await workspace.json("ingest", "events.ndjson")
        #expect(ingested.int("$.accepted") == events.count)
        return try await workspace.json("sync")
    }

    /// Delivers to an org with some records, under some actions; then `check` looks at both.
    func play(
        _ actions: String, seeds: [(object: String, fields: JSON)] = [], _ events: [String],
        fault: Fault? = nil,
        check: @escaping @Sendable (Org, [String], Document, Workspace) async throws -> Void
    ) async throws {
        try await EmulatorServer.withRunning { emulator in
            let org = emulator.org
            var ids: [String] = []
            for seed in seeds { ids += try org.seed(seed.object, [seed.fields]) }
            if let fault { org.inject(fault) }
            var text = ConfigurationText(emulator.baseURL)
            text.actions = actions
            try await Workspace.with(text) { workspace in
                let result = try await deliver(events, workspace)
                try await check(org, ids, result, workspace)
            }
        }
    }

    static func event(_ number: Int, _ traits: String) -> String {
        #"{"type":"identify","messageId":"m\#(number)","userId":"u\#(number)","#
            + #""timestamp":"2025-01-01T00:00:\#(10 + number)Z","traits":{\#(traits)}}"#
    }

    static func action(
        _ operation: String, matchers: String, operator word: String = "or",
        object: String = "Contact", fields: [String] = ["LastName: $.traits.last_name"]
    ) -> String {
        """
          - name: \(operation)
            object: \(object)
            trigger: type = "identify"
            operation: \(operation)
            from: start
            matchers: \(matchers)
            matchersOperator: \(word)

        """
            + (fields.isEmpty
                ? "" : "    fields:\n" + fields.map { "      \($0)\n" }.joined())
    }
}
