import Foundation
import Records
import Testing

@Suite struct FieldValueTests {
    static let values: [FieldValue] = [
        .null, .boolean(false), .boolean(true), number("7"), number("12345678901234567890.5"),
        .text(""), .text("7"), .text("{\"number\":\"7\"}"), .list([]), .list([.text("a"), .null]),
        .object([:]), .object(["number": .text("7")]), .object(["object": .list([.null])]),
    ]

    @Test(arguments: values)
    func theLogsFormReadsBackAsTheSameValue(value: FieldValue) throws {
        let encoded = try JSONEncoder().encode([value])
        #expect(try JSONDecoder().decode([FieldValue].self, from: encoded) == [value])
    }

    @Test func differentValuesHaveDifferentFormsInTheLog() throws {
        let forms = try Self.values.map { try JSONEncoder().encode([$0]) }
        #expect(Set(forms).count == Self.values.count)
    }

    @Test func textsDifferWhenOnlyTheirUnicodeNormalisationDoes() {
        let composed = FieldValue.text("caf\u{E9}")
        let decomposed = FieldValue.text("cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed == .text("caf\u{E9}"))
    }

    @Test func jsonKeepsDigitsSortsKeysAndEscapesControls() throws {
        let value = FieldValue.object([
            "b": number("10.50"), "a": .text("\"\\\n\r\t\u{1}é😀"),
            "c": .list([.null, .boolean(true)]),
        ])
        #expect(value.json == #"{"a":"\"\\\n\r\t\u0001é😀","b":10.5,"c":[null,true]}"#)
        let read = try JSONSerialization.jsonObject(with: Data(value.json.utf8))
        #expect((read as? [String: Any])?["a"] as? String == "\"\\\n\r\t\u{1}é😀")
    }

    @Test func aBrokenNumberInTheLogIsRefused() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                [FieldValue].self, from: Data(#"[{"number":"twelve"}]"#.utf8))
        }
    }
}
