import Events
import Testing

@Suite struct EventParserTests {
    /// One way to be refused: what is sent, and everything the answer must say.
    struct Refused: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let code: String
        let byte: Int?
        let field: String?

        init(_ name: String, _ text: String, _ code: String, at byte: Int?, field: String? = nil) {
            self.init(name, bytes: Array(text.utf8), code, at: byte, field: field)
        }

        init(_ name: String, bytes: [UInt8], _ code: String, at byte: Int?, field: String? = nil) {
            (self.name, self.bytes, self.code, self.byte, self.field) =
                (name, bytes, code, byte, field)
        }

        var testDescription: String { name }
    }

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    static let unreadable = [
        Refused("nothing", "", "empty-input", at: 0),
        Refused("white space", " \n ", "empty-input", at: 0),
        Refused("UTF-8 mark", bytes: [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "byte-order-mark", at: 0),
        Refused("UTF-16 mark", bytes: [0xFF, 0xFE, 0x7B, 0x00], "byte-order-mark", at: 0),
        Refused("UTF-16 without mark", bytes: [0x7B, 0x00, 0x7D, 0x00], "unexpected-byte", at: 1),
        Refused("a word", "hello", "unexpected-byte", at: 0),
        Refused("open object", #"{"a":1"#, "unexpected-end", at: 6, field: "a"),
        Refused("open string", #"{"a":"b"#, "unexpected-end", at: 7, field: "a"),
        Refused("open array", #"{"a":[1,"#, "unexpected-end", at: 8, field: "a[1]"),
        Refused("comma at the end", #"{"a":1,}"#, "unexpected-byte", at: 7),
        Refused("comma missing", #"{"a":1 "b":2}"#, "unexpected-byte", at: 7, field: "b"),
        Refused("colon missing", #"{"a" 1}"#, "unexpected-byte", at: 5),
        Refused("name without quotes", "{a:1}", "unexpected-byte", at: 1),
        Refused("single quotes", "{'a':1}", "unexpected-byte", at: 1),
        Refused("crossed brackets", #"{"a":[1}"#, "unexpected-byte", at: 7, field: "a[0]"),
        Refused("second value", #"{"a":1} {"b":2}"#, "trailing-bytes", at: 8),
        Refused("half a literal", #"{"a":tru}"#, "unexpected-byte", at: 8, field: "a"),
        Refused("comment", "{} // no", "trailing-bytes", at: 3),
    ]

    static let badStrings = [
        Refused("newline", "{\"a\":\"b\nc\"}", "control-character", at: 7, field: "a"),
        Refused(
            "NUL", bytes: Array(#"{"a":"b"#.utf8) + [0], "control-character", at: 7, field: "a"),
        Refused("escaped NUL", #"{"a":"b\u0000"}"#, "nul-character", at: 7, field: "a"),
        Refused("escape \\x", #"{"a":"\x41"}"#, "invalid-escape", at: 6, field: "a"),
        Refused("escape \\u12", #"{"a":"\u12G4"}"#, "invalid-escape", at: 6, field: "a"),
        Refused("high half alone", #"{"a":"\uD83Dx"}"#, "lone-surrogate", at: 6, field: "a"),
        Refused("low half alone", #"{"a":"\uDE00"}"#, "lone-surrogate", at: 6, field: "a"),
        Refused("two high halves", #"{"a":"\uD83D\uD83D"}"#, "lone-surrogate", at: 6, field: "a"),
        Refused("half in a name", #"{"\uD83D":1}"#, "lone-surrogate", at: 2, field: #"\uD83D"#),
        Refused(
            "Latin-1", bytes: Array(#"{"a":""#.utf8) + [0xE9, 0x22, 0x7D], "invalid-utf8", at: 6,
            field: "a"),
        Refused(
            "overlong slash", bytes: Array(#"{"a":""#.utf8) + [0xC0, 0xAF, 0x22, 0x7D],
            "invalid-utf8", at: 6, field: "a"),
        Refused(
            "encoded surrogate", bytes: Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80, 0x22, 0x7D],
            "invalid-utf8", at: 6, field: "a"),
        Refused(
            "above U+10FFFF", bytes: Array(#"{"a":""#.utf8) + [0xF4, 0x90, 0x80, 0x80, 0x22, 0x7D],
            "invalid-utf8", at: 6, field: "a"),
        Refused(
            "cut character", bytes: Array(#"{"a":""#.utf8) + [0xE2, 0x82, 0x22, 0x7D],
            "invalid-utf8", at: 6, field: "a"),
    ]

    static let badNumbers = [
        Refused("leading zero", #"{"a":01}"#, "invalid-number", at: 6, field: "a"),
        Refused("plus", #"{"a":+1}"#, "unexpected-byte", at: 5, field: "a"),
        Refused("only minus", #"{"a":-}"#, "invalid-number", at: 6, field: "a"),
        Refused("no digit before the point", #"{"a":.5}"#, "unexpected-byte", at: 5, field: "a"),
        Refused("no digit behind the point", #"{"a":1.}"#, "invalid-number", at: 7, field: "a"),
        Refused("no digit in the exponent", #"{"a":1e}"#, "invalid-number", at: 7, field: "a"),
        Refused("hexadecimal", #"{"a":0x10}"#, "unexpected-byte", at: 6, field: "a"),
        Refused("NaN", #"{"a":NaN}"#, "not-a-number", at: 5, field: "a"),
        Refused("Infinity", #"{"a":Infinity}"#, "not-a-number", at: 5, field: "a"),
        Refused("-Infinity", #"{"a":-Infinity}"#, "not-a-number", at: 6, field: "a"),
        Refused("1e400", #"{"a":1e400}"#, "number-out-of-range", at: 5, field: "a"),
        Refused("1e-400", #"{"a":1e-400}"#, "number-out-of-range", at: 5, field: "a"),
        Refused(
            "129 digits", #"{"a":\#(String(repeating: "1", count: 129))}"#, "number-too-long",
            at: 5, field: "a"),
    ]

    static let badSizes = [
        Refused("same name", #"{"a":1,"a":2}"#, "duplicate-key", at: 7, field: "a"),
        Refused(
            "same name, deeper", #"{"t":{"b":1,"c":{"b":1},"b":2}}"#, "duplicate-key", at: 24,
            field: "t.b"),
        Refused(
            "same name, after many others",
            "{" + (100..<200).map { #""\#($0)":0,"# }.joined() + #""100":1}"#, "duplicate-key",
            at: 801, field: "100"),
        Refused("same name, escaped", #"{"a":1,"\u0061":2}"#, "duplicate-key", at: 7, field: "a"),
        Refused(
            "same name, both escaped", #"{"\u0061":1,"\u0061":2}"#, "duplicate-key", at: 12,
            field: "a"),
        Refused(
            "33 levels",
            String(repeating: #"{"a":"#, count: 32) + "[]" + String(repeating: "}", count: 32),
            "too-deep", at: 160, field: Array(repeating: "a", count: 32).joined(separator: ".")),
        Refused(
            "1,001 members", "{" + (0...1_000).map { #""\#($0)":0"# }.joined(separator: ",") + "}",
            "too-many-members", at: 7_891, field: "1000"),
        Refused("long name", #"{"\#(long(257))":1}"#, "key-too-long", at: 1, field: long(257)),
        Refused(
            "long string", #"{"a":"\#(long(16 * 1024 + 1))"}"#, "string-too-long", at: 5, field: "a"
        ),
        Refused(
            "long event", #"{"a":["\#(long(16_000))","\#(long(16_000))","\#(long(1_000))"]}"#,
            "event-too-large", at: 32_768, field: "a[2]"),
    ]

    static let noEvents = [
        Refused("an array", "[]", "not-an-object", at: 0),
        Refused("a string", #""a""#, "not-an-object", at: 0),
        Refused("no type", #"{"userId":"u"}"#, "missing-field", at: nil, field: "type"),
        Refused(
            "type null", #"{"type":null,"userId":"u"}"#, "missing-field", at: nil, field: "type"),
        Refused(
            "unknown type", #"{"type":"Identify","userId":"u"}"#, "unknown-type", at: 8,
            field: "type"),
        Refused("type a number", #"{"type":1,"userId":"u"}"#, "wrong-type", at: 8, field: "type"),
        Refused("nobody", #"{"type":"identify"}"#, "missing-field", at: nil, field: "userId"),
        Refused(
            "nobody but empty", #"{"type":"identify","userId":"","anonymousId":null}"#,
            "missing-field", at: nil, field: "userId"),
        Refused(
            "userId a list", #"{"type":"identify","userId":["u"]}"#, "wrong-type", at: 28,
            field: "userId"),
        Refused(
            "track without event", #"{"type":"track","userId":"u"}"#, "missing-field", at: nil,
            field: "event"),
        Refused(
            "track with empty event", #"{"type":"track","userId":"u","event":""}"#, "missing-field",
            at: nil, field: "event"),
        Refused(
            "event a number", #"{"type":"track","userId":"u","event":1}"#, "wrong-type", at: 37,
            field: "event"),
        Refused(
            "group without groupId", #"{"type":"group","userId":"u"}"#, "missing-field", at: nil,
            field: "groupId"),
        Refused(
            "alias without previousId", #"{"type":"alias","userId":"u"}"#, "missing-field", at: nil,
            field: "previousId"),
        Refused(
            "alias without userId", #"{"type":"alias","previousId":"p"}"#, "missing-field", at: nil,
            field: "userId"),
        Refused(
            "traits a string", #"{"type":"identify","userId":"u","traits":"x"}"#, "wrong-type",
            at: 41, field: "traits"),
        Refused(
            "context a list", #"{"type":"identify","userId":"u","context":[]}"#, "wrong-type",
            at: 42, field: "context"),
        Refused(
            "messageId a number", #"{"type":"identify","userId":"u","messageId":7}"#, "wrong-type",
            at: 44, field: "messageId"),
        Refused(
            "long messageId", #"{"type":"identify","userId":"u","messageId":"\#(long(257))"}"#,
            "string-too-long", at: 44, field: "messageId"),
        Refused(
            "30 February", #"{"type":"identify","userId":"u","timestamp":"2026-02-30"}"#,
            "invalid-timestamp", at: 44, field: "timestamp"),
        Refused(
            "sentAt a number", #"{"type":"identify","userId":"u","sentAt":1767225600}"#,
            "wrong-type", at: 41, field: "sentAt"),
    ]

    @Test(arguments: unreadable + badStrings + badNumbers + badSizes + noEvents)
    func refusalNamesCodeByteAndField(_ refused: Refused) {
        let error = #expect(throws: EventRejection.self) {
            _ = try EventParser.validate(refused.bytes)
        }
        #expect(error?.code == refused.code)
        #expect(error?.byteOffset == refused.byte)
        #expect(error?.field == refused.field)
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: [
        #"{"type":"identify","userId":"u"}"#,
        #"{"type":"identify","anonymousId":"a","userId":null}"#,
        #"{"type":"identify","userId":42,"traits":null,"context":null,"integrations":null}"#,
        #" {"type" : "track" , "userId":"u" , "event":"Bought" } "#,
        #"{"type":"page","anonymousId":"a"}"#,
        #"{"type":"screen","anonymousId":"a","name":"Home"}"#,
        #"{"type":"group","anonymousId":"a","groupId":"g"}"#,
        #"{"type":"alias","previousId":"p","userId":"u"}"#,
        #"{"typ\u0065":"identi\u0066y","user\u0049d":"u"}"#,
        #"{"type":"identify","userId":"u","traits":{"a":{"a":{"a":1}},"b":[[],{},[{"a":1}]]}}"#,
        #"{"type":"identify","userId":"u","traits":{"a":0,"b":-0,"c":1e308,"d":0e999,"e":1E+2}}"#,
        #"{"type":"identify","userId":"u","traits":{"n":\#(String(repeating: "9", count: 128))}}"#,
        #"{"type":"identify","userId":"u","traits":{"😀":"é\uD83D\uDE00\n"}}"#,
    ])
    func soundEventIsAccepted(_ text: String) throws {
        _ = try EventParser.validate(Array(text.utf8))
    }

    @Test func envelopeHoldsWhatTheDoorNeeds() throws {
        let text = #"""
            {"messageId":"m-\u0031","type":"track","event":"Bought","userId":"u","anonymousId":"a",
            "timestamp":"2026-01-02T03:04:05Z","originalTimestamp":"2026-01-02T03:04:04.5+00:00",
            "sentAt":"2026-01-02T03:04:06.25Z","integrations":{"All":true},"writeKey":"key",
            "properties":{"type":"page","messageId":"inner"}}
            """#
        let envelope = try EventParser.validate(Array(text.utf8))
        #expect(envelope.kind == .track)
        #expect(envelope.messageID == .text("m-1"))
        #expect(envelope.hasUserID && envelope.hasAnonymousID && envelope.hasIntegrations)
        #expect(envelope.timestamp == 1_767_323_045_000)
        #expect(envelope.originalTimestamp == 1_767_323_044_500)
        #expect(envelope.sentAt == 1_767_323_046_250)
        #expect(envelope.writeKey == "key")
    }

    @Test func emptyOrMissingMessageIDIsToBeAssigned() throws {
        for text in [
            #"{"type":"identify","userId":"u"}"#,
            #"{"type":"identify","userId":"u","messageId":""}"#,
            #"{"type":"identify","userId":"u","messageId":null}"#,
        ] {
            #expect(try EventParser.validate(Array(text.utf8)).messageID == nil)
        }
    }

    @Test func pathGivesTheKindWhenTheBodyHasNone() throws {
        let envelope = try EventParser.validate(Array(#"{"userId":"u"}"#.utf8), as: .identify)
        #expect(envelope.kind == nil)
        let error = #expect(throws: EventRejection.self) {
            _ = try EventParser.validate(Array(#"{"userId":"u"}"#.utf8), as: .track)
        }
        #expect(error?.field == "event")
    }

    @Test func pathThatContradictsTheTypeIsRefused() {
        let error = #expect(throws: EventRejection.self) {
            _ = try EventParser.validate(
                Array(#"{"type":"page","userId":"u"}"#.utf8), as: .identify)
        }
        #expect(error?.reason == .typeMismatch)
        #expect(error?.byteOffset == 8)
    }

    @Test func limitsHoldExactlyAtTheirValue() throws {
        let name = String(repeating: "n", count: 256)
        let string = String(repeating: "s", count: 16 * 1024)
        let deep = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        let text =
            #"{"type":"identify","userId":"u","traits":{"\#(name)":"\#(string)","d":\#(deep)}}"#
        _ = try EventParser.validate(Array(text.utf8))

        let members = (0..<998).map { #""\#($0)":0"# }.joined(separator: ",")
        _ = try EventParser.validate(Array(#"{"type":"page","userId":"u",\#(members)}"#.utf8))

        let frame = #"{"type":"page","userId":"u","a":["","",""]}"#
        let rest = 32 * 1024 - frame.utf8.count - 32_000
        let parts = [16_000, 16_000, rest].map { String(repeating: "x", count: $0) }
        let largest =
            #"{"type":"page","userId":"u","a":["\#(parts[0])","\#(parts[1])","\#(parts[2])"]}"#
        #expect(largest.utf8.count == 32 * 1024)
        _ = try EventParser.validate(Array(largest.utf8))
    }

    @Test func namesThatOnlyShareAHashPrefixAreNotDuplicates() throws {
        let members = (0..<500).map { #""a-rather-long-name-\#($0)-with-the-same-end":0"# }
        let text = #"{"type":"page","userId":"u",\#(members.joined(separator: ","))}"#
        _ = try EventParser.validate(Array(text.utf8))
    }
}
