import Events
import Foundation
import SalesforceEmulator
import Testing

/// The log and the audit as people ask for them.
extension EndToEnd {
    @Suite struct LookingBackTests {
        @Test func theLogTellsTheStoryOfAKeyFromEventToAnswer() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", [Profile(1), Profile(2)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let key = "Contact:Email=\(Profile(1).email)"
                    let story = try await workspace.tidemark("log", "--key", key).output
                    let lines = story.split(separator: "\n")
                    #expect(lines.count == 3)
                    #expect(lines[0].hasSuffix("event  identify \(Profile(1).id) from website"))
                    #expect(lines[1].hasSuffix("intent  2 create Contact"))
                    #expect(lines[2].contains("2 succeeded"))

                    let intents = try await workspace.tidemark(
                        "log", "--kind", "intent", "--json")
                    let intent = try Document(intents.output)
                    #expect(intent.text("$.kind") == "intent")
                    #expect(intent.list("$.body.operations").count == 2)
                }
            }
        }

        @Test func theAuditIsFilteredAndExported() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", [Profile(1), Profile(2)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    let first = try await workspace.json("sync").int("$.position") ?? 0
                    try workspace.write("events.ndjson", [Profile(1, revision: 1)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")

                    let later = try await workspace.json("audit", "--since", "\(first + 1)")
                    #expect(later.list("$.operations").map { $0.text("$.operation") } == ["update"])
                    let created = try await workspace.json("audit", "--status", "201")
                    #expect(created.list("$.operations").count == 2)
                    let none = try await workspace.json("audit", "--object", "Lead")
                    #expect(none.list("$.operations").isEmpty)
                    let csv = try await workspace.tidemark("audit", "--export", "csv").output
                    #expect(csv.split(separator: "\r\n").count == 4)
                    let lines = try await workspace.tidemark("audit", "--export", "ndjson").output
                    #expect(
                        try lines.split(separator: "\n").map { try Document(String($0)) }.count == 3
                    )
                }
            }
        }

        /// A delete that matches nothing is 404, and nothing to do: told, and waiting for nobody.
        @Test func aDeleteOfNobodyIsToldAs404AndWaitsForNobody() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions =
                    ActionText.profiles(operation: "delete", fields: [:]) + "    from: start\n"
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", [Profile(1)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    let synced = try await workspace.json("sync")
                    #expect(synced.int("$.deleted") == 0 && synced.int("$.failed") == 0)
                    let audit = try await workspace.json("audit", "--status", "404")
                    let told = try #require(audit.list("$.operations").first)
                    #expect(told.text("$.key.Email") == Profile(1).email)
                    #expect(told.text("$.outcome") == "blocked")
                    #expect(told.text("$.error.code") == "not-found")
                    #expect(told.int("$.events[0]") == 2, "the event that asked")
                    #expect(try await workspace.json("parked").list("$.parked").isEmpty)
                    let explained = try await workspace.tidemark(
                        "explain", "Contact", "Email=\(Profile(1).email)")
                    #expect(explained.output.contains("404: no record matches"))
                    #expect(!explained.output.contains("last sent"), "no head without a table")
                    #expect(emulator.org.truth.isEmpty)
                }
            }
        }

        @Test func aCreateActionsKeyIsNamedAsItIsShown() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = """
                      - name: Tickets
                        object: Case
                        trigger: type = "identify"
                        operation: create
                        from: start
                        fields: { Subject: $.traits.last_name }
                    """
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", [Profile(1), Profile(2)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    let shown = try await workspace.json("audit").list("$.operations")
                    #expect(shown.count == 2)
                    let operation = try #require(shown.last)
                    let key = try #require(operation.text("$.key['#event']"))
                    let explained = try await workspace.json("explain", "Case", "#event=\(key)")
                    #expect(explained.text("$.recordId") == operation.text("$.recordId"))
                    #expect(explained.text("$.fields[0].desired") == Profile(2).lastName)
                    let log = try await workspace.tidemark("log", "--key", "Case:#event=\(key)")
                    #expect(log.output.contains(Profile(2).id))
                    #expect(!log.output.contains(Profile(1).id))
                }
            }
        }

        /// Takes events in through the server, or without one.
        private func take(
            _ profiles: [Profile], _ workspace: Workspace, _ server: Server?
        ) async throws {
            if let server {
                #expect(try await server.post("/v1/batch", profiles.batch).status == 200)
                return
            }
            try workspace.write("more.ndjson", profiles.lines)
            _ = try await workspace.json("ingest", "more.ndjson")
        }

        private func expectFollowed(_ workspace: Workspace, _ server: Server?) async throws {
            let key = "Contact:Email=\(Profile(1).email)"
            let follower = try workspace.start(["log", "--follow", "--key", key])
            try await eventually("the past is shown") {
                try follower.outputSoFar().contains(Profile(1).id) ? () : nil
            }
            try await take([Profile(2), Profile(1, revision: 1)], workspace, server)
            try await eventually("the event about the key is shown") {
                try follower.outputSoFar().contains(Profile(1, revision: 1).id) ? () : nil
            }
            if server == nil { _ = try await workspace.json("sync") }
            try await eventually("the answer about the key is shown") {
                let lines = try follower.outputSoFar().split(separator: "\n")
                return lines.count { $0.contains("  outcome  ") } > 1 ? () : nil
            }
            follower.signal(2)
            let exit = try await follower.exit()
            #expect(!exit.output.contains(Profile(2).id), "\(exit.output)")
            #expect(exit.output.contains("1 update Contact"), "\(exit.output)")
        }

        @Test(arguments: [false, true])
        func followShowsWhatComesAboutAKeyAndNothingElse(besideAServer: Bool) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await take([Profile(1)], workspace, nil)
                    _ = try await workspace.json("sync")
                    guard besideAServer else {
                        return try await expectFollowed(workspace, nil)
                    }
                    try await Server.run(workspace) { server in
                        try await expectFollowed(workspace, server)
                    }
                }
            }
        }

        @Test func followEndsByItselfWhenItsEndHasPassed() async throws {
            try await Workspace.with(ConfigurationText("http://127.0.0.1:9")) { workspace in
                try await take([Profile(1)], workspace, nil)
                // Time enough for two commands on a busy machine.
                let end = Int64(Date().timeIntervalSince1970 * 1_000) + 10_000
                let toTime = try workspace.start(
                    ["log", "--follow", "--until", Timestamp.format(end)])
                let toPosition = try workspace.start(["log", "--follow", "--until", "3"])
                let past = try await workspace.tidemark(
                    "log", "--follow", "--until", "2020-01-01T00:00:00Z")
                #expect(past.status == 0 && past.output.isEmpty)
                try await take([Profile(2), Profile(3)], workspace, nil)
                let first = try await toPosition.exit()
                #expect(first.status == 0 && first.output.contains(Profile(2).id))
                #expect(!first.output.contains(Profile(3).id))
                let second = try await toTime.exit()
                #expect(second.status == 0 && second.output.contains(Profile(3).id))
                #expect(Int64(Date().timeIntervalSince1970 * 1_000) > end)
            }
        }

        @Test func followShowsEntriesAsTheyComeUntilItIsStopped() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        let follower = try workspace.start(["log", "--follow", "--kind", "event"])
                        _ = try await server.post("/v1/identify", Profile(2).json)
                        try await eventually("the second event is shown") {
                            try follower.outputSoFar().contains(Profile(2).id) ? () : nil
                        }
                        follower.signal(2)
                        #expect(try await follower.exit().output.contains(Profile(1).id))
                    }
                }
            }
        }
    }
}
