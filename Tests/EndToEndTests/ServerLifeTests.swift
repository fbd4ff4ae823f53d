import Foundation
import SalesforceEmulator
import Testing

/// How a server ends, and who may work beside it.
extension EndToEnd {
    @Suite struct ServerLifeTests {
        @Test func aTermSignalDrainsAndLeavesNothingInDoubt() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    emulator.org.inject(Fault(on: .create, .delay(milliseconds: 700)))
                    let server = try await Server.start(workspace)
                    _ = try await server.post("/v1/identify", Profile(1).json)
                    try await eventually("the create is under way") {
                        emulator.org.writingCallCount > 0 ? () : nil
                    }
                    let begun = ContinuousClock.now
                    let exit = try await server.terminate()
                    #expect(exit.status == 0 && !exit.wasSignalled, "\(exit.errors)")
                    #expect(ContinuousClock.now - begun < .seconds(10))
                    let status = try await workspace.json("status")
                    #expect(status.int("$.keys.inDoubt") == 0)
                    #expect(status.int("$.keys.settled") == 1)
                    #expect(emulator.org.contactsByEmail[Profile(1).email]?.count == 1)
                }
            }
        }

        @Test func whoeverWouldDisturbAServerRefusesAndNamesIt() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        let process = "process \(server.process.processID)"
                        for command in ["serve", "sync", "rebuild"] {
                            let exit = try await workspace.tidemark(command)
                            #expect(exit.status == 1, "\(command)")
                            #expect(exit.errors.contains(process), "\(command): \(exit.errors)")
                        }
                        #expect(try await server.get("/readyz").status == 200)
                    }
                }
            }
        }

        @Test func commandsThatWriteGoThroughTheServer() async throws {
            try await EmulatorServer.withRunning { emulator in
                let org = emulator.org
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try org.seed(
                        "Contact",
                        (0..<2).map { ["LastName": .string("Twin \($0)"), "Email": twinEmail] })
                    try await Server.run(workspace) { server in
                        try workspace.write("events.ndjson", (0..<3).map { Profile($0) }.lines)
                        let ingested = try await workspace.json("ingest", "events.ndjson")
                        #expect(ingested.int("$.accepted") == 3)
                        try await server.settled()
                        #expect(org.count(of: "Contact") == 4)

                        let writing = org.writingCallCount
                        let replayed = try await workspace.json("replay", "--from", "1")
                        #expect(replayed.int("$.position") != nil)
                        let applied = try await workspace.json("apply")
                        #expect(applied.int("$.created") == 0)
                        #expect(applied.int("$.parked.ambiguous") == 1)
                        try await server.settled()
                        #expect(org.writingCallCount == writing)

                        try org.delete("Contact", id: try #require(twin(1, org)))
                        let released = try await workspace.json("retry", "--reason", "ambiguous")
                        #expect(released.int("$.released") == 1)
                        try await eventually("the survivor is updated") {
                            org.contactsByEmail[Profile(2).email]?.first?["LastName"]?.string
                                == Profile(2).lastName ? () : nil
                        }
                    }
                }
            }
        }

        private var twinEmail: JSON { .string(Profile(2).email) }

        private func twin(_ number: Int, _ org: Org) -> String? {
            org.records(of: "Contact").first { $0["LastName"]?.string == "Twin \(number)" }?["Id"]?
                .string
        }

        @Test(
            arguments: [
                ["status"], ["explain", "Contact", "Email=person1@example.com"], ["audit"],
                ["parked"], ["log"], ["plan"], ["verify"], ["check"], ["whoami"],
            ])
        func commandsThatReadWorkBesideTheServer(arguments: [String]) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        try await server.settled()
                        let exit = try await workspace.start(arguments).exit()
                        #expect(exit.status == 0, "\(exit.errors)")
                        #expect(!exit.output.isEmpty)
                        #expect(exit.errors.isEmpty)
                    }
                }
            }
        }

        @Test func statusNamesTheServerAndWhereItListens() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        let status = try await workspace.json("status")
                        #expect(
                            status.int("$.server.processId") == Int(server.process.processID))
                        #expect(
                            status.text("$.server.ingest").map { "http://" + $0 } == server.url)
                    }
                    let after = try await workspace.json("status")
                    #expect(after["$.server"] == .null)
                }
            }
        }
    }
}
