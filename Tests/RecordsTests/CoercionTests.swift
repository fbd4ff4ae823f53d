import Records
import Testing

/// One value given to a field, and what is sent: `nil` when it is refused.
struct CoercionCase: CustomTestStringConvertible, Sendable {
    let name: String
    let field: FieldDescription
    let given: FieldValue
    let sent: FieldValue?

    init(_ name: String, _ field: FieldDescription, _ given: FieldValue, _ sent: FieldValue?) {
        self.name = name
        self.field = field
        self.given = given
        self.sent = sent
    }

    var testDescription: String { name }
}

@Suite struct CoercionTests {
    static let textCases: [CoercionCase] = [
        .init("text stays", Field.text, .text("Dr. Ü"), .text("Dr. Ü")),
        .init("a number keeps its digits", Field.text, number("1230000000"), .text("1230000000")),
        .init("a boolean is its word", Field.text, .boolean(true), .text("true")),
        .init("null stays null", Field.text, .null, .null),
        .init("empty is null", Field.text, .text(""), .null),
        .init("blank is null", Field.text, .text(" \t\r\n"), .null),
        .init("control characters alone are null", Field.text, .text("\u{1}\u{B}"), .null),
        .init("spaces around are trimmed", Field.text, .text("  a b \n"), .text("a b")),
        .init(
            "other spaces are kept", Field.text, .text("\u{A0}a\u{3000}"),
            .text("\u{A0}a\u{3000}")),
        .init("rich text keeps its spaces", Field.rich, .text(" <p>a</p> "), .text(" <p>a</p> ")),
        .init("blank rich text is null", Field.rich, .text("  "), .null),
        .init("controls go", Field.area, .text("a\u{0}\u{8}b\tc\nd"), .text("ab\tc\nd")),
        .init("email keeps its case", Field.email, .text("A@B.de"), .text("A@B.de")),
        .init("a line end on one line is a space", Field.text, .text("a\r\nb"), .text("a b")),
        .init("a list is no text", Field.text, texts("a"), nil),
        .init("an empty list is no text", Field.text, .list([]), nil),
        .init("an object is no text", Field.text, .object([:]), nil),
        .init("ten units fit", Field.text, .text("0123456789"), .text("0123456789")),
        .init("eleven do not", Field.text, .text("01234567890"), nil),
        .init("trimmed before counted", Field.text, .text(" 0123456789 "), .text("0123456789")),
        .init("five emoji are ten", Field.text, .text("😀😀😀😀😀"), .text("😀😀😀😀😀")),
        .init("six are twelve", Field.text, .text("😀😀😀😀😀😀"), nil),
        .init("an id-like text is text", Field.text, .text("00Q"), .text("00Q")),
        .init("a compound is not written", Field.address, .object(["city": .text("x")]), nil),
        .init("a compound's null is nothing", Field.address, .null, .null),
    ]

    static let numberCases: [CoercionCase] = [
        .init("numeric text", Field.whole, .text("10000"), number("10000")),
        .init("numeric text with spaces", Field.whole, .text(" 42\n"), number("42")),
        .init("a whole fraction form", Field.whole, number("12.0"), number("12")),
        .init("a fraction", Field.whole, number("12.5"), nil),
        .init("a fraction as text", Field.whole, .text("12.5"), nil),
        .init("eight digits", Field.whole, number("-99999999"), number("-99999999")),
        .init("nine digits", Field.whole, number("100000000"), nil),
        .init("32 bits", Field.plainInt, number("2147483647"), number("2147483647")),
        .init("33 bits", Field.plainInt, number("2147483648"), nil),
        .init("64 bits", Field.long, number("9007199254740993"), number("9007199254740993")),
        .init("65 bits", Field.long, number("9223372036854775808"), nil),
        .init("words", Field.whole, .text("many"), nil),
        .init("hexadecimal", Field.whole, .text("0x1F"), nil),
        .init("a comma", Field.score, .text("1,5"), nil),
        .init("a boolean is no number", Field.score, .boolean(true), nil),
        .init("empty is null", Field.score, .text(""), .null),
        .init("null is null", Field.score, .null, .null),
        .init("rounded to scale", Field.score, number("1.005"), number("1.01")),
        .init("negative rounds away", Field.score, number("-1.005"), number("-1.01")),
        .init("four digits before the point", Field.score, .text("9999.99"), number("9999.99")),
        .init("five", Field.score, .text("10000"), nil),
        .init("five after rounding", Field.score, .text("9999.995"), nil),
        .init("exponent", Field.amount, .text("1.0E7"), number("10000000")),
        .init("no precision described", Field.unsaid, number("1.23456"), number("1.23456")),
        .init("exact decimals", Field.amount, .text("0.1"), number("0.1")),
    ]

    static let flagCases: [CoercionCase] = [
        .init("true", Field.flag, .boolean(true), .boolean(true)),
        .init("1", Field.flag, number("1"), .boolean(true)),
        .init("0.0", Field.flag, number("0.0"), .boolean(false)),
        .init("text true", Field.flag, .text("true"), .boolean(true)),
        .init("text False", Field.flag, .text(" False "), .boolean(false)),
        .init("text 1", Field.flag, .text("1"), .boolean(true)),
        .init("null is false", Field.flag, .null, .boolean(false)),
        .init("empty is false", Field.flag, .text(""), .boolean(false)),
        .init("2", Field.flag, number("2"), nil),
        .init("yes", Field.flag, .text("yes"), nil),
        .init("a list", Field.flag, texts("true"), nil),
    ]

    static let choiceCases: [CoercionCase] = [
        .init("definition order", Field.choices, texts("Charge", "Pay"), .text("Pay;Charge")),
        .init("joined text", Field.choices, .text("Charge;Pay"), .text("Pay;Charge")),
        .init("spaces around", Field.choices, .text(" Pay ; Charge "), .text("Pay;Charge")),
        .init("twice", Field.choices, texts("Pay", "pay", "PAY"), .text("Pay")),
        .init("empty members", Field.choices, .text(";Pay;;"), .text("Pay")),
        .init("nothing chosen", Field.choices, .list([]), .null),
        .init("only separators", Field.choices, .text(";;"), .null),
        .init("unknown ones last", Field.choices, texts("Z", "B", "Pay"), .text("Pay;B;Z")),
        .init("numbers", Field.choices, .list([number("2"), .null]), .text("2")),
        .init("a separator inside", Field.choices, texts("Pay;Charge"), nil),
        .init("a nested list", Field.choices, .list([.list([])]), nil),
        .init(
            "a hundred and one", Field.choices, .list((0...100).map { .text("v\($0)") }), nil),
        .init("a picklist's own case", Field.plan, .text("pro"), .text("Pro")),
        .init("an unknown pick", Field.plan, .text("Gold"), .text("Gold")),
        .init("a pick from a number", Field.plan, number("3"), .text("3")),
    ]

    static let idCases: [CoercionCase] = [
        .init("15", Field.account, .text("0015500001QdRaY"), .text("0015500001QdRaYAAV")),
        .init("18", Field.account, .text(" 0015500001QdRaYAAV"), .text("0015500001QdRaYAAV")),
        .init("wrong checksum", Field.account, .text("0015500001QdRaYAAA"), nil),
        .init("a name", Field.account, .text("Acme"), nil),
        .init("a number", Field.account, number("1"), nil),
        .init("null", Field.account, .null, .null),
    ]

    @Test(arguments: textCases + numberCases + flagCases + choiceCases + idCases)
    func aValueIsSentInTheFieldsOwnFormOrRefused(one: CoercionCase) {
        #expect(sent(one.field, one.given) == one.sent)
    }

    @Test func aRefusalNamesFieldAndKindsButNeverTheValue() {
        let error = #expect(throws: CoercionError.self) {
            try Field.whole.coerce(.text("hunter2"))
        }
        #expect(error?.field == "NumberOfEmployees")
        #expect(error?.given == "text")
        #expect(error?.wanted == .int)
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("NumberOfEmployees") == true)
    }
}
