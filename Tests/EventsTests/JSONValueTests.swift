import Events
import Testing

@Suite struct JSONValueTests {
    @Test func writtenValueReadsBackAsTheSame() throws {
        let value = JSONValue.object([
            JSONMember("text", .string("quote\" slash\\ tab\t bell\u{7} é 😀 \u{2028}")),
            JSONMember("number", .number("-12.50e+3")),
            JSONMember(
                "", .array([.null, .boolean(true), .boolean(false), .array([]), .object([])])),
        ])
        #expect(try JSONValue.parse(value.json) == value)
    }

    @Test func membersKeepTheirOrderAndNumbersTheirDigits() throws {
        let text = #"{"b":1.0,"a":1e2,"c":[0.10]}"#
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(String(decoding: value.json, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"{ "b":2, "a":1 }"#, true),
        (#"{"a":"\u0041"}"#, #"{"a":"A"}"#, true),
        (#"{"a":1.0}"#, #"{"a":1}"#, false),
        (#"{"a":1}"#, #"{"a":1,"b":null}"#, false),
        (#"[1,2]"#, #"[2,1]"#, false),
        (#"{"a":null}"#, #"{"b":null}"#, false),
    ])
    func equivalenceIgnoresOnlyTheOrderOfMembers(left: String, right: String, isSame: Bool) throws {
        let a = try JSONValue.parse(Array(left.utf8))
        let b = try JSONValue.parse(Array(right.utf8))
        #expect(a.isEquivalent(to: b) == isSame)
        #expect(b.isEquivalent(to: a) == isSame)
    }

    @Test func documentsOfOurOwnMayBeLargerThanEvents() throws {
        let long = String(repeating: "x", count: 100_000)
        let value = JSONValue.array(Array(repeating: .string(long), count: 10))
        #expect(try JSONValue.parse(value.json) == value)
    }

    @Test func depthOfDocumentsIsBoundedToo() {
        let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        let error = #expect(throws: EventRejection.self) {
            _ = try JSONValue.parse(Array(deep.utf8))
        }
        #expect(error?.reason == .tooDeep)
    }
}
