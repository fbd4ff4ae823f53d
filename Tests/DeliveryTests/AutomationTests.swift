import Foundation
import Projection
import Records
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Triggers, flows and data-quality tools that change what was written.
@Suite struct AutomationTests {
    private static let upperCase = Automation(object: "Contact", field: "FirstName") { name in
        name.string.map { .string($0.uppercased()) } ?? .null
    }

    @Test func aTriggerThatRewritesOurValueIsKnownTheSecondTime() async throws {
        try await withDelivery { bench in
            bench.org.add(Self.upperCase)
            try await bench.send(TestPerson(1))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com ANN Lee1"])
            try await bench.lookAgain(times: 5)
            // The second write told that no person had changed it.
            #expect(bench.writes() == ["create Contact", "update Contact"])
            #expect(try bench.projector.state.rewrittenCount() == 1)
            #expect(
                try bench.outcomes().flatMap(\.settled).compactMap(\.rewritten).first
                    == ["FirstName"])
        }
    }

    @Test func aToolThatComesByLaterIsKnownTheSecondTime() async throws {
        try await withDelivery { bench in
            bench.org.add(
                Automation(object: "Contact", field: "FirstName", moment: .later) { _ in "Anna" })
            try await bench.send(TestPerson(1))
            try await bench.settle()
            for _ in 0..<4 {
                try bench.org.runLaterAutomations()
                try await bench.lookAgain()
            }
            #expect(bench.contacts() == ["p1@example.com Anna Lee1"])
            #expect(bench.writes() == ["create Contact", "update Contact"])
        }
    }

    @Test func otherFieldsAndOtherValuesGoOnBeingWritten() async throws {
        try await withDelivery { bench in
            bench.org.add(Self.upperCase)
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try await bench.lookAgain(times: 2)
            try await bench.send(TestPerson(1, last: "Moe", time: 10))
            try await bench.settle()
            let last = try #require(try bench.intents().last?.intent.operations.first)
            #expect(last.changes.map(\.field) == ["LastName"])

            try await bench.send(TestPerson(1, first: "Bea", last: "Moe", time: 20))
            try await bench.settle()
            #expect(bench.contacts() == ["p1@example.com BEA Moe"])
        }
    }

    @Test func aPersonsEditIsStillADifference() async throws {
        try await withDelivery { bench in
            try await bench.send(TestPerson(1))
            try await bench.settle()
            let id = try #require(bench.org.records(of: "Contact").first?["Id"]?.string)
            try bench.org.edit("Contact", id: id, ["FirstName": "Annie"])
            try await bench.lookAgain()
            #expect(bench.contacts() == ["p1@example.com Ann Lee1"])
            #expect(try bench.projector.state.rewrittenCount() == 0)
        }
    }

    @Test func aPersonsEditOfWhatATriggerRewritesIsADifferenceAgain() async throws {
        try await withDelivery { bench in
            bench.org.add(Self.upperCase)
            try await bench.send(TestPerson(1))
            try await bench.settle()
            try await bench.lookAgain(times: 2)
            let id = try #require(bench.org.records(of: "Contact").first?["Id"]?.string)
            try bench.org.edit("Contact", id: id, ["FirstName": "Zoe"])
            #expect(bench.contacts() == ["p1@example.com ZOE Lee1"])
            try await bench.lookAgain()
            #expect(bench.contacts() == ["p1@example.com ANN Lee1"])
            let settledAfter = bench.writes().count
            try await bench.lookAgain(times: 4)
            // At most once more, until the trigger's value is known anew.
            #expect(bench.writes().count <= settledAfter + 1)
        }
    }

    /// The memory lies in the log: a state folded anew knows it too. `withDelivery` compares the
    /// two byte for byte at its end.
    @Test func theMemorySurvivesARebuild() async throws {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning { server in
                server.org.add(Self.upperCase)
                try await withEngine(in: folder, of: server) { bench in
                    try await bench.send(TestPerson(1))
                    try await bench.settle()
                    try await bench.lookAgain(times: 2)
                }
                try FileManager.default.removeItem(atPath: folder + "/state")
                let writes = server.org.truth.count
                try await withEngine(in: folder, of: server) { bench in
                    #expect(try bench.projector.state.rewrittenCount() == 1)
                    try await bench.lookAgain(times: 2)
                }
                #expect(server.org.truth.count == writes)
            }
        }
    }
}

extension DeliveryBench {
    /// Makes every key dirty and settles: what a replay of all of history does.
    func lookAgain(times: Int = 1) async throws {
        for _ in 0..<times {
            let last = try log.reader().lastPosition().number
            try await decide(.replay(ReplayRange(from: 1, through: last)))
            try await settle()
        }
    }
}
