import Projection
import Records
import SalesforceEmulator
import TestSupport
import Testing

@testable import Delivery

/// For any value of any field: what is observed after it was applied plans nothing more.
@Suite struct ValuePropertyTests {
    private static let keyCount = 120
    private static let fieldsPerKey = 5

    @Test(arguments: SeededGenerator.seeds(count: 2))
    func whatWasAppliedPlansNothingMore(seed: UInt64) async throws {
        let rules = EveryField.action(
            EveryField.object, on: "identify", AnyValue.fields)
        try await withDelivery(rules, options: EveryField.options) { bench in
            var random = SeededGenerator(seed: seed)
            // Creates, then updates of the same records.
            for time in 0..<2 {
                _ = try await bench.log.append(
                    (0..<Self.keyCount).map { key in
                        EveryField.event(
                            "key\(key)", AnyValue.some(Self.fieldsPerKey, &random),
                            time: Int64(time))
                    })
                try await bench.settle()
                try await expectNothingMore(bench, "seed \(seed), after apply")
                for record in bench.org.records(of: EveryField.object) {
                    guard let id = record["Id"]?.string else { continue }
                    try bench.org.saveInBrowser(EveryField.object, id: id)
                }
                try await expectNothingMore(bench, "seed \(seed), after the browser")
            }
            let keys = try bench.projector.state.records(after: 0, countMax: .max)
            let settledCount = keys.count { $0.delivery.status == .settled }
            #expect(settledCount > Self.keyCount / 2, "too few values to show anything")
            #expect(settledCount < keys.count, "no value was refused")
            // What was parked was refused from describe: Salesforce refused nothing.
            let answers = try bench.outcomes().flatMap(\.results)
            #expect(answers.filter { $0.status != .succeeded }.map(\.code) == [])
        }
    }

    private func expectNothingMore(_ bench: DeliveryBench, _ when: String) async throws {
        let before = bench.org.truth.count
        try await bench.lookAgain()
        let more = bench.org.truth.dropFirst(before)
        #expect(more.map { "\($0.fields)" } == [], "\(when)")
    }
}

/// Values as events may carry them: mostly fit for their field, some barely, some not.
enum AnyValue {
    static var fields: [String] { generators.keys.sorted() }

    /// Values for some fields, each field once.
    static func some(_ count: Int, _ random: inout SeededGenerator) -> [String: FieldValue] {
        let names = generators.keys.sorted().shuffled(using: &random).prefix(count)
        var values: [String: FieldValue] = [:]
        for name in names {
            values[name] = random.oneIn(12) ? .null : generators[name]?(&random)
        }
        return values
    }

    private typealias Generator = @Sendable (inout SeededGenerator) -> FieldValue

    private static let generators: [String: Generator] = [
        "Text__c": text(8), "Short__c": text(3), "Area__c": text(12), "Long__c": text(40),
        "Rich__c": text(10, also: markup), "Url__c": text(6), "Vault__c": text(6),
        "Combo__c": text(4), "Username": text(4), "CommentBody": text(6, also: markup),
        "Secret__c": text(3), "Phone__c": phone, "Email__c": email, "Int__c": number(9, 0),
        "Number__c": number(18, 1), "Score__c": number(4, 6), "Amount__c": number(16, 4),
        "Percent__c": number(3, 3), "Flag__c": flag, "Day__c": moment, "Moment__c": moment,
        "Time__c": time, "Pick__c": pick, "Tier__c": pick, "Default__c": pick, "Many__c": several,
        "Strict__c": several,
    ]

    private static let pieces = [
        "a", "B", "é", "e\u{301}", "ß", "İ", "K", " ", "  ", "\t", "\r\n", "\r", "\n", "\u{A0}",
        "\u{3000}", "\u{B}", "\u{1}", "😀", "&", "<", ">", "'", "\"", "\\", ";", "#N/A", "null",
        "true", "?????", "0", "1.50", "%", "_",
    ]
    private static let markup = [
        "<b>", "</b>", "<p>", "</p>", "<br/>", "<script>", "</script>", "&amp;", "&#39;", "&nbsp;",
        "<a href='x'>", "</a>",
    ]

    private static func text(_ count: Int, also more: [String] = []) -> Generator {
        { random in
            .text((0...random.below(count)).map { _ in random.pick(pieces + more) }.joined())
        }
    }

    private static let phone: Generator = { random in
        let digits = (0..<random.number(7...12)).map { _ in String(random.below(10)) }
        let plus = random.oneIn(3) ? "+" : ""
        return .text(plus + digits.joined(separator: random.pick(["", "", " ", "-"])))
    }

    private static let email: Generator = { random in
        let at = random.oneIn(15) ? " at " : "@"
        return .text(
            random.pick(["ann", "A.B", "o'neil", "Ü"]) + at + random.pick(["x.org", "X.Io"]))
    }

    private static func number(_ whole: Int, _ decimals: Int) -> Generator {
        { random in
            let digits = (0...random.below(whole)).map { _ in String(random.below(10)) }.joined()
            let tail = (0..<random.below(decimals + 1)).map { _ in String(random.below(10)) }
            let sign = random.oneIn(2) ? "-" : ""
            let text = sign + digits + (tail.isEmpty ? "" : "." + tail.joined())
            return random.oneIn(3) ? .text(text) : decimal(text)
        }
    }

    private static let flag: Generator = { random in
        random.pick([.boolean(true), .boolean(false), .text("TRUE"), decimal("0"), .text("1")])
    }

    private static let moment: Generator = { random in
        let day = "\(random.number(1700...3999))-0\(random.number(1...9))-1\(random.below(10))"
        if random.oneIn(3) { return .text(day) }
        let zone = random.pick(["Z", "+02:00", "-0530", ".123Z"])
        return .text("\(day)T1\(random.below(10)):3\(random.below(10)):59\(zone)")
    }

    private static let time: Generator = { random in
        .text("0\(random.below(10)):1\(random.below(10))" + random.pick(["", ":07", ":07.25Z"]))
    }

    private static let pick: Generator = { random in
        .text(random.pick(["Free", "free", "PRO", " Pro ", "Free", "Pro", "Pro", "Gold"]))
    }

    private static let several: Generator = { random in
        let chosen = (0...random.below(3)).map { _ in
            random.pick(["Books", "cars", "WINE", "Wine", "Books", "Cars", "Boats"])
        }
        return random.oneIn(2)
            ? .text(chosen.joined(separator: ";")) : .list(chosen.map(FieldValue.text))
    }
}
