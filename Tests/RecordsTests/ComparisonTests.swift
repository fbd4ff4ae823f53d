import Foundation
import Records
import Testing

/// Two forms of one stored value, or two values that differ.
struct ComparisonCase: CustomTestStringConvertible, Sendable {
    let name: String
    let field: FieldDescription
    let one: FieldValue
    let other: FieldValue

    init(_ name: String, _ field: FieldDescription, _ one: FieldValue, _ other: FieldValue) {
        self.name = name
        self.field = field
        self.one = one
        self.other = other
    }

    var testDescription: String { name }
}

@Suite struct ComparisonTests {
    static let same: [ComparisonCase] = [
        .init("text is trimmed", Field.text, .text(" a b "), .text("a b")),
        .init("empty is null", Field.text, .text(""), .null),
        .init("blank is null", Field.text, .text(" \n"), .null),
        .init("email is lower case", Field.email, .text("Ch.M@x.com"), .text("ch.m@x.com")),
        .init("line ends", Field.area, .text("a\r\nb\rc"), .text("a\nb\nc")),
        .init(
            "milliseconds", Field.datetime, .text("2026-05-01T07:25:37.123Z"),
            .text("2026-05-01T07:25:37.000+0000")),
        .init(
            "zones", Field.datetime, .text("2026-05-01T09:25:37+02:00"),
            .text("2026-05-01T07:25:37Z")),
        .init("date", Field.date, .text("2026-05-01T07:25:37Z"), .text("2026-05-01")),
        .init("time", Field.time, .text("07:25"), .text("07:25:00.000Z")),
        .init("scale", Field.score, number("1.005"), number("1.01")),
        .init("more decimals kept by the API", Field.score, number("1.0149"), number("1.01")),
        .init(
            "the last digits of 18", Field.big, number("123456789012345678"),
            number("123456789012345680")),
        .init("exponents", Field.amount, number("1.0E7"), .text("10000000.0")),
        .init("numbers as text", Field.whole, .text("10000"), number("10000")),
        .init("a checkbox holds no null", Field.flag, .null, .boolean(false)),
        .init("picklist case", Field.plan, .text("PRO"), .text("Pro")),
        .init("multi-select order", Field.choices, .text("Charge;Pay"), .text("Pay;Charge")),
        .init("multi-select duplicates", Field.choices, texts("Pay", "Pay"), .text("Pay")),
        .init("multi-select none", Field.choices, .list([]), .null),
        .init("ids", Field.account, .text("0015500001QdRaY"), .text("0015500001QdRaYAAV")),
        .init("numbers in text", Field.text, number("7"), .text("7")),
        .init("a line end on one line", Field.text, .text("a\r\nb"), .text("a b")),
        .init("a browser's phone", Field.phone, .text("2345678901"), .text("(234) 567-8901")),
        .init("a phone's leading 1", Field.phone, .text("12345678901"), .text("(234) 567-8901")),
        .init("grouping", Field.phone, .text("+49 30/123-45.6"), .text("+493012345.6")),
        .init("a username", Field.username, .text("Ann@X.Org"), .text("ann@x.org")),
    ]

    static let different: [ComparisonCase] = [
        .init("inner spaces", Field.text, .text("a  b"), .text("a b")),
        .init("no-break space", Field.text, .text("\u{A0}a"), .text("a")),
        .init("full-width space", Field.text, .text("a\u{3000}"), .text("a")),
        .init("rich text spaces", Field.rich, .text(" a"), .text("a")),
        .init("case of other text", Field.text, .text("ACME"), .text("acme")),
        .init("normalisation", Field.text, .text("caf\u{E9}"), .text("cafe\u{301}")),
        .init("zero is not null", Field.score, number("0"), .null),
        .init("false is not true", Field.flag, .boolean(false), .boolean(true)),
        .init("16 digits", Field.big, number("1234567890123456"), number("1234567890123457")),
        .init(
            "a second", Field.datetime, .text("2026-05-01T07:25:37Z"),
            .text("2026-05-01T07:25:38Z")),
        .init("case of an id", Field.account, .text("001550000QdRaYx"), .text("001550000QdRayx")),
        .init("another phone", Field.phone, .text("2345678901"), .text("2345678902")),
        .init("a phone abroad", Field.phone, .text("+2345678901"), .text("2345678901")),
        .init("an extension", Field.phone, .text("234 x5"), .text("2345")),
        .init("lines of an address", Field.area, .text("a\nb"), .text("a b")),
        .init("sets", Field.choices, .text("Pay"), .text("Pay;Charge")),
        .init("an unreadable date", Field.date, .text("soon"), .null),
    ]

    @Test(arguments: same)
    func aDifferenceOfRepresentationIsNone(one: ComparisonCase) {
        #expect(one.field.canonical(one.one) == one.field.canonical(one.other))
    }

    @Test(arguments: different)
    func aDifferenceOfValueIsKept(one: ComparisonCase) {
        #expect(one.field.canonical(one.one) != one.field.canonical(one.other))
    }

    @Test func soqlIgnoresCaseUnlessTheFieldIsUniqueAndCaseSensitive() {
        #expect(Field.text.matchForm(.text(" ACME ")) == "acme")
        #expect(Field.text.matchForm(.text("ÜBER")) == Field.text.matchForm(.text("über")))
        #expect(Field.code.matchForm(.text("aB")) == "aB")
        var loose = Field.code
        loose.isUnique = false
        #expect(loose.matchForm(.text("aB")) == "ab")
        #expect(Field.plan.matchForm(.text("pro")) == Field.plan.matchForm(.text("PRO")))
        #expect(Field.choices.matchForm(.text("Charge;PAY")) == "pay;charge")
        // Compared as dialled, found as written.
        #expect(Field.phone.matchForm(.text("(234) 567-8901")) == "(234) 567-8901")
    }

    @Test func idsAreMatchedWithTheirCase() {
        #expect(Field.account.matchForm(.text("0015500001QdRaY")) == "0015500001QdRaYAAV")
        #expect(
            Field.account.matchForm(.text("0015500001QdRaY"))
                != Field.account.matchForm(.text("0015500001QdRay")))
    }

    @Test func nullAndBlankMatchNothing() {
        for field in Field.all {
            #expect(field.matchForm(.null) == nil)
            #expect(field.matchForm(.text(" ")) == nil)
        }
        #expect(Field.choices.matchForm(.list([])) == nil)
        #expect(Field.text.matchForm(texts("a")) == nil)
        #expect(Field.flag.matchForm(.boolean(false)) == "false")
    }

    @Test func onlyEncryptedTextCanBeMasked() {
        #expect(Field.secret.isMasked(.text("*****")))
        #expect(Field.secret.isMasked(.text("XXX-XX-1234")))
        #expect(!Field.secret.isMasked(.text("123-45-6789")))
        #expect(!Field.secret.isMasked(.null))
        #expect(!Field.text.isMasked(.text("*****")))
    }

    private static let reference = ProcessInfo.processInfo.environment["TIDEMARK_REFERENCE"]

    @Test(.enabled(if: reference != nil, "the recordings are not at hand: TIDEMARK_REFERENCE"))
    func recordedEmailsReadBackInTheirCanonicalForm() throws {
        let root = try #require(Self.reference)
        let path =
            "\(root)/reference/salesforce-fixtures/scenarios/email_lowercasing_cumulusci.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let emails = Set(
            text.matches(of: /[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+/).map { String($0.output) })
        let mixed = emails.filter { $0 != $0.lowercased() }
        #expect(!mixed.isEmpty)
        for email in mixed {
            #expect(emails.contains(Field.email.canonical(.text(email)).text ?? ""))
        }
    }
}
