import Events
import Testing

@testable import Actions

@Suite struct TriggerTests {
    /// trigger, event, whether it holds
    static let evaluations: [(String, String, Bool)] = [
        // `and` binds tighter than `or`, whichever comes first.
        (#"type="track" and event="A" or event="B""#, #"{"type":"track","event":"C"}"#, false),
        (#"type="track" and event="A" or event="B""#, #"{"type":"page","event":"B"}"#, true),
        (#"event="A" or event="B" and type="track""#, #"{"type":"page","event":"A"}"#, true),
        (#"event="A" or event="B" and type="track""#, #"{"type":"page","event":"B"}"#, false),
        // Parentheses hold calls and one another.
        (
            #"(contains(event,"A") or event="B") and type="track""#,
            #"{"type":"track","event":"B"}"#, true
        ),
        (
            #"((event="A" or (event="B")) and type="track")"#,
            #"{"type":"track","event":"B"}"#, true
        ),
        // Negation negates.
        (#"!(event = "A")"#, #"{"event":"A"}"#, false),
        (#"!(event = "A")"#, #"{"event":"B"}"#, true),
        (#"!(!(event = "A"))"#, #"{"event":"A"}"#, true),
        (#"!(traits.n = 5)"#, #"{"traits":{"n":"5"}}"#, true),
        (#"!!contains(event, "A")"#, #"{"event":"A"}"#, true),
        // Types are kept apart.
        ("traits.n = 5", #"{"traits":{"n":5.0}}"#, true),
        ("traits.n = 5", #"{"traits":{"n":"5"}}"#, false),
        (#"traits.n = "5""#, #"{"traits":{"n":5}}"#, false),
        ("traits.n != 5", #"{"traits":{}}"#, false),
        ("traits.n > 9007199254740992", #"{"traits":{"n":9007199254740993}}"#, true),
        ("traits.n < -1.5e3", #"{"traits":{"n":-1500.01}}"#, true),
        ("traits.n >= 0.1", #"{"traits":{"n":0.10}}"#, true),
        ("traits.on = true", #"{"traits":{"on":true}}"#, true),
        ("traits.on = true", #"{"traits":{"on":1}}"#, false),
        ("traits.on != true", #"{"traits":{}}"#, true),
        // What is missing is null.
        ("traits.a = null", #"{}"#, true),
        ("traits.a != null", #"{"traits":{"a":false}}"#, true),
        (#"traits.a != "x""#, #"{}"#, true),
        (#"!contains(traits.a, "x")"#, #"{}"#, false),
        (#"!(contains(traits.a, "x"))"#, #"{}"#, true),
        // Paths.
        ("properties.items[1].price > 5", #"{"properties":{"items":[{},{"price":6}]}}"#, true),
        (#"traits.first\ name = "A""#, #"{"traits":{"first name":"A"}}"#, true),
        (#"traits['first.name'] = "A""#, #"{"traits":{"first.name":"A"}}"#, true),
        (#"traits.größe = "L""#, #"{"traits":{"größe":"L"}}"#, true),
        (#"anonymousId = "a" and groupId = null"#, #"{"anonymousId":"a"}"#, true),
        // Texts.
        (#"event = "say \"hi\" \\ \u00e9""#, #"{"event":"say \"hi\" \\ é"}"#, true),
        (#"event = 'single "quoted"'"#, #"{"event":"single \"quoted\""}"#, true),
        (#"match(event, "*mid*")"#, #"{"event":"amidst"}"#, true),
        (#"match(event, "a*c")"#, #"{"event":"abbc"}"#, true),
        (#"!match(event, "a*c")"#, #"{"event":"abd"}"#, true),
        (#"match(event, "[A-C]*[0-9]")"#, #"{"event":"Bx7"}"#, true),
        // Lists.
        (#"type in ["identify", 'track']"#, #"{"type":"track"}"#, true),
        (#"!(type in ["identify"])"#, #"{"type":"track"}"#, true),
        ("traits.n in [1, 2.0, null]", #"{"traits":{"n":2}}"#, true),
        ("traits.n in [1, null]", "{}", true),
        (#"traits.n in ["1"]"#, #"{"traits":{"n":1}}"#, false),
        ("traits.n in []", "{}", false),
        (
            #"'dark-mode' in properties.features"#, #"{"properties":{"features":["dark-mode"]}}"#,
            true
        ),
        (#"'blink' in properties.features"#, #"{"properties":{"features":"blink"}}"#, false),
        (#"traits.l = ["a", 1]"#, #"{"traits":{"l":["a",1]}}"#, true),
        (#"traits.l != ["a", 1]"#, #"{"traits":{"l":["a"]}}"#, true),
        // Functions that give a value.
        ("length(userId) > 0", #"{"userId":"u"}"#, true),
        ("length(userId) > 0", "{}", false),
        ("length(event) = 3", #"{"event":"ア"}"#, true),
        ("length(traits.l) >= 2", #"{"traits":{"l":[1,2]}}"#, true),
        ("length(traits.n) >= 0", #"{"traits":{"n":1}}"#, false),
        (#"lowercase(event) = "signed up""#, #"{"event":"Signed Up"}"#, true),
        (#"contains(lowercase(event), "up")"#, #"{"event":"Signed UP"}"#, true),
        (#"!match(lowercase(event), "s*")"#, #"{"event":"Ended"}"#, true),
        ("lowercase(event) = null", "{}", true),
        (
            #"typeof(traits.n) = "number" and typeof(traits.x) = "null""#, #"{"traits":{"n":1}}"#,
            true
        ),
        (#"typeof(traits.n) in ["list", "bool"]"#, #"{"traits":{"n":[]}}"#, true),
        // A value alone, and the literal first.
        ("properties.enabled or type = \"x\"", #"{"properties":{"enabled":true}}"#, true),
        ("properties.enabled", #"{"properties":{"enabled":"true"}}"#, false),
        ("!properties.enabled", "{}", true),
        (#""track" = type and 5 < traits.n"#, #"{"type":"track","traits":{"n":6}}"#, true),
        ("5 >= traits.n and null != traits.n", #"{"traits":{"n":6}}"#, false),
        ("type = \"track\"\n  and event = \"A\"", #"{"type":"track","event":"A"}"#, true),
    ]

    @Test(arguments: evaluations)
    func aTriggerMeansWhatItSays(source: String, json: String, holds: Bool) throws {
        #expect(try Trigger(source).matches(event(json)) == holds)
    }

    /// trigger, line, column, part of the message
    static let faults: [(String, Int, Int, String)] = [
        ("", 1, 1, "empty"),
        ("   ", 1, 4, "empty"),
        ("type = ", 1, 8, "found the end"),
        ("type", 1, 5, "comparison after \"type\""),
        (#"type = "track"#, 1, 8, "never closed"),
        (#"type = "track" AND event = "A""#, 1, 16, #"did you mean "and"?"#),
        (#"type = "track" event = "A""#, 1, 16, "expected \"and\", \"or\" or the end"),
        (#"(type = "track""#, 1, 16, "expected \")\""),
        (#"type = "track")"#, 1, 15, "found \")\""),
        ("type = \"track\"\nand trait.plan = 1", 2, 5, #"did you mean "traits"?"#),
        (#"event > "a""#, 1, 9, "takes a number"),
        ("traits.n > null", 1, 12, "takes a number"),
        ("event = A", 1, 9, "a text in quotes"),
        (#"contain(event, "a")"#, 1, 1, #"did you mean "contains"?"#),
        (#"contains("a", event)"#, 1, 10, "takes a path first"),
        ("contains(event, 5)", 1, 17, "takes a text"),
        (#"match(event, "[ab")"#, 1, 14, "bracket"),
        ("traits.n in 5", 1, 13, "expected a list"),
        ("traits.n in [5", 1, 15, "\",\" or \"]\""),
        ("traits.n in [event]", 1, 14, "a list holds"),
        ("5 in 6", 1, 6, "expected a path"),
        (#""a" < event"#, 1, 5, "compares numbers only"),
        ("5 and 6", 1, 3, "expected a comparison or \"in\""),
        ("traits", 1, 7, "comparison after \"traits\""),
        ("length(5) > 1", 1, 8, "length() takes a path"),
        ("length(event)", 1, 14, "comparison after \"length(event)\""),
        ("lenght(event) = 1", 1, 1, #"did you mean "length"?"#),
        ("!event = \"a\"", 1, 2, "write !( … )"),
        ("traits..a = 1", 1, 8, "needs a name"),
        ("traits[x] = 1", 1, 7, "brackets take"),
        ("type.x = 1", 1, 1, "one value"),
        ("traits.n = 1.2.3", 1, 12, "not a number"),
        (#"event = "\q""#, 1, 10, "no escape"),
        ("event & 1", 1, 7, "no meaning"),
        (#"event = "a" or"#, 1, 15, "found the end"),
        ("event = \"a\" and and", 1, 17, "expected a condition"),
    ]

    @Test(arguments: faults)
    func aFaultIsNamedWithItsPlace(
        source: String, line: Int, column: Int, message: String
    ) throws {
        let error = try #require(throws: TriggerError.self) { try Trigger(source) }
        #expect(error.line == line && error.column == column)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test func theCaretStandsUnderTheFault() throws {
        let error = try #require(throws: TriggerError.self) {
            try Trigger("type = \"track\"\n\tand trait.plan = 1")
        }
        #expect(error.rendering == "\tand trait.plan = 1\n\t    ^")
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "type = \"page\""
                + String(repeating: ")", count: depth)
        }
        #expect(try Trigger(nested(Trigger.nestingMax - 1)).matches(event(#"{"type":"page"}"#)))
        let error = try #require(throws: TriggerError.self) {
            try Trigger(nested(Trigger.nestingMax))
        }
        #expect(error.message.contains("nested deeper"))
    }

    @Test func lengthIsLimited() {
        let long = "event = \"" + String(repeating: "a", count: Trigger.sourceCharactersMax) + "\""
        #expect(throws: TriggerError.self) { try Trigger(long) }
    }

    @Test func whatABatchSaysForAllItsEventsCounts() throws {
        let trigger = try Trigger(#"context.ip = "1.1.1.1""#)
        #expect(trigger.matches(event("{}", shared: #"{"context":{"ip":"1.1.1.1"}}"#)))
    }
}
