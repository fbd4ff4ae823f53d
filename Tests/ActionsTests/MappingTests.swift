import Events
import Records
import Testing

@testable import Actions

@Suite struct MappingTests {
    static let profile = #"""
        {"userId":"u1","traits":{"email":"A@b.c","n":1.50,"zero":0,"no":false,"none":null,
        "empty":"","tags":["x","y"],"address":{"city":"Bern"}},"path":"$.traits.email","tpl":"Hi {{userId}}"}
        """#

    /// mapping, the value as JSON; nil for none
    static let values: [(String, String?)] = [
        (#""$.traits.email""#, #""A@b.c""#),
        (#"{"@path":"traits.tags[1]"}"#, #""y""#),
        (#"{"@path":"$.traits['email']"}"#, #""A@b.c""#),
        (#""$.traits.missing""#, nil),
        (#""$.traits.none""#, "null"),
        (#""$.traits.n""#, "1.5"),
        (#""$.traits.address""#, #"{"city":"Bern"}"#),
        (#"{"@path":{"@path":"$.path"}}"#, #""A@b.c""#),
        (#"{"@path":{"@path":"$.traits.n"}}"#, nil),
        (#""plain""#, #""plain""#),
        (#""$5""#, #""$5""#),
        ("null", "null"),
        (#"{"@literal":"$.traits.email"}"#, #""$.traits.email""#),
        (#"{"@literal":{"a":{"@path":"$.userId"},"b":"$.x"}}"#, #"{"a":"u1","b":"$.x"}"#),
        (#"["$.traits.missing","$.userId"]"#, #"["u1"]"#),
        (#"{"a":"$.traits.missing","b":1}"#, #"{"b":1}"#),
        (
            #"{"@template":"{{ traits.n }}/{{{traits.tags}}}/{{traits.x}}"}"#,
            #""1.50/[\"x\",\"y\"]/""#
        ),
        (#"{"@template":{"@path":"$.tpl"}}"#, #""Hi u1""#),
        (#"{"@template":{"@path":"$.traits.n"}}"#, nil),
        (#"{"@case":{"operator":"lower","value":"$.traits.email"}}"#, #""a@b.c""#),
        (#"{"@case":{"operator":"upper","value":"$.traits.missing"}}"#, nil),
        (#"{"@if":{"exists":"$.traits.empty","then":1,"else":2}}"#, "1"),
        (#"{"@if":{"exists":"$.traits.none","then":1,"else":0}}"#, "0"),
        (#"{"@if":{"exists":"$.traits.none","then":1,"else":false}}"#, "false"),
        (#"{"@if":{"exists":"$.traits.none","then":1}}"#, nil),
        (#"{"@if":{"blank":"$.traits.empty","then":1,"else":2}}"#, "2"),
        (#"{"@if":{"blank":"$.traits.zero","then":1,"else":2}}"#, "1"),
        (#"{"@if":{"true":"$.traits.no","then":1,"else":2}}"#, "2"),
        (#"{"@path":"$.userId","_metadata":{"label":"x"}}"#, #""u1""#),
    ]

    @Test(arguments: values)
    func aMappingGivesItsValue(source: String, expected: String?) throws {
        let mapping = try mapping(source)
        #expect(mapping.value(for: event(Self.profile))?.json == expected)
    }

    @Test(arguments: values)
    func theNormalFormMeansTheSame(source: String, expected: String?) throws {
        let first = try mapping(source)
        let second = try mapping(first.source.json)
        #expect(second == first)
        #expect(second.value(for: event(Self.profile))?.json == expected)
    }

    /// mapping, part of the message, suggestion
    static let faults: [(String, String, String?)] = [
        (#"{"@pth":"$.a"}"#, "there is no directive @pth", "@path"),
        (#"{"@path":"$.a","x":1}"#, "\"x\" cannot stand beside @path", nil),
        (#"{"@path":"$.a","@case":1}"#, "stands alone", nil),
        (#"{"@path":{}}"#, "@path takes a text or a directive", nil),
        (#"{"@path":5}"#, "found a number", nil),
        (#""$.a..b""#, "is not a path", nil),
        (#""$.a[x]""#, "brackets take", nil),
        (#"{"@template":"{{a"}"#, "never closed", nil),
        (#"{"@template":"{{ }}"}"#, "needs a path inside", nil),
        (#"{"@template":false}"#, "@template takes a text", nil),
        (#"{"@case":"upper"}"#, "takes the keys operator, value", nil),
        (#"{"@case":{"operator":"title","value":"x"}}"#, "upper, lower", nil),
        (#"{"@case":{"operatr":"upper","value":"x"}}"#, "no key \"operatr\"", "operator"),
        (#"{"@case":{"operator":"upper","value":1}}"#, "takes a text or a directive", nil),
        (#"{"@if":{"exists":1,"blank":1,"then":1}}"#, "exactly one of", nil),
        (#"{"@if":{"then":1}}"#, "exactly one of", nil),
        (#"{"@if":{"exists":1}}"#, "gives nothing", nil),
        (#"{"@if":{"exists":"$.a","otherwise":1}}"#, "no key \"otherwise\"", nil),
    ]

    @Test(arguments: faults)
    func whatIsNoMappingIsRefused(source: String, message: String, suggestion: String?) throws {
        let error = try #require(throws: ConfigurationError.self) { try mapping(source) }
        #expect(error.problems[0].message.contains(message), "\(error)")
        #expect(error.problems[0].suggestion == suggestion)
    }

    @Test func shorthandAndDirectiveAreOneMapping() throws {
        #expect(try mapping(#""$.traits.a""#) == mapping(#"{"@path":"$.traits.a"}"#))
    }

    @Test func everyFaultOfAMappingIsReported() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try mapping(#"{"@if":{"exists":"$.a..b","then":{"@pth":"x"},"else":{"@case":1}}}"#)
        }
        #expect(error.problems.count == 3)
    }
}
