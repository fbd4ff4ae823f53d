import SalesforceEmulator
import Testing

/// Two thousand events about five hundred people: what they come to, and what they cost.
extension EndToEnd {
    @Suite struct BurstTests {
        private static let people = 500
        private static let revisions = 4
        private static let callsMax = 10

        /// Each person's four events stand next to each other, as a signup flow sends them.
        private static var events: [Profile] {
            (0..<people).flatMap { person in
                (0..<revisions).map { Profile(person, revision: $0) }
            }
        }

        @Test func aBurstCostsTenCallsTheSameAgainNothingAndTenChangesTenFields() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await firstTime(workspace, emulator.org)
                    try await again(workspace, emulator.org)
                    try await replayed(workspace, emulator.org)
                    try await tenChanges(workspace, emulator.org)
                    let verified = try await workspace.json("verify")
                    #expect(verified.bool("$.ok") == true)
                }
            }
        }

        private func firstTime(_ workspace: Workspace, _ org: Org) async throws {
            try workspace.write("burst.ndjson", Self.events.lines)
            let ingested = try await workspace.json("ingest", "burst.ndjson")
            #expect(ingested.int("$.accepted") == Self.people * Self.revisions)
            #expect(ingested.int("$.duplicates") == 0)
            let synced = try await workspace.json("sync")
            #expect(synced.int("$.created") == Self.people)
            expectLastValues(org)
            #expect(org.truth.allSatisfy { $0.kind == .create })
            #expect(org.statistics.callCount <= Self.callsMax, "\(org.statistics.calls)")
            #expect(synced.int("$.apiCalls").map { $0 <= Self.callsMax } == true)
        }

        private func again(_ workspace: Workspace, _ org: Org) async throws {
            let writes = org.truth.count
            let writing = org.writingCallCount
            let ingested = try await workspace.json("ingest", "burst.ndjson")
            #expect(ingested.int("$.duplicates") == Self.people * Self.revisions)
            #expect(ingested.int("$.accepted") == 0)
            let synced = try await workspace.json("sync")
            #expect(synced.int("$.created") == 0 && synced.int("$.updated") == 0)
            #expect(org.truth.count == writes)
            #expect(org.writingCallCount == writing)
        }

        private func replayed(_ workspace: Workspace, _ org: Org) async throws {
            let writing = org.writingCallCount
            _ = try await workspace.json("replay", "--from", "1")
            let synced = try await workspace.json("sync")
            #expect(synced.int("$.unchanged") == Self.people)
            #expect(org.writingCallCount == writing)
            expectLastValues(org)
        }

        /// Four hundred events, of which ten say something new: one field each.
        private func tenChanges(_ workspace: Workspace, _ org: Org) async throws {
            let last = Self.revisions - 1
            let changed = Set((0..<10).map { $0 * 37 })
            let events = (0..<400).map { person in
                Profile(
                    person, revision: Self.revisions,
                    plan: changed.contains(person) ? "enterprise" : "plan-\(last)")
            }
            let before = org.truth.count
            try workspace.write("changes.ndjson", events.lines)
            _ = try await workspace.json("ingest", "changes.ndjson")
            let synced = try await workspace.json("sync")
            #expect(synced.int("$.updated") == changed.count)
            let writes = org.truth.dropFirst(before)
            #expect(writes.count == changed.count)
            for write in writes {
                #expect(write.kind == .update)
                #expect(write.fields == ["Plan__c": "enterprise"])
                #expect(!write.isNoOp)
            }
        }

        private func expectLastValues(_ org: Org) {
            let contacts = org.contactsByEmail
            #expect(contacts.count == Self.people)
            for person in 0..<Self.people {
                let wanted = Profile(person, revision: Self.revisions - 1)
                let found = contacts[wanted.email] ?? []
                #expect(found.count == 1, "\(wanted.email)")
                #expect(found.first?["LastName"]?.string == wanted.lastName)
                #expect(found.first?["Plan__c"]?.string == wanted.planName)
                #expect(found.first?["Score__c"] == .number("\(person).0"))
            }
        }

        @Test func theSameBurstOverHTTPComesToTheSameRecordsInNoMoreCalls() async throws {
            try await EmulatorServer.withRunning { emulator in
                try await Workspace.with(ConfigurationText(emulator.baseURL)) { workspace in
                    try await Server.run(workspace) { server in
                        let events = Self.events
                        for start in stride(from: 0, to: events.count, by: 250) {
                            let batch = Array(events[start..<min(start + 250, events.count)])
                            let answer = try await server.post("/v1/batch", batch.batch)
                            #expect(answer.status == 200)
                            #expect(answer.body.int("$.accepted") == batch.count)
                        }
                        try await server.settled()
                        expectLastValues(emulator.org)
                        let calls = emulator.org.statistics
                        #expect(calls.callCount <= Self.callsMax, "\(calls.calls)")
                        let created = emulator.org.truth.filter { $0.kind == .create }
                        #expect(created.count == Self.people)

                        let writes = emulator.org.truth.count
                        let again = try await server.post("/v1/batch", Array(events[..<250]).batch)
                        #expect(again.status == 200)
                        #expect(again.body.int("$.duplicates") == 250)
                        try await server.settled()
                        #expect(emulator.org.truth.count == writes)
                    }
                }
            }
        }
    }
}
