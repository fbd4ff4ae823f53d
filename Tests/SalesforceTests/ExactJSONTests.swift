import Records
import Testing

@testable import Salesforce

struct ExactJSONTests {
    @Test(arguments: [
        ("0.1", "0.1"), ("1.0E7", "10000000"), ("123456789012345678", "123456789012345678"),
        ("9.12260031E8", "912260031"), ("-0", "0"), ("10000.0", "10000"), ("1e-3", "0.001"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("99999999999999999.99", "99999999999999999.99"),
    ])
    func numbersKeepTheirDigits(text: String, digits: String) throws {
        let value = try ExactJSON.parse(Array(text.utf8))
        let number = try #require(DecimalNumber(digits))
        #expect(value == .number(number))
        #expect(value.json == digits)
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u20ac""#, "é€"),
        (#""\ud83d\ude00""#, "😀"), (#""é😀""#, "é😀"), (#""""#, ""),
    ])
    func stringsAreUnescaped(text: String, value: String) throws {
        #expect(try ExactJSON.parse(Array(text.utf8)) == .text(value))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
        "{a:1}", "{'a':1}", "nul", "nulll", "truefalse", "01", "-", "+1", "1.", ".1", "1e", "1e+",
        "NaN", "Infinity", "0x1", "1 2", "\"a", "\"\\", "\"\\u12\"", "\"\\u12g4\"", "\"\\x\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "[1 2]", "{\"a\" 1}",
        "{\"a\":1,\"a\":2}", "\u{feff}{}", "{}x", "<html></html>", "1e99999",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONFault.self) { try ExactJSON.parse(Array(text.utf8)) }
    }

    @Test func invalidUTF8IsRefused() {
        for bytes: [UInt8] in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]] {
            #expect(throws: JSONFault.self) { try ExactJSON.parse([0x22] + bytes + [0x22]) }
        }
    }

    @Test func depthIsLimitedAndDoesNotExhaustTheStack() throws {
        let nested = { (depth: Int) in
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try ExactJSON.parse(nested(ExactJSON.depthMax)) }
        #expect(throws: JSONFault.self) { try ExactJSON.parse(nested(ExactJSON.depthMax + 1)) }
        #expect(throws: JSONFault.self) { try ExactJSON.parse(nested(1_000_000)) }
    }

    /// A cut answer must never read as a shorter whole one.
    @Test func everyProperPrefixOfAnAnswerIsRefused() {
        let body = Array(
            #"[{"id":"003ak00000luKU1AAM","success":true,"errors":[],"n":[1.5,null,"\u00e9"]}]"#
                .utf8)
        for count in 0..<body.count {
            #expect(throws: JSONFault.self) { try ExactJSON.parse(Array(body.prefix(count))) }
        }
        #expect(throws: Never.self) { try ExactJSON.parse(body) }
    }

    @Test func whatFieldValuesWriteReadsBackEqual() throws {
        var random = SeededRandom(seed: 20_260_101)
        for _ in 0..<500 {
            let value = random.fieldValue(depth: 3)
            let read = try ExactJSON.parse(Array(value.json.utf8))
            #expect(read == value, "seed \(random.seed)")
        }
    }
}
