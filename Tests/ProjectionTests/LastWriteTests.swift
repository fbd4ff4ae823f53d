import Records
import Testing

@testable import Projection

/// What the state keeps of succeeded writes, so that a rewrite by Salesforce is known again.
@Suite struct LastWriteTests {
    @Test func theSameValueWrittenAgainKeepsWhatWasReadInItsPlace() async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(TestEvent(10, #""email":"a@x.org","first":"Ann""#))
            try await write(.create, "Ann", over: .null, on: bench)
            #expect(try bench.firstName().lastWrite == LastWrite(wrote: .text("Ann")))
            try await write(.update, "Ann", over: .text("ANN"), on: bench)
            #expect(
                try bench.firstName().lastWrite
                    == LastWrite(wrote: .text("Ann"), read: .text("ANN")))
            #expect(try bench.state.rewrittenCount() == 0)

            // A look finds it once more: now it is known, and counted.
            try await settle(bench, rewritten: ["FirstName"])
            #expect(try bench.firstName().rewritten == .text("ANN"))
            #expect(try bench.state.rewrittenCount() == 1)

            // An event that says the same changes nothing of this; another value ends it.
            try await bench.send(TestEvent(20, #""email":"a@x.org","first":"Ann""#))
            #expect(try bench.firstName().rewritten == .text("ANN"))
            try await bench.send(TestEvent(30, #""email":"a@x.org","first":"Bea""#))
            #expect(try bench.firstName().rewritten == nil)
            #expect(try bench.firstName().lastWrite?.wrote == .text("Ann"))
            #expect(try bench.state.rewrittenCount() == 0)
        }
    }

    @Test func aLookThatFindsOurValueEndsTheRewrite() async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(TestEvent(10, #""email":"a@x.org","first":"Ann""#))
            try await write(.create, "Ann", over: .null, on: bench)
            try await write(.update, "Ann", over: .text("ANN"), on: bench)
            try await settle(bench, rewritten: ["FirstName"])
            try await settle(bench, rewritten: nil)
            #expect(try bench.firstName().rewritten == nil)
            #expect(try bench.state.rewrittenCount() == 0)
        }
    }

    @Test func whatWasWrittenToAnotherRecordIsForgotten() async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(TestEvent(10, #""email":"a@x.org","first":"Ann""#))
            try await write(.create, "Ann", over: .null, on: bench)
            try await bench.append(
                OutcomeEntry(settled: [
                    SettledEntry(key: bench.record().version, recordID: .second)
                ]))
            #expect(try bench.record().delivery.link == .second)
            #expect(try bench.firstName().lastWrite == nil)
        }
    }

    @Test(arguments: [OperationResult.Status.failed, .again, .inDoubt])
    func onlyWhatSucceededIsKept(status: OperationResult.Status) async throws {
        try await withProjection(TestActions.or) { bench in
            try await bench.send(TestEvent(10, #""email":"a@x.org","first":"Ann""#))
            try await write(.create, "Ann", over: .null, on: bench, status)
            #expect(try bench.firstName().lastWrite == nil)
        }
    }

    private func write(
        _ kind: OperationKind, _ value: String, over before: FieldValue,
        on bench: ProjectionBench, _ status: OperationResult.Status = .succeeded
    ) async throws {
        let change = IntentChange(
            field: "FirstName", before: before, after: .text(value), event: 1, messageID: "m",
            eventTime: 0, action: "a")
        let intent = try await bench.appendIntent(
            kind, [bench.record().version], changes: [change])
        try await bench.append(
            OutcomeEntry(
                intent: intent,
                results: [
                    OperationResult(
                        index: 0, status: status, recordID: status == .succeeded ? .first : nil)
                ]))
    }

    private func settle(_ bench: ProjectionBench, rewritten: [String]?) async throws {
        try await bench.append(
            OutcomeEntry(settled: [
                SettledEntry(
                    key: bench.record().version, recordID: .first, rewritten: rewritten)
            ]))
        try bench.project()
    }
}

extension ProjectionBench {
    fileprivate func firstName() throws -> FieldState {
        try #require(try record().fields.first { $0.name == "FirstName" })
    }
}
