import EventLog
import Records
import TestSupport
import Testing

@testable import Projection

/// Lookups in the fold: what is kept, who waits for whom, and who is woken when.
@Suite struct FoldParentTests {
    private static let descriptions = [
        ObjectDescription.contact.adding([
            FieldDescription(
                name: "AccountId", type: .reference, referenceTo: ["Account"],
                relationshipName: "Account"),
            FieldDescription(
                name: "OwnerId", type: .reference, referenceTo: ["Group", "User"],
                relationshipName: "Owner"),
        ]),
        ObjectDescription.account.adding([
            FieldDescription(
                name: "External_Id__c", type: .string, length: 8, isExternalID: true,
                isUnique: true)
        ]),
    ]

    private static func rules(
        _ field: String = "AccountId", account: String = #""External_Id__c":"$.properties.ext""#
    ) -> String {
        let lookup =
            #"{"lookup":{"field":"External_Id__c","value":"$.properties.account","missing":"wait"}}"#
        return TestActions.action(
            "contacts", fields: "\"LastName\":\"$.properties.last\",\"\(field)\":\(lookup)") + ","
            + TestActions.action(
                "accounts", on: "Firm", object: "Account", matchers: account,
                fields: #""Name":"$.properties.name","External_Id__c":"$.properties.ext""#)
    }

    private func with(
        _ rules: String = rules(), _ body: (ProjectionBench) async throws -> Void
    ) async throws {
        try await withProjection { bench in
            try await bench.configure(rules, descriptions: Self.descriptions)
            try await body(bench)
        }
    }

    private static func child(_ number: Int, _ account: String) -> TestEvent {
        TestEvent(10, #""email":"\#(number)@x.org","account":\#(account)"#)
    }

    private static let parent = TestEvent(5, #""ext":"A1","name":"Acme""#, "Firm")

    private func row(_ bench: ProjectionBench, _ object: String) throws -> [DesiredRecord] {
        try bench.records().filter { $0.object == object }
    }

    private func park(
        _ bench: ProjectionBench, _ records: [DesiredRecord],
        _ reason: ParkReason = .waitingForParent
    ) async throws {
        let blocked = records.map {
            BlockedEntry(
                key: $0.version, reason: reason, status: 424, message: "why", recordIDs: [],
                field: "AccountId")
        }
        try await bench.append(OutcomeEntry(blocked: blocked))
    }

    private func statuses(_ bench: ProjectionBench) throws -> [String] {
        try bench.records().map { "\($0.object) \($0.delivery.status.name)" }
    }

    @Test func theLookupIsKeptAndNoID() async throws {
        try await with { bench in
            try await bench.send(Self.child(1, "\" A1 \""))
            #expect(
                try bench.record().content
                    == "Contact exists Email=1@x.org | AccountId=>Account\u{1D}External_Id__c\u{1F}a1"
            )
        }
    }

    @Test(arguments: [
        ("null", "AccountId=null"), ("\"  \"", "AccountId=null"),
        ("\"123456789\"", "AccountId=!"), ("[1]", "AccountId=!"),
    ])
    func aValueThatNamesNoParent(_ value: String, _ content: String) async throws {
        try await with { bench in
            try await bench.send(Self.child(1, value))
            #expect(try bench.record().content.hasSuffix("| \(content)"))
        }
    }

    @Test func aLookupThatCannotWorkParksItsKeyWithTheReason() async throws {
        try await with(Self.rules("OwnerId")) { bench in
            try await bench.send(Self.child(1, "\"A1\""))
            #expect(try bench.record().invalidField?.why.detail.contains("name one") == true)
            #expect(try bench.record().delivery.status.name == "parked/rejected")
        }
    }

    @Test(arguments: [false, true])
    func aParentThatSettlesWakesWhoWaitsForIt(_ isProjectedBetween: Bool) async throws {
        try await with { bench in
            try await bench.send(
                Self.child(1, "\"a1\""), Self.child(2, "\"A1\""), Self.child(3, "\"other\""),
                Self.parent)
            try await park(bench, row(bench, "Contact"))
            if isProjectedBetween { try bench.project() }
            let account = try #require(try row(bench, "Account").first)
            try await bench.append(
                OutcomeEntry(settled: [SettledEntry(key: account.version, recordID: .first)]))
            #expect(
                try statuses(bench) == [
                    "Contact dirty", "Contact dirty", "Contact parked/waiting-for-parent",
                    "Account settled",
                ])
            #expect(try bench.state.waitingIDs(after: nil, countMax: 10).ids.count == 1)
        }
    }

    /// The parent is found by its name; what lookups go by is a field that it carries.
    @Test func aParentIsKnownByTheFieldsItCarriesToo() async throws {
        try await with(Self.rules(account: #""Name":"$.properties.name""#)) { bench in
            try await bench.send(Self.child(1, "\"A1\""), Self.parent)
            try await park(bench, row(bench, "Contact"))
            let account = try #require(try row(bench, "Account").first)
            let intent = try await bench.appendIntent(.create, [account.version])
            try await bench.append(
                OutcomeEntry(
                    intent: intent,
                    results: [OperationResult(index: 0, status: .succeeded, recordID: .first)]))
            #expect(try statuses(bench) == ["Contact dirty", "Account settled"])
        }
    }

    @Test(arguments: ParkReason.allCases)
    func aParentThatIsParkedIsNewsUnlessItWaitsItself(_ reason: ParkReason) async throws {
        try await with { bench in
            try await bench.send(Self.child(1, "\"A1\""), Self.parent)
            try await park(bench, row(bench, "Contact"))
            try await park(bench, row(bench, "Account"), reason)
            let isWoken = try row(bench, "Contact").allSatisfy { $0.delivery.status == .dirty }
            #expect(isWoken == !reason.isAboutParent)
        }
    }

    /// Looked at together: the entry names both, and no wake may be lost.
    @Test func aParentThatSettlesInTheSameEntryWakesItsChild() async throws {
        try await with { bench in
            try await bench.send(Self.child(1, "\"A1\""), Self.parent)
            let child = try #require(try row(bench, "Contact").first)
            let account = try #require(try row(bench, "Account").first)
            try await bench.append(
                OutcomeEntry(
                    settled: [SettledEntry(key: account.version, recordID: .first)],
                    blocked: [
                        BlockedEntry(
                            key: child.version, reason: .waitingForParent, status: 424,
                            message: "why", recordIDs: [], field: "AccountId")
                    ]))
            #expect(try statuses(bench) == ["Contact dirty", "Account settled"])
        }
    }

    @Test func aFoundParentWakesOnlyWhoWaits() async throws {
        try await with { bench in
            try await bench.send(Self.child(1, "\"A1\""), Self.child(2, "\"A1\""))
            let children = try row(bench, "Contact")
            try await park(bench, Array(children.prefix(1)))
            try await park(bench, Array(children.suffix(1)), .parentMissing)
            try await bench.append(OutcomeEntry(awoken: children.map(\.reference)))
            #expect(try statuses(bench) == ["Contact dirty", "Contact parked/parent-missing"])
        }
    }

    @Test func aNewEventEndsTheWait() async throws {
        try await with { bench in
            try await bench.send(Self.child(1, "\"A1\""))
            try await park(bench, row(bench, "Contact"))
            try bench.project()
            #expect(try bench.state.waitingIDs(after: nil, countMax: 10).ids.count == 1)
            try await bench.send(TestEvent(20, #""email":"1@x.org","last":"Lee""#))
            #expect(try statuses(bench) == ["Contact dirty"])
            #expect(try bench.state.waitingIDs(after: nil, countMax: 10).ids.isEmpty)
        }
    }

    @Test func waitingKeysComePageByPageEachOnce() async throws {
        try await with { bench in
            try await bench.send((0..<25).map { Self.child($0, "\"A\($0 % 7)\"") })
            try await park(bench, row(bench, "Contact"))
            try bench.project()
            var seen: [UInt64] = []
            var cursor: [UInt8]?
            repeat {
                let page = try bench.state.waitingIDs(after: cursor, countMax: 4)
                seen += page.ids
                cursor = page.cursor
            } while cursor != nil
            #expect(try seen.sorted() == bench.records().map(\.id))
        }
    }
}
