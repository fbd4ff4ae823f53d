import SalesforceEmulator
import Testing

/// Trouble comes and goes while a server runs: nobody restarts it, and nobody asks it to go on.
extension EndToEnd {
    @Suite struct RecoveryTests {
        struct Trouble: Sendable, CustomTestStringConvertible {
            let word: String
            let effect: FaultEffect

            var testDescription: String { word }
        }

        static let troubles = [
            Trouble(
                word: "SERVER_UNAVAILABLE",
                effect: .status(503, code: "SERVER_UNAVAILABLE", message: "later")),
            Trouble(word: "REQUEST_LIMIT_EXCEEDED", effect: .concurrencyLimit),
        ]

        @Test(arguments: troubles)
        func aRunningServerGoesOnByItself(_ trouble: Trouble) async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        try await server.settled()
                        emulator.org.inject(Fault(on: .query, times: nil, trouble.effect))
                        _ = try await server.post("/v1/identify", Profile(2).json)
                        let paused = try await eventually("the pause is shown") {
                            let status = try await workspace.json("status")
                            return status.text("$.paused.reason") == nil ? nil : status
                        }
                        #expect(paused.text("$.paused.reason")?.contains(trouble.word) == true)
                        #expect(paused.text("$.paused.since")?.hasSuffix("Z") == true)
                        let answer = try await server.post("/v1/identify", Profile(3).json)
                        #expect(answer.status == 200)
                        #expect(emulator.org.count(of: "Contact") == 1)

                        emulator.org.clearFaults()
                        try await eventually("it has gone on", within: .seconds(60)) {
                            emulator.org.count(of: "Contact") == 3 ? () : nil
                        }
                        try await server.settled()
                        #expect(try await workspace.json("status")["$.paused"] == .null)
                        for person in 1...3 {
                            let email = Profile(person).email
                            #expect(emulator.org.contactsByEmail[email]?.count == 1)
                        }
                    }
                }
            }
        }
    }
}
