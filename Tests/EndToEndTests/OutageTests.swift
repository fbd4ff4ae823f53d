import Foundation
import SalesforceEmulator
import Testing

/// Salesforce is away, refuses the token, or has no calls left.
extension EndToEnd {
    @Suite struct OutageTests {
        @Test func eventsAreTakenInWhileSalesforceIsAwayAndArriveWhenItIsBack() async throws {
            let port = try FreePort.find()
            var options = EmulatorOptions()
            options.port = port
            let text = ConfigurationText("http://127.0.0.1:\(port)")
            try await Workspace.with(text) { workspace in
                let server = try await EmulatorServer.withRunning(options) { emulator in
                    let server = try await Server.start(workspace)
                    let answer = try await server.post("/v1/identify", Profile(1).json)
                    #expect(answer.status == 200)
                    try await eventually("the first record is there") {
                        emulator.org.contactsByEmail[Profile(1).email].map { _ in }
                    }
                    return server
                }
                // The org is gone now; the second one, on the same port, is empty.
                let begun = Date()
                let answer = try await server.post("/v1/identify", Profile(2).json)
                #expect(answer.status == 200)
                let paused = try await eventually("the pause is shown") {
                    let status = try await workspace.json("status")
                    return status.text("$.paused.reason") == nil ? nil : status
                }
                #expect(paused.text("$.paused.reason")?.contains("Salesforce") == true)
                let since = try #require(paused.text("$.paused.since"))
                #expect(since >= Self.seconds(begun.addingTimeInterval(-1)))
                let third = try await server.post("/v1/identify", Profile(3).json)
                #expect(third.status == 200)

                try await EmulatorServer.withRunning(options) { emulator in
                    try await eventually("what piled up is there", within: .seconds(60)) {
                        let contacts = emulator.org.contactsByEmail
                        return contacts[Profile(2).email] != nil
                            && contacts[Profile(3).email] != nil ? () : nil
                    }
                    try await server.settled()
                    let status = try await workspace.json("status")
                    #expect(status["$.paused"] == .null)
                    #expect(try await server.terminate().status == 0)
                }
            }
        }

        private static func seconds(_ date: Date) -> String {
            String(ISO8601DateFormatter().string(from: date).dropLast())
        }

        @Test func aServerThatBeganWhileSalesforceWasAwayDeliversWithoutBeingAsked() async throws {
            let port = try FreePort.find()
            var options = EmulatorOptions()
            options.port = port
            let text = ConfigurationText("http://127.0.0.1:\(port)")
            try await Workspace.with(text) { workspace in
                try await Server.run(workspace) { server in
                    let answer = try await server.post("/v1/identify", Profile(1).json)
                    #expect(answer.status == 200)
                    try await eventually("the pause is shown") {
                        try await workspace.json("status").text("$.paused.reason")
                    }
                    try await EmulatorServer.withRunning(options) { emulator in
                        try await eventually("the event is there", within: .seconds(60)) {
                            emulator.org.contactsByEmail[Profile(1).email].map { _ in }
                        }
                        try await server.settled()
                    }
                }
            }
        }

        @Test func syncEndsWithTheReasonWhenSalesforceIsAway() async throws {
            let text = ConfigurationText("http://127.0.0.1:\(try FreePort.find())")
            try await Workspace.with(text) { workspace in
                try workspace.write("events.ndjson", [Profile(1)].lines)
                _ = try await workspace.json("ingest", "events.ndjson")
                let exit = try await workspace.tidemark("sync", "--json")
                #expect(exit.status == 1)
                let reason = try exit.document().text("$.paused.reason")
                #expect(reason?.contains("was not sent") == true)
                let shown = try await workspace.tidemark("sync")
                #expect(shown.status == 1)
                #expect(shown.output.contains("paused since"))
                let plan = try await workspace.tidemark("plan")
                #expect(plan.status == 1)
                #expect(plan.errors.contains("could not be described"))
                let explained = try await workspace.tidemark(
                    "explain", "Contact", "Email=\(Profile(1).email)")
                #expect(explained.status == 1)
                #expect(explained.errors.contains("wait until Salesforce has described Contact"))
                let identity = try await workspace.tidemark("whoami")
                #expect(identity.status == 1)
                #expect(identity.errors.contains("Salesforce could not be reached"))
            }
        }

        @Test func anExpiredSessionIsRenewedWithoutAnybodyNoticing() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        try await server.settled()
                        emulator.org.expireSessions()
                        _ = try await server.post("/v1/identify", Profile(2).json)
                        try await server.settled()
                        #expect(emulator.org.contactsByEmail[Profile(2).email]?.count == 1)
                        let status = try await workspace.json("status")
                        #expect(status["$.paused"] == .null)
                    }
                }
            }
        }

        @Test func refusedCredentialsPauseDeliveryAndAreNamed() async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.clientSecret = "not-the-secret"
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", [Profile(1)].lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    let exit = try await workspace.tidemark("sync")
                    #expect(exit.status == 1)
                    #expect(exit.output.contains("credentials"))
                    #expect(!(exit.output + exit.errors).contains("not-the-secret"))
                    #expect(try await workspace.tidemark("whoami").status == 1)

                    // The right secret, and nothing else, mends it.
                    try workspace.configure(ConfigurationText(emulator.baseURL))
                    let synced = try await workspace.json("sync")
                    #expect(synced.int("$.created") == 1)
                    #expect(synced["$.paused"] == .null)
                }
            }
        }

        @Test func aSpentAllocationPausesDeliveryIsShownAndPasses() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        emulator.org.inject(Fault(on: .query, times: nil, .dailyLimit))
                        _ = try await server.post("/v1/identify", Profile(1).json)
                        let paused = try await eventually("the pause is shown") {
                            try await workspace.json("status").text("$.paused.reason")
                        }
                        #expect(paused.contains("REQUEST_LIMIT_EXCEEDED"))
                        let more = try await server.post("/v1/identify", Profile(2).json)
                        #expect(more.status == 200)
                        #expect(emulator.org.count(of: "Contact") == 0)
                    }
                    emulator.org.clearFaults()
                    // A start looks at once; a running server looks every quarter of an hour.
                    try await Server.run(workspace) { server in
                        try await server.settled()
                        #expect(emulator.org.contactsByEmail.count == 2)
                    }
                }
            }
        }
    }
}

/// A port that nobody listens on.
enum FreePort {
    struct Failed: Error { let code: Int32 }

    static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failed(code: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0
                    && getsockname(descriptor, address, &length) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { throw Failed(code: code) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
