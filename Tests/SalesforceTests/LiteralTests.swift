import Records
import Testing

@testable import Salesforce

struct LiteralTests {
    @Test(arguments: [
        (FieldType.string, FieldValue.text("O'Brien"), #"'O\'Brien'"#),
        (.email, .text("a@b.co"), "'a@b.co'"), (.string, .text(#"C:\x"#), #"'C:\\x'"#),
        (.textarea, .text("a\nb\r\t\u{8}\u{c}"), #"'a\nb\r\t\b\f'"#),
        (.string, .text("\u{1}\u{7f}"), #"'\u0001\u007f'"#),
        (.string, .text("100%_\"x\""), #"'100%_"x"'"#), (.multipicklist, .text("A;B"), "'A;B'"),
        (.id, .text("0018M000003uKqq"), "'0018M000003uKqqQAE'"), (.reference, .null, "null"),
        (.boolean, .boolean(true), "true"), (.double, .number(DecimalNumber(-12)), "-12"),
        (.date, .text("2026-01-02"), "2026-01-02"),
        (.datetime, .text("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05Z"),
        (.datetime, .text("2026-01-02T03:04:05.678+01:30"), "2026-01-02T03:04:05.678+01:30"),
        (.time, .text("03:04:05.678Z"), "03:04:05.678Z"), (.anyType, .text("x"), "'x'"),
    ])
    func valuesAreWrittenAsTheirFieldsTypeAsks(type: FieldType, value: FieldValue, soql: String)
        throws
    {
        #expect(try Literal(value, type: type).soql() == soql)
    }

    @Test(arguments: [
        (FieldType.string, FieldValue.text("")), (.string, .text("  \t\n")),
        (.string, .text("\u{a0}")),
        (.string, .text("a\0b")), (.string, .number(DecimalNumber(1))), (.string, .boolean(true)),
        (.string, .list([])), (.int, .text("1")), (.boolean, .text("true")), (.id, .text("003")),
        (.id, .text("003ak00000luKU1AAX")), (.date, .text("2026-1-2")),
        (.date, .text("2026-01-02T00:00:00Z")), (.date, .text("TODAY")),
        (.datetime, .text("2026-01-02T03:04:05")), (.datetime, .text("2026-01-02T03:04:05+0000")),
        (.datetime, .text("2026-01-02T03:04:05Z OR Name != null")), (.time, .text("3:04Z")),
        (.address, .text("x")), (.base64, .text("x")),
        (.string, .text(String(repeating: "a", count: 4_001))),
        (.string, .text(String(repeating: "'", count: 2_001))),
    ])
    func whatCannotBeComparedIsRefusedWithoutShowingTheValue(type: FieldType, value: FieldValue) {
        let error = #expect(throws: SalesforceError.self) { try Literal(value, type: type) }
        #expect(error?.disposition == .park)
        if case .text(let text) = value, text.count > 12 {
            #expect(!"\(error.map(String.init(describing:)) ?? "")".contains(text))
        }
    }

    @Test func aTextOfFourThousandCharactersIsAccepted() throws {
        let text = String(repeating: "a", count: 4_000)
        #expect(try Literal(.text(text), type: .string).soql().count == 4_002)
    }

    /// Whatever is inside, the literal ends where it should and means what was put in.
    @Test func escapedTextReadsBackAsItself() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            let text = "x" + random.nastyText(lengthMax: 40)
            let soql = try Literal(.text(text), type: .string).soql()
            var reader = SOQLText(soql)
            let literal = reader.literal()
            #expect(literal == text, "seed \(random.seed)")
            #expect(reader.isAtEnd, "seed \(random.seed)")
        }
    }
}
