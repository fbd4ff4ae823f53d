import Events
import Logging
import Projection
import Records
import SalesforceEmulator
import Synchronization
import Testing

@testable import Delivery

/// What other tools are known to get wrong when they write many records, done right in the files of
/// jobs too. Each test says what happened elsewhere; `docs/known-weaknesses.md` lists all.
@Suite struct PeerJobTests {
    /// Rows of one kind: enough for a job of their own.
    private static let count = 30

    private static let settings = DeliverySettings.test {
        $0.limits = JobTests.settings.limits
        $0.limits.jobs.pageKeyCountMax = 200
        $0.limits.roundKeyCountMax = 200
    }

    private static let pair = TestRules.action(
        matchers: #""Email":"$.traits.email""#,
        fields: #""LastName":"$.traits.last","Phone":"$.traits.phone""#)
    private static let byID = TestRules.action(
        matchers: #""External_Id__c":"$.userId""#, fields: #""LastName":"$.traits.last""#)

    /// An event about person `number`, with these traits beside the email address.
    private static func event(
        _ number: Int, _ traits: [String: FieldValue], kind: String = "identify",
        user: String? = nil
    ) -> Event {
        let all = traits.merging(["email": .text("p\(number)@b.co")]) { given, _ in given }
        let text = """
            {"type":"\(kind)","userId":\(FieldValue.text(user ?? "u\(number)").json),\
            "groupId":"g","timestamp":"2025-06-15T00:00:00Z",\
            "traits":\(FieldValue.object(all).json)}
            """
        return Event(
            source: "web", messageID: "\(kind)/\(number)", receivedAt: 1_760_000_000_000,
            bytes: Array(text.utf8))
    }

    private static func seed(_ bench: DeliveryBench, _ numbers: Range<Int>) throws {
        try bench.org.seed(
            "Contact",
            numbers.map {
                [
                    "LastName": "Old", "Email": .string("p\($0)@b.co"),
                    "Phone": .string("0\($0)"),
                ]
            })
    }

    /// Takes the events in and delivers them; all that was sent must have gone by jobs.
    private static func deliver(_ events: [Event], _ bench: DeliveryBench) async throws {
        _ = try await bench.log.append(events)
        try await bench.settle()
        #expect(Set(try bench.intents().map(\.intent.request.lane)) == [.bulk])
    }

    /// The values of a field, by the number of the person.
    private static func values(_ bench: DeliveryBench, _ field: String) -> [String: String?] {
        Dictionary(
            bench.org.records(of: "Contact").map { ($0["Email"]?.string ?? "", $0[field]?.string) },
            uniquingKeysWith: { _, _ in "twice" })
    }

    private static func expected(
        _ numbers: Range<Int>, _ value: (Int) -> String?
    ) -> [String: String?] {
        Dictionary(uniqueKeysWithValues: numbers.map { ("p\($0)@b.co", value($0)) })
    }

    /// Elsewhere a column that one event overrode was emptied for all rows after it.
    @Test func oneRowsOverrideLeavesTheOtherRowsAlone() async throws {
        let override = TestRules.action(
            name: "override", matchers: #""Email":"$.traits.email""#,
            fields: #""LastName":"$.traits.own""#)
        let rules = Self.pair + "," + override
        try await withDelivery(rules, settings: Self.settings) { bench in
            try Self.seed(bench, 0..<Self.count)
            try await Self.deliver(
                (0..<Self.count).map { number in
                    let own: [String: FieldValue] = number == 0 ? ["own": .text("Own")] : [:]
                    return Self.event(
                        number, own.merging(["last": .text("Std\(number)")]) { $1 })
                }, bench)
            #expect(
                Self.values(bench, "LastName")
                    == Self.expected(0..<Self.count) { $0 == 0 ? "Own" : "Std\($0)" })
        }
    }

    /// Elsewhere a field that an event did not carry was emptied, because a row beside it had it.
    @Test func aFieldThatARowLacksIsLeftAlone() async throws {
        try await withDelivery(Self.pair, settings: Self.settings) { bench in
            let all = 0..<(2 * Self.count)
            try Self.seed(bench, all)
            try await Self.deliver(
                all.map { number in
                    let phone: [String: FieldValue] =
                        number < Self.count ? ["phone": .text("1\(number)")] : [:]
                    return Self.event(number, phone.merging(["last": .text("New")]) { $1 })
                }, bench)
            #expect(Self.values(bench, "LastName") == Self.expected(all) { _ in "New" })
            #expect(
                Self.values(bench, "Phone")
                    == Self.expected(all) { $0 < Self.count ? "1\($0)" : "0\($0)" })
            #expect(bench.org.statistics.calls[.bulkCreate] == 2)
        }
    }

    /// Elsewhere a quote and a line end in an external id added a record to the file.
    @Test func noCellBecomesASecondRow() async throws {
        let rule = TestRules.action(
            matchers: #""External_Id__c":"$.userId""#,
            fields: #""LastName":"$.traits.last","Description":"$.traits.text""#)
        try await withDelivery(rule, settings: Self.settings) { bench in
            try await Self.deliver(
                (0..<Self.count).map { number in
                    Self.event(
                        number,
                        [
                            "last": .text(#"A,"B" \#(number)"#),
                            "text": .text("one\n\"evil\",\"y\"\n#N/A"),
                        ], user: #"x\#(number)" "evil","y"#)
                }, bench)
            let contacts = bench.org.records(of: "Contact")
            #expect(
                Set(contacts.compactMap { $0["External_Id__c"]?.string })
                    == Set((0..<Self.count).map { #"x\#($0)" "evil","y"# }))
            #expect(contacts.count == Self.count)
            #expect(
                Set(contacts.compactMap { $0["LastName"]?.string })
                    == Set((0..<Self.count).map { #"A,"B" \#($0)"# }))
            #expect(
                contacts.allSatisfy {
                    $0["Description"]?.string == "one\n\"evil\",\"y\"\n#N/A"
                })
        }
    }

    /// Elsewhere an external id that was mapped as a field too failed without a word.
    @Test func aMatcherMappedAsAFieldTooIsOneColumn() async throws {
        let rule = TestRules.action(
            matchers: #""External_Id__c":"$.userId""#,
            fields: #""LastName":"$.traits.last","External_Id__c":"$.userId""#)
        try await withDelivery(rule, settings: Self.settings) { bench in
            try await Self.deliver(
                (0..<Self.count).map { Self.event($0, ["last": .text("A")]) }, bench)
            let ids = bench.org.records(of: "Contact").compactMap { $0["External_Id__c"]?.string }
            #expect(ids.sorted() == (0..<Self.count).map { "u\($0)" }.sorted())
        }
    }

    /// Elsewhere an object was written as `[object Object]`.
    @Test func aRowWithAValueOfTheWrongShapeIsLeftOut() async throws {
        try await withDelivery(Self.byID, settings: Self.settings) { bench in
            let wrong: [FieldValue] = [.object(["a": .text("b")]), .list([.text("a")])]
            let bad = wrong.enumerated().map { Self.event(100 + $0.offset, ["last": $0.element]) }
            let good = (0..<Self.count).map { Self.event($0, ["last": .text("A")]) }
            try await Self.deliver(bad + good, bench)
            let names = bench.org.records(of: "Contact").map { $0["LastName"]?.string }
            #expect(names == Array(repeating: "A", count: Self.count))
            let parked = try await bench.keys().filter { !$0.hasSuffix(" settled") }
            #expect(parked == ["u100 parked/rejected", "u101 parked/rejected"])
        }
    }

    /// Elsewhere the first event decided the object and the external id for the whole batch.
    @Test func eachRowIsInAJobOfItsOwnObject() async throws {
        let leads = TestRules.action(
            on: "group", name: "leads", matchers: #""External_Id__c":"$.userId""#,
            fields: #""LastName":"$.traits.last","Company":"$.traits.company""#
        ).replacing(#""object":"Contact""#, with: #""object":"Lead""#)
        try await withDelivery(Self.byID + "," + leads, settings: Self.settings) { bench in
            let all = 0..<(2 * Self.count)
            try await Self.deliver(
                all.map { number in
                    Self.event(
                        number, ["last": .text("A"), "company": .text("C")],
                        kind: number.isMultiple(of: 2) ? "group" : "identify")
                }, bench)
            func ids(_ object: String) -> Set<String> {
                Set(bench.org.records(of: object).compactMap { $0["External_Id__c"]?.string })
            }
            #expect(ids("Lead") == Set(all.filter { $0.isMultiple(of: 2) }.map { "u\($0)" }))
            #expect(ids("Contact") == Set(all.filter { !$0.isMultiple(of: 2) }.map { "u\($0)" }))
            #expect(bench.org.count(of: "Lead") + bench.org.count(of: "Contact") == all.count)
        }
    }

    /// Elsewhere every event of a batch was a success once the file was handed over.
    @Test func aRowThatSalesforceRefusesIsToldByItself() async throws {
        try await withDelivery(Self.byID, settings: Self.settings) { bench in
            bench.org.inject(
                Fault(
                    on: .bulkProcess,
                    .itemErrors([
                        ItemError(
                            index: 5, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "no")
                    ])))
            try await Self.deliver(
                (0..<Self.count).map { Self.event($0, ["last": .text("A")]) }, bench)
            #expect(bench.org.count(of: "Contact") == Self.count - 1)
            var codes: [String] = []
            for record in try bench.projector.state.records(after: 0, countMax: .max) {
                if case .parked(let parking) = record.delivery.status { codes.append(parking.code) }
            }
            #expect(codes == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"])
        }
    }

    /// Elsewhere the rows of a file were not checked for what the object requires.
    @Test func aRowWithoutARequiredFieldIsNotInTheFile() async throws {
        try await withDelivery(Self.byID, settings: Self.settings) { bench in
            let without = Self.event(100, [:])
            try await Self.deliver(
                [without] + (0..<Self.count).map { Self.event($0, ["last": .text("A")]) }, bench)
            #expect(bench.org.truth.count == Self.count)
            #expect(try bench.intents().flatMap(\.intent.operations).count == Self.count)
            let parked = try await bench.keys().filter { !$0.hasSuffix(" settled") }
            #expect(parked == ["u100 parked/rejected"])
        }
    }

    /// Elsewhere there was no delete of many.
    @Test func manyDeletesAreOneJob() async throws {
        let rule = TestRules.action(
            "delete", matchers: #""Email":"$.traits.email""#, fields: "")
        try await withDelivery(rule, settings: Self.settings) { bench in
            try Self.seed(bench, 0..<(2 * Self.count))
            try await Self.deliver((0..<Self.count).map { Self.event($0, [:]) }, bench)
            #expect(
                Set(Self.values(bench, "LastName").keys)
                    == Set((Self.count..<(2 * Self.count)).map { "p\($0)@b.co" }))
            #expect(bench.org.statistics.calls[.bulkCreate] == 1)
        }
    }

    /// Elsewhere errors were logged with the personal data of the whole file.
    @Test func whatIsLoggedOfAJobHoldsNoValues() async throws {
        let lines = LogLines()
        try await withDelivery(
            Self.byID, settings: Self.settings, logger: lines.logger
        ) { bench in
            bench.org.inject(
                Fault(
                    on: .bulkProcess,
                    .failJob(afterRows: 3, message: "InternalServerError : p1@b.co Hidden")))
            bench.org.inject(
                Fault(
                    on: .upsert,
                    .itemErrors([
                        ItemError(index: 4, code: "CANNOT_INSERT_UPDATE", message: "Hidden")
                    ])))
            _ = try await bench.log.append(
                (0..<Self.count).map { Self.event($0, ["last": .text("Hidden")]) })
            try await bench.settle()
            #expect(bench.org.count(of: "Contact") > 0)
        }
        #expect(!lines.all.isEmpty)
        for value in ["@b.co", "Hidden", "u7"] {
            #expect(lines.all.allSatisfy { !$0.contains(value) })
        }
    }
}

/// What was logged, at any level, with its metadata.
final class LogLines: Sendable {
    // Protected by the mutex.
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "delivery-tests", factory: { _ in Handler(lines: self) }) }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.lines.withLock { $0.append("\(event.message) \(all)") }
        }
    }
}
