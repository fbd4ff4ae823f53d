import Records
import TestSupport
import Testing

@Suite struct ComparisonPropertyTests {
    static let pieces = [
        "a", "B", "é", "e\u{301}", "ß", "İ", " ", "\t", "\r\n", "\r", "\n", "\u{A0}", "\u{B}",
        "😀", "0", "1", "9", ".", "-", "+", "e", "E", "T", "Z", ":", ";", "true", "False", "Pay",
        "charge", "pro", "2026-01-02", "T03:04:05", ".123", "0015500001QdRaY", "AAV", "X", "*",
        "\u{0}", "@", "a@b.de", "(", "<p>", "&", "&amp;", "<br/>",
    ]

    static func value(_ random: inout SeededGenerator, depth: Int = 0) -> FieldValue {
        switch random.below(depth > 1 ? 6 : 8) {
        case 0: return .null
        case 1: return .boolean(random.oneIn(2))
        case 2:
            let digits = (0...random.below(22)).map { _ in String(random.below(10)) }.joined()
            return number("\(random.oneIn(2) ? "-" : "")\(digits)e\(random.below(30) - 22)")
        case 3, 4, 5:
            return .text((0..<random.below(6)).map { _ in random.pick(pieces) }.joined())
        case 6: return .list((0..<random.below(4)).map { _ in value(&random, depth: depth + 1) })
        default: return .object(["member": value(&random, depth: depth + 1)])
        }
    }

    @Test(arguments: SeededGenerator.seeds(count: 8))
    func formsAreStable(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var acceptedCount = 0
        for _ in 0..<1500 {
            let field = random.pick(Field.all)
            let given = Self.value(&random)
            let stored = field.canonical(given)
            #expect(field.canonical(stored) == stored, "seed \(seed): \(field.name) \(given)")
            // A null checkbox is stored as false, and still nothing to match by; a phone number is
            // found as it is written.
            let isMatchedAsStored = field.matchForm(given) != nil || field.type != .boolean
            if isMatchedAsStored, field.type != .phone {
                #expect(field.matchForm(stored) == field.matchForm(given), "seed \(seed): \(given)")
            }
            guard let form = sent(field, given) else { continue }
            acceptedCount += 1
            #expect(sent(field, form) == form, "seed \(seed): \(field.name) \(given)")
            let storedForm = field.canonical(form)
            #expect(
                sent(field, storedForm).map(field.canonical) == storedForm,
                "seed \(seed): \(field.name) \(given)")
        }
        #expect(acceptedCount > 300, "seed \(seed): too few values to show anything")
    }

    @Test(arguments: SeededGenerator.seeds(count: 4))
    func valuesThatAreStoredAlikeMatchAlike(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let fields = [Field.text, Field.flag, Field.whole, Field.plan, Field.code]
        let ones = ["a", "A", " a", "1", "1.0", "pro", "Pro", "true"].map(FieldValue.text)
        let others = ["A ", "a", "01", "1", "PRO", "TRUE", "\u{A0}a"].map(FieldValue.text)
        var equalCount = 0
        for _ in 0..<5_000 {
            let field = random.pick(fields)
            let (one, other) = (random.pick(ones), random.pick(others))
            guard field.canonical(one) == field.canonical(other) else { continue }
            equalCount += 1
            #expect(field.matchForm(one) == field.matchForm(other), "seed \(seed)")
        }
        #expect(equalCount > 50, "seed \(seed)")
    }
}
