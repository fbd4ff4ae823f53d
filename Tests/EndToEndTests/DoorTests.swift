import SalesforceEmulator
import Testing

/// What the configuration says of the door.
extension EndToEnd {
    @Suite struct DoorTests {
        @Test func limitsOfTheConfigurationAreKept() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.ingest = """
                      limits: { eventsPerSecondMax: 2, eventBytesMax: 400, requestBytesMax: 4000 }
                    """
                try await Workspace.with(text) { workspace in
                    try await Server.run(workspace) { server in
                        let wide = Profile(9, plan: String(repeating: "p", count: 400))
                        let tooLarge = try await server.post("/v1/identify", wide.json)
                        #expect(tooLarge.status == 413)
                        #expect(tooLarge.body.text("$.code") == "event-too-large")
                        let body = Array(repeating: UInt8(ascii: " "), count: 4_001)
                        #expect(try await server.post("/v1/batch", body).status == 413)

                        // Paid for afterwards: the next one has to wait for more than two seconds.
                        let many = (1...7).map { Profile($0) }.batch
                        #expect(try await server.post("/v1/batch", many).status == 200)
                        let tooMany = try await server.post("/v1/identify", Profile(8).json)
                        #expect(tooMany.status == 429)
                        #expect(tooMany.body.text("$.code") == "too-many-events-a-second")
                        #expect(tooMany.retryAfter.flatMap { Int($0) } ?? 0 > 1)
                        let status = try await workspace.json("status")
                        #expect(status.int("$.log.lastPosition") ?? 0 >= 7)
                    }
                }
            }
        }
    }
}
