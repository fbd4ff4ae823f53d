import Projection
import Records
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// Every rewrite that `docs/values.md` lists, from an event to the record and back: what Salesforce
/// makes of a value is no difference, and nothing is sent for it.
@Suite struct SalesforceRewriteTests {
    /// One org for all rows; each test looks at its own.
    static let world = Task { try await RewriteWorld.made() }

    @Test(arguments: SalesforceRewrite.all)
    func isStoredAndThenLeftAlone(rewrite: SalesforceRewrite) async throws {
        let result = try #require(try await Self.world.value.results[rewrite.testDescription])
        switch rewrite.outcome {
        case .parks(let code):
            #expect(result.status == code)
            #expect(result.first == nil)
        case .holds(let fields):
            #expect(result.status == "settled")
            for (name, value) in fields {
                #expect(result.first?[name]?.serialized() == value.serialized(), "\(name)")
            }
            for (name, value) in fields.merging(rewrite.inTheEnd, uniquingKeysWith: { $1 }) {
                #expect(result.last?[name]?.serialized() == value.serialized(), "\(name)")
            }
            #expect(result.laterSaves == rewrite.laterSaves)
            #expect(result.lastStatus == rewrite.endsAs)
        }
    }

    @Test func everyRewriteHasACase() {
        #expect(Set(SalesforceRewrite.all.map(\.number)) == Set(1...48))
        #expect(
            Set(SalesforceRewrite.all.map(\.testDescription)).count
                == SalesforceRewrite.all.count)
    }

    /// What is refused from describe costs no call: only these rows need Salesforce's word.
    @Test func whatDescribeRefusesIsNeverSent() async throws {
        let sent = try await Self.world.value.refusedBySalesforce
        #expect(
            sent == [
                "ENTITY_IS_DELETED", "FIELD_INTEGRITY_EXCEPTION",
                "INVALID_FIELD_FOR_INSERT_UPDATE",
            ])
    }
}

/// What became of every row.
struct RewriteWorld: Sendable {
    struct Result: Sendable {
        /// `settled`, or the code under which the key is parked, after the first pass.
        var status = ""
        var lastStatus = ""
        /// The record after the first pass, and after everything; with names for the ids of the
        /// world.
        var first: JSON?
        var last: JSON?
        var laterSaves = 0
    }

    fileprivate(set) var results: [String: Result] = [:]
    /// Codes with which Salesforce refused a record, sorted.
    fileprivate(set) var refusedBySalesforce: [String] = []

    private static let actions = [
        EveryField.action(
            EveryField.object, on: "identify", EveryField.fields.map(\.name).sorted()),
        EveryField.action(
            "Account", on: "group",
            ["Name", "FirstName", "LastName", "BillingCountry", "BillingState"]),
        EveryField.action(
            "Opportunity", on: "track", ["Name", "StageName", "CloseDate", "Probability"]),
        EveryField.action("Contact", on: "page", ["LastName", "Name", "MailingAddress"]),
    ].joined(separator: ",")

    static func made() async throws -> RewriteWorld {
        try await withTemporaryFolder { folder in
            try await EmulatorServer.withRunning(EveryField.options) { server in
                let org = server.org
                org.setHidden(true, field: "Hidden__c", of: EveryField.object)
                org.setAssignmentOwner(
                    RecordWorldNames.otherUser(of: org), of: EveryField.object)
                org.add(
                    Automation(object: EveryField.object, field: "Robot__c") { value in
                        value.string.map { .string($0.uppercased()) } ?? .null
                    })
                let parents = try org.seed(
                    "Contact", [["LastName": "Parent"], ["LastName": "Doomed"]])
                let names = RecordWorldNames(
                    parent: parents[0], doomed: parents[1], user: org.userID)
                let made = RewriteResults()
                try await withEngine(actions, in: folder, of: server) { bench in
                    await made.take(try await run(bench, names))
                }
                return await made.world
            }
        }
    }

    private static func run(
        _ bench: DeliveryBench, _ names: RecordWorldNames
    ) async throws -> RewriteWorld {
        var world = RewriteWorld()
        let rows = SalesforceRewrite.all
        _ = try await bench.log.append(
            rows.map { row in
                EveryField.event(
                    row.testDescription, kind: row.kind, row.says.mapValues(names.resolved))
            })
        try await bench.settle()
        try world.note(bench, names, status: \.status, record: \.first)
        let before = bench.org.truth.count

        for row in rows {
            guard let id = world.id(of: row, in: bench.org) else { continue }
            try row.meddling?(bench.org, id)
        }
        _ = try await bench.log.append(
            rows.compactMap { row in
                row.later.map {
                    EveryField.event(row.testDescription, kind: row.kind, $0, time: 10)
                }
            })
        for _ in 0..<2 {
            let last = try bench.log.reader().lastPosition().number
            try await bench.decide(.replay(ReplayRange(from: 1, through: last)))
            try await bench.settle()
        }
        try world.note(bench, names, status: \.lastStatus, record: \.last)
        for write in bench.org.truth.dropFirst(before) {
            let key = bench.org.record(write.object, id: write.id)?["External_Id__c"]?.string
            world.results[key ?? ""]?.laterSaves += 1
        }
        world.refusedBySalesforce = Set(
            try bench.outcomes().flatMap(\.results).filter { $0.status == .failed }
                .compactMap(\.code)
        ).sorted()
        return world
    }

    private func id(of row: SalesforceRewrite, in org: Org) -> String? {
        org.records(of: EveryField.object)
            .first { $0["External_Id__c"]?.string == row.testDescription }?["Id"]?.string
    }

    private mutating func note(
        _ bench: DeliveryBench, _ names: RecordWorldNames,
        status place: WritableKeyPath<Result, String>,
        record recordPlace: WritableKeyPath<Result, JSON?>
    ) throws {
        for record in try bench.projector.state.records(after: 0, countMax: .max) {
            guard let key = record.matchers.first?.value.text else { continue }
            var status = record.delivery.status.name
            if case .parked(let parking) = record.delivery.status { status = parking.code }
            results[key, default: Result()][keyPath: place] = status
        }
        for object in [EveryField.object, "Account", "Opportunity", "Contact"] {
            for record in bench.org.records(of: object) {
                guard let key = record["External_Id__c"]?.string else { continue }
                results[key, default: Result()][keyPath: recordPlace] = names.named(record)
            }
        }
    }
}

/// Hands a world out of the closure that makes it.
private actor RewriteResults {
    private(set) var world = RewriteWorld()

    func take(_ world: RewriteWorld) { self.world = world }
}

/// Ids of the world under names that a table can hold.
struct RecordWorldNames: Sendable {
    let parent: String
    let doomed: String
    let user: String

    /// An event gives the first fifteen characters.
    func resolved(_ value: FieldValue) -> FieldValue {
        switch value.text {
        case "PARENT": .text(String(parent.prefix(15)))
        case "DOOMED": .text(String(doomed.prefix(15)))
        default: value
        }
    }

    func named(_ record: JSON) -> JSON {
        guard let members = record.members else { return record }
        return .object(
            members.map { member in
                switch member.value.string {
                case parent: JSON.Member(member.name, "PARENT")
                case doomed: JSON.Member(member.name, "DOOMED")
                case user: JSON.Member(member.name, "INTEGRATION USER")
                default: member
                }
            })
    }

    static func otherUser(of org: Org) -> String? {
        org.records(of: "User").compactMap { $0["Id"]?.string }.first { $0 != org.userID }
    }
}
