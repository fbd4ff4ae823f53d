import Events
import Foundation
import SalesforceEmulator
import Testing

/// `sync` alone, run from time to time as by cron: every run ends, says what is left, and the next
/// one goes on from there.
extension EndToEnd {
    @Suite struct SyncTests {
        private func withOrg(
            fence: String = "300ms", _ people: [Profile],
            _ body: @escaping @Sendable (EmulatorServer, Workspace) async throws -> Void
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.fence = fence
                try await Workspace.with(text) { workspace in
                    try workspace.write("events.ndjson", people.lines)
                    _ = try await workspace.json("ingest", "events.ndjson")
                    try await body(emulator, workspace)
                    let verified = try await workspace.json("verify")
                    #expect(verified.bool("$.ok") == true)
                }
            }
        }

        @Test func aCreateInDoubtEndsWithOneAndALaterSyncSettlesIt() async throws {
            try await withOrg(fence: "3s", [Profile(1)]) { emulator, workspace in
                emulator.org.inject(Fault(on: .create, .cutAfter))
                let first = try await workspace.tidemark("sync", "--json")
                #expect(first.status == 1, "\(first.errors)")
                #expect(try first.document().int("$.inDoubt") == 1)
                #expect(try first.document().int("$.created") == 0)
                #expect(emulator.org.count(of: "Contact") == 1)

                // Each run ends at once, long before the fence: were it begun anew by each, none
                // would see its end.
                let last = try await eventually("the fence is over") {
                    let exit = try await workspace.tidemark("sync", "--json")
                    #expect(exit.status == 0 || exit.status == 1, "\(exit.errors)")
                    return exit.status == 0 ? exit : nil
                }
                #expect(try last.document().int("$.inDoubt") == 0)
                #expect(emulator.org.contactsByEmail[Profile(1).email]?.count == 1)
                #expect(emulator.org.truth.filter { $0.kind == .create }.count == 1)
            }
        }

        @Test func aRunInTextSaysWhatIsInDoubt() async throws {
            try await withOrg(fence: "1h", [Profile(1), Profile(2)]) { emulator, workspace in
                emulator.org.inject(Fault(on: .create, .cutBefore))
                for _ in 0..<2 {
                    let exit = try await workspace.tidemark("sync")
                    #expect(exit.status == 1)
                    #expect(exit.output.contains("in doubt 2"))
                    #expect(exit.output.contains("looked at again after the fence"))
                    #expect(emulator.org.count(of: "Contact") == 0)
                }
                let status = try await workspace.json("status")
                #expect(status.int("$.keys.inDoubt") == 2)
            }
        }

        @Test func aRecordThatIsLockedForAnHourDoesNotHoldUpTheRun() async throws {
            try await withOrg([Profile(1), Profile(2)]) { emulator, workspace in
                let locked = ItemError(
                    index: 0, code: "ENTITY_IS_LOCKED", message: "the record is being approved")
                emulator.org.inject(Fault(on: .create, .itemErrors([locked])))
                let begun = ContinuousClock.now
                let exit = try await workspace.tidemark("sync", "--json")
                #expect(ContinuousClock.now - begun < .seconds(60))
                #expect(exit.status == 1)
                let pass = try exit.document()
                #expect(pass.int("$.created") == 1)
                #expect(pass.int("$.dirty") == 1)
                #expect(pass.int("$.waiting") == 1)
                #expect(pass.text("$.firstWaiting[0].object") == "Contact")
                #expect(pass.text("$.firstWaiting[0].key.Email") == Profile(1).email)
                let until = try #require(
                    pass.text("$.firstWaiting[0].until").flatMap { Timestamp.parse($0) })
                #expect(until > Int64(Date().timeIntervalSince1970 * 1_000) + 3_000_000)

                // Asked for by hand it is tried at once; here it is still locked.
                emulator.org.inject(Fault(on: .create, .itemErrors([locked])))
                let shown = try await workspace.tidemark("sync")
                #expect(shown.status == 1)
                #expect(
                    shown.output.contains(
                        "to come again later: Contact Email=\(Profile(1).email) until "))
                #expect(emulator.org.count(of: "Contact") == 1)

                let last = try await workspace.json("sync")
                #expect(last.int("$.created") == 1)
                #expect(last.int("$.waiting") == 0)
                #expect(emulator.org.count(of: "Contact") == 2)
            }
        }

        @Test func aLongRetryAfterEndsTheRunWithItsTime() async throws {
            try await withOrg([Profile(1)]) { emulator, workspace in
                emulator.org.inject(Fault(on: .query, .unavailable(retryAfterSeconds: 3_600)))
                let begun = ContinuousClock.now
                let exit = try await workspace.tidemark("sync")
                #expect(ContinuousClock.now - begun < .seconds(60))
                #expect(exit.status == 1)
                #expect(exit.output.contains("Salesforce asked to come again at "))
                let status = try await workspace.json("status")
                let reason = status.text("$.paused.reason")
                #expect(reason?.contains("Salesforce asked to come again at ") == true)
                // The next run is a person's word, or cron's: it asks again.
                #expect(try await workspace.json("sync").int("$.created") == 1)
                #expect(try await workspace.json("status")["$.paused"] == .null)
            }
        }
    }
}
