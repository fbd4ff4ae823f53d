import Records
import TestSupport
import Testing

@Suite struct DecimalNumberTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("007", "7"), ("10000.0", "10000"), ("1.0E7", "10000000"),
        ("9.12260031E8", "912260031"), ("-12.50", "-12.5"), ("+3", "3"), (".5", "0.5"),
        ("0.0001", "0.0001"), ("1e-3", "0.001"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e40", "1" + String(repeating: "0", count: 40)), ("1e41", "1E41"),
    ])
    func aNumberIsWrittenInOnePlainForm(text: String, written: String) {
        #expect(DecimalNumber(text)?.description == written)
    }

    @Test(arguments: [
        "", " 1", "1 ", "NaN", "inf", "0x10", "1,5", "1.2.3", "--1", "+-1", "1e", "1e1.5", "e5",
        ".",
        "1e10001", "1e-9223372036854775808", "1e99999999999999999999", "٣",
    ])
    func whatIsNotADecimalNumberIsRefused(text: String) {
        #expect(DecimalNumber(text) == nil)
    }

    @Test func equalNumbersAreEqualHoweverTheyWereWritten() {
        let forms = ["1.0E7", "10000000", "10000000.0", "0.1e8"].map { DecimalNumber($0) }
        #expect(Set(forms).count == 1)
    }

    @Test(arguments: [
        ("2.345", 2, "2.35"), ("2.344", 2, "2.34"), ("-2.345", 2, "-2.35"), ("0.005", 2, "0.01"),
        ("0.004", 2, "0"), ("0.0004", 2, "0"), ("999.999", 2, "1000"), ("0.95", 1, "1"),
        ("12", 2, "12"), ("1.5", 0, "2"), ("-0.4", 0, "0"), ("1e-9", 3, "0"),
    ])
    func roundingGoesHalfAwayFromZero(text: String, scale: Int, rounded: String) {
        #expect(DecimalNumber(text)?.rounded(toScale: scale).description == rounded)
    }

    @Test func digitsAreCountedOnBothSidesOfThePoint() throws {
        let number = try #require(DecimalNumber("-1234.50"))
        #expect(number.integerDigitCount == 4)
        #expect(number.scale == 1)
        #expect(number.significantDigitCount == 5)
        #expect(DecimalNumber("0.05")?.integerDigitCount == 0)
    }

    @Test func wholeNumbersGiveTheirInteger() {
        #expect(DecimalNumber("12.0")?.integer == 12)
        #expect(DecimalNumber("-9223372036854775808")?.integer == Int.min)
        #expect(DecimalNumber("9223372036854775808")?.integer == nil)
        #expect(DecimalNumber("0.5")?.integer == nil)
        #expect(DecimalNumber(Int.min).description == "-9223372036854775808")
    }

    @Test(arguments: SeededGenerator.seeds(count: 3))
    func descriptionReadsBackAsTheSameNumber(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let digits = (0...random.below(25)).map { _ in String(random.below(10)) }.joined()
            let text = "\(random.oneIn(2) ? "-" : "")\(digits)e\(random.below(120) - 60)"
            let number = DecimalNumber(text)
            #expect(number != nil, "seed \(seed)")
            #expect(number.flatMap { DecimalNumber($0.description) } == number, "seed \(seed)")
        }
    }
}
