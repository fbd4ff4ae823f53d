import Events
import SalesforceEmulator
import Testing

/// What a person gets who mistypes something, or whose machine is not as it should be.
extension EndToEnd {
    @Suite struct SlipTests {
        @Test func aFolderThatCannotBeLookedIntoIsNotCalledEmpty() async throws {
            try await Workspace.with(ConfigurationText("http://127.0.0.1:1")) { workspace in
                try workspace.write("events.ndjson", [Profile(1)].lines)
                let file = ["TIDEMARK_DATA": workspace.folder + "/events.ndjson"]
                for command in ["status", "verify", "rebuild", "check"] {
                    let exit = try await workspace.tidemark(command, environment: file)
                    #expect(exit.status == 1, "\(command)")
                    #expect(
                        exit.errors.contains("cannot be looked into: Not a directory"),
                        "\(command): \(exit.errors)")
                }
                let written = try await workspace.tidemark(
                    "ingest", "events.ndjson", environment: file)
                #expect(written.status == 1)
                #expect(written.errors.contains("events.ndjson/log: Not a directory; check `data`"))
            }
        }

        @Test func anAddressThatIsTakenOrUnknownIsNamed() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    // Outside loopback no key may stand in the file.
                    let yaml = ConfigurationText(emulator.baseURL).yaml
                        .replacing("writeKey: website-key", with: "writeKey: env:KEY")
                    try workspace.write("tidemark.yaml", yaml)
                    let taken = String(emulator.baseURL.dropFirst("http://".count))
                    for (address, reason) in [
                        (taken, "Address already in use"), ("nobody.invalid:0", "not known"),
                    ] {
                        let exit = try await workspace.tidemark(
                            "serve", environment: ["TIDEMARK_INGEST_LISTEN": address, "KEY": "k"])
                        #expect(exit.status == 1)
                        #expect(exit.errors.contains("cannot listen on \(address): "))
                        #expect(exit.errors.contains(reason), "\(exit.errors)")
                        #expect(exit.errors.contains("change ingest.listen"))
                    }
                }
            }
        }

        @Test func aReplayOfAnObjectThatNoActionWritesIsRefused() async throws {
            try await withDelivered([Profile(1)]) { workspace, _ in
                let slip = try await workspace.tidemark(
                    "replay", "--from", "1", "--object", "Contakt")
                #expect(slip.status == 1)
                #expect(slip.errors.contains("no action writes Contakt; actions write Contact"))
                let decisions = try await workspace.tidemark("log", "--kind", "decision")
                #expect(decisions.output.isEmpty, "nothing was decided")
                _ = try await workspace.json("replay", "--from", "1", "--object", "contact")
                #expect(try await workspace.json("status").int("$.keys.dirty") == 1)
            }
        }

        /// A message ID is unique within its source: under a misspelt name every event would count
        /// as a new one, for good.
        @Test func aMisspeltSourceIsRefusedAndANewOneIsNot() async throws {
            try await withDelivered([Profile(1)]) { workspace, _ in
                let slip = try await workspace.tidemark(
                    "ingest", "events.ndjson", "--source", "webiste")
                #expect(slip.status == 64)
                #expect(slip.errors.contains("did you mean website?"))
                let status = try await workspace.json("status")
                #expect(status.list("$.sources").map { $0.text("$.name") } == ["website"])
                let archive = try await workspace.json(
                    "ingest", "events.ndjson", "--source", "archive")
                #expect(archive.int("$.accepted") == 1)
            }
        }

        @Test func aFileOfNothingButRubbishIsAFailure() async throws {
            try await withDelivered([Profile(1)]) { workspace, _ in
                let last = try await workspace.json("status").int("$.log.lastPosition")
                try workspace.write("rubbish.ndjson", "one\ntwo\n")
                let exit = try await workspace.tidemark("ingest", "rubbish.ndjson", "--json")
                #expect(exit.status == 1)
                let document = try exit.document()
                #expect(document.list("$.rejected").map { $0.int("$.line") } == [1, 2])
                #expect(document.int("$.lastPosition") == last, "the log's, whatever was refused")
                let both = try await workspace.tidemark("ingest", "rubbish.ndjson", "events.ndjson")
                #expect(both.status == 0, "something in them is in the log")
            }
        }

        @Test func whatIsNoIdIsSaidToBeNone() async throws {
            try await withDelivered([Profile(1)]) { workspace, _ in
                let exit = try await workspace.tidemark("explain", "003ak0000000003AAB")
                #expect(exit.status == 64)
                #expect(exit.errors.contains("003ak0000000003AAB is not a record id"))
            }
        }

        private func withDelivered(
            _ profiles: [Profile],
            _ body: @escaping @Sendable (Workspace, Org) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try workspace.write("events.ndjson", profiles.lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    _ = try await workspace.json("sync")
                    try await body(workspace, emulator.org)
                }
            }
        }
    }
}
