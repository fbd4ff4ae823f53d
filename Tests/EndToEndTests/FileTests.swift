import EventLog
import Foundation
import SalesforceEmulator
import Testing

/// Files on the command line.
extension EndToEnd {
    @Suite struct FileTests {
        private static func with(
            _ body: @escaping @Sendable (Workspace, EmulatorServer) async throws -> Void
        )
            async throws
        {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await body(workspace, emulator)
                }
            }
        }

        @Test func rowsOfAnExportBecomeContactsAndTheSameFileChangesNothing() async throws {
            try await Self.with { workspace, emulator in
                try workspace.write(
                    "export.csv",
                    """
                    Nr,E-mail,Last name,plan,Points
                    1,person1@example.com,"Novák, ml.",pro,5
                    2,person2@example.com,Nová,free,many
                    3,person3@example.com,Nový,,
                    """)
                let arguments = [
                    "ingest", "export.csv", "--map", "Nr=userId", "--map", "E-mail=traits.email",
                    "--map", "Last name=traits.last_name", "--map", "Points=traits.score:number",
                    "--map", "*=traits",
                ]
                let exit = try await workspace.start(arguments + ["--json"]).exit()
                let ingested = try exit.document()
                #expect(exit.status == 0)
                #expect(ingested.int("$.accepted") == 2)
                let refused = try #require(ingested.list("$.rejected").first)
                #expect(refused.int("$.line") == 3)
                #expect(refused.int("$.column") == 33)
                #expect(refused.text("$.code") == "malformed-row")
                _ = try await workspace.json("sync")
                let contacts = emulator.org.contactsByEmail
                #expect(Set(contacts.keys) == ["person1@example.com", "person3@example.com"])
                let first = contacts["person1@example.com"]?.first
                #expect(first?["LastName"]?.string == "Novák, ml.")
                #expect(first?["Plan__c"]?.string == "pro")

                let again = try await workspace.start(arguments).exit()
                #expect(again.output.contains("export.csv:3:33: "))
                #expect(again.output.contains("accepted 0, duplicates 2, rejected 1"))
                #expect(again.errors.isEmpty, "progress is for terminals")
            }
        }

        @Test(
            arguments: [
                (["ingest", "nowhere.csv"], 1, "nowhere.csv: No such file"),
                (["ingest", "good.ndjson", "nowhere.ndjson"], 1, "nowhere.ndjson: No such file"),
                (["ingest", "."], 1, "directory"),
                (["ingest", "bad.csv"], 1, "bad.csv:1:8: the column's name \"mail\" is no member"),
                (["ingest", "bad.csv", "--map", "mail"], 64, "\"mail\" says no path"),
                (["ingest", "bad.csv", "--type", "identfy"], 64, "did you mean identify?"),
            ] as [([String], Int32, String)])
        func aFileThatCannotBeReadLeavesNoDataFolder(
            arguments: [String], status: Int32, words: String
        ) async throws {
            try await Self.with { workspace, _ in
                try workspace.write("bad.csv", "userId,mail\nu,m")
                try workspace.write("good.ndjson", [Profile(1)].lines)
                let exit = try await workspace.start(arguments).exit()
                #expect(exit.status == status)
                #expect(exit.errors.contains(words), "\(exit.errors)")
                #expect(!FileManager.default.fileExists(atPath: workspace.data))
            }
        }

        /// Three events of about 300 bytes, 10 KB and 50 KB.
        private static let sizes = ["plain", "wide", "huge"].enumerated().map { index, id in
            let words = (0..<5).map {
                "\"t\($0)\":\"" + String(repeating: "x", count: 9_900) + "\""
            }
            let traits = (["\"last_name\":\"L\""] + words.prefix([0, 1, 5][index]))
            return #"{"type":"identify","messageId":"\#(id)","userId":"u","#
                + #""traits":{\#(traits.joined(separator: ","))}}"# + "\n"
        }.joined()

        @Test(
            arguments: [
                ("", ["plain", "wide"]),
                ("eventBytesMax: 400", ["plain"]),
                ("eventBytesMax: 100000", ["plain", "wide", "huge"]),
            ], [false, true])
        func anEventOfAFileMayHaveWhatTheConfigurationSays(
            limits: (text: String, accepted: [String]), besideAServer: Bool
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.ingest = "  limits: { \(limits.text) }"
                try await Workspace.with(text) { workspace in
                    try workspace.write("sizes.ndjson", Self.sizes)
                    let ingested =
                        besideAServer
                        ? try await Server.run(workspace) { _ in
                            try await workspace.json("ingest", "sizes.ndjson")
                        } : try await workspace.json("ingest", "sizes.ndjson")
                    let refused = ingested.list("$.rejected")
                    #expect(refused.count == 3 - limits.accepted.count)
                    #expect(refused.allSatisfy { $0.text("$.code") == "event-too-large" })
                    let log = try LogReader(folder: workspace.data + "/log")
                    defer { log.close() }
                    #expect(try log.events().map(\.messageID) == limits.accepted)
                }
            }
        }

        @Test func standardInputIsReadAsItIsSaidToBe() async throws {
            try await Self.with { workspace, _ in
                let file = try workspace.write("rows", "userId,traits.email\nu,a@example.com")
                let piped = try await workspace.tidemark(
                    "ingest", "-", "--format", "csv", "--json", input: file)
                #expect(try piped.document().int("$.accepted") == 1)
                let lines = try workspace.write("lines", [Profile(1)].lines)
                let json = try await workspace.tidemark("ingest", "-", "--json", input: lines)
                #expect(try json.document().int("$.accepted") == 1)
            }
        }
    }
}
