import EventLog
import Events
import Foundation
import SalesforceEmulator
import Synchronization
import TestSupport
import Testing

/// The server is killed at random moments while events come in and Salesforce loses answers.
extension EndToEnd {
    @Suite struct KillTests {
        private static let rounds = 6
        private static let people = 60

        /// Without a unique external id a create in doubt waits out its fence; with one it is sent
        /// again at once.
        @Test(
            arguments: [
                "{ Email: $.traits.email }",
                "{ External_Id__c: $.userId, Email: $.traits.email }",
            ], SeededGenerator.seeds(count: 1))
        func nothingAcknowledgedIsLostOrDoubledWhenTheServerIsKilled(
            matchers: String, seed: UInt64
        ) async throws {
            try await EmulatorServer.withRunning { emulator in
                var text = ConfigurationText(emulator.baseURL)
                text.actions = ActionText.profiles(matchers: matchers)
                try await Workspace.with(text) { workspace in
                    var random = SeededGenerator(seed: seed)
                    let sent = Acknowledged()
                    for round in 0..<Self.rounds {
                        try await killOnce(workspace, emulator.org, round, &random, sent)
                    }
                    emulator.org.clearFaults()
                    try await Server.run(workspace) { try await $0.settled() }
                    #expect(emulator.org.statistics.faultsFired > 0, "seed \(seed)")
                    try expectTruth(workspace, emulator.org, sent, seed)
                    let verified = try await workspace.json("verify")
                    #expect(verified.bool("$.ok") == true, "seed \(seed)")
                }
            }
        }

        private func killOnce(
            _ workspace: Workspace, _ org: Org, _ round: Int, _ random: inout SeededGenerator,
            _ sent: Acknowledged
        ) async throws {
            for kind in [CallKind.create, .update, .upsert] where random.next() % 2 == 0 {
                org.inject(Fault(on: kind, afterCalls: Int(random.next() % 2), .cutAfter))
            }
            let life = Duration.milliseconds(Int(random.next() % 900) + 50)
            let producerSeed = random.next()
            let server = try await Server.start(workspace)
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await produce(to: server, round, producerSeed, sent) }
                tasks.addTask {
                    // The moment of the kill is the point: it comes from the seed. A cancelled
                    // sleep kills early.
                    try? await Task.sleep(for: life)
                    await server.kill()
                }
                await tasks.waitForAll()
            }
        }

        /// Sends small batches until the server is gone, and notes what it acknowledged.
        private func produce(
            to server: Server, _ round: Int, _ seed: UInt64, _ sent: Acknowledged
        ) async {
            var random = SeededGenerator(seed: seed)
            for step in 0..<10_000 {
                let profiles = (0..<Int(random.next() % 8) + 1).map { offset in
                    Profile(
                        Int(random.next() % UInt64(Self.people)),
                        revision: round * 100_000 + step * 10 + offset)
                }
                do {
                    let answer = try await server.post("/v1/batch", profiles.batch)
                    guard answer.status == 200 else { return }
                    sent.add(profiles.map(\.id))
                } catch {
                    // Killed in the middle: whether this batch was kept, only the log knows.
                    return
                }
            }
        }

        private func expectTruth(
            _ workspace: Workspace, _ org: Org, _ sent: Acknowledged, _ seed: UInt64
        ) throws {
            let log = try LogReader(folder: workspace.data + "/log")
            defer { log.close() }
            let events = try log.events()
            let kept = Set(events.map(\.messageID))
            #expect(!sent.ids.isEmpty)
            #expect(sent.ids.subtracting(kept).isEmpty, "lost, seed \(seed)")

            let email = JSONPath(["traits", "email"])
            let plan = JSONPath(["traits", "plan"])
            var wanted: [String: (time: Int64, plan: String)] = [:]
            for event in events {
                let name = event.string(at: email) ?? ""
                guard wanted[name].map({ $0.time <= event.eventTime }) ?? true else { continue }
                wanted[name] = (event.eventTime, event.string(at: plan) ?? "")
            }
            let contacts = org.contactsByEmail
            #expect(Set(contacts.keys) == Set(wanted.keys), "seed \(seed)")
            for (name, last) in wanted {
                #expect(contacts[name]?.count == 1, "\(name) is not one record, seed \(seed)")
                #expect(contacts[name]?.first?["Plan__c"]?.string == last.plan, "seed \(seed)")
            }
        }
    }
}

/// Message IDs that the server has acknowledged.
final class Acknowledged: Sendable {
    private let acknowledged = Mutex<Set<String>>([])

    var ids: Set<String> { acknowledged.withLock { $0 } }

    func add(_ ids: [String]) { acknowledged.withLock { $0.formUnion(ids) } }
}

extension LogReader {
    /// All events, in order.
    func events() throws -> [Event] {
        var events: [Event] = []
        var after = Position.zero
        while true {
            let page = try entries(after: after, countMax: 10_000, bytesMax: 64 << 20)
            guard let last = page.last else { return events }
            after = last.position
            for entry in page where entry.kind == .event {
                events.append(try EventBody.decode(entry))
            }
        }
    }
}
