import Events
import Records
import Testing

@testable import Actions

/// The directives that reshape and change values. ``MappingTests`` has the rest.
@Suite struct DirectiveTests {
    static let order = #"""
        {"type":"track","userId":"u1","properties":{"items":[{"sku":"a","n":1},{"sku":"b","n":null}],
        "one":{"sku":"c"},"flat":"x","none":null,"phone":"(03) 55-01","on":true,"price":12.50,
        "deep":{"a":{"b":1,"c":[2,{"d":3}]},"e":{}},"json":"{\"k\":[1,2]}","bad":"{","sep":"__",
        "nulls":{"a":null,"b":{"c":null,"d":1},"l":[null,{"x":null}]}}}
        """#

    /// mapping, the value as JSON; nil for none
    static let values: [(String, String?)] = [
        // @arrayPath
        (
            #"{"@arrayPath":["$.properties.items",{"id":{"@path":"$.sku"},"n":"$.n"}]}"#,
            #"[{"id":"a","n":1},{"id":"b","n":null}]"#
        ),
        (#"{"@arrayPath":["properties.items",{"@path":"$.sku"}]}"#, #"["a","b"]"#),
        (#"{"@arrayPath":["$.properties.one",{"id":"$.sku"}]}"#, #"[{"id":"c"}]"#),
        (#"{"@arrayPath":["$.properties.flat",{"id":"$.sku"}]}"#, #""x""#),
        (#"{"@arrayPath":["$.properties.missing",{"id":"$.sku"}]}"#, nil),
        (#"{"@arrayPath":["$.properties.one"]}"#, #"{"sku":"c"}"#),
        (#"{"@arrayPath":["$.properties.one",{}]}"#, #"{"sku":"c"}"#),
        (#"{"@arrayPath":[{"@literal":[1,2]},{"it":{"@path":"$."}}]}"#, #"[{"it":1},{"it":2}]"#),
        // @replace
        (
            #"{"@replace":{"pattern":"5","replacement":"*","value":"$.properties.phone"}}"#,
            #""(03) **-01""#
        ),
        (
            #"{"@replace":{"pattern":"5","value":"$.properties.phone","global":false}}"#,
            #""(03) 5-01""#
        ),
        (
            #"{"@replace":{"pattern":"(","pattern2":") ","replacement2":"-","value":"$.properties.phone"}}"#,
            #""03-55-01""#
        ),
        (
            #"{"@replace":{"pattern":"É","replacement":"e","value":"été","ignorecase":true}}"#,
            #""ete""#
        ),
        (#"{"@replace":{"pattern":".5","value":"$.properties.price"}}"#, #""12""#),
        (#"{"@replace":{"pattern":"tru","value":"$.properties.on"}}"#, #""e""#),
        (#"{"@replace":{"pattern":"a","replacement":"$&","value":"aa"}}"#, #""$&$&""#),
        (#"{"@replace":{"pattern":"a","value":"$.properties.none"}}"#, "null"),
        (#"{"@replace":{"pattern":"a","value":"$.properties.missing"}}"#, nil),
        // @merge
        (
            #"{"@merge":{"direction":"right","objects":[{"sku":1,"x":2},"$.properties.one"]}}"#,
            #"{"sku":"c","x":2}"#
        ),
        (
            #"{"@merge":{"direction":"left","objects":[{"sku":1,"x":2},"$.properties.one"]}}"#,
            #"{"sku":1,"x":2}"#
        ),
        (
            #"{"@merge":{"direction":"right","objects":["$.properties.one","$.properties.flat"]}}"#,
            #"{"sku":"c"}"#
        ),
        (
            #"{"@merge":{"direction":"right","objects":["$.properties.one",{"sku":"$.missing"}]}}"#,
            "{}"
        ),
        // @transform
        (
            #"{"@transform":{"apply":{"p":"$.properties.one"},"mapping":"$.p.sku"}}"#, #""c""#
        ),
        (
            #"{"@transform":{"apply":{"a":{"b":["x","y"]}},"mapping":{"@template":"{{a.b[1]}}{{a.z}}"}}}"#,
            #""y""#
        ),
        (
            #"{"@transform":{"apply":{"@path":"$.properties"},"mapping":{"@path":"$.one"}}}"#,
            #"{"sku":"c"}"#
        ),
        (#"{"@transform":{"apply":{"@path":"$.nowhere"},"mapping":1}}"#, nil),
        // @flatten
        (
            #"{"@flatten":{"value":"$.properties.deep","separator":"."}}"#,
            #"{"a.b":1,"a.c.0":2,"a.c.1.d":3}"#
        ),
        (
            #"{"@flatten":{"value":"$.properties.deep","separator":"$.properties.sep","omitArrays":true}}"#,
            #"{"a__b":1,"a__c":[2,{"d":3}]}"#
        ),
        (#"{"@flatten":{"value":"$.properties.flat","separator":"."}}"#, #""x""#),
        // @json
        (#"{"@json":{"mode":"encode","value":"$.properties.one"}}"#, #""{\"sku\":\"c\"}""#),
        (#"{"@json":{"mode":"encode","value":"$.properties.none"}}"#, #""null""#),
        (#"{"@json":{"mode":"encode","value":"$.properties.missing"}}"#, nil),
        (#"{"@json":{"mode":"decode","value":"$.properties.json"}}"#, #"{"k":[1,2]}"#),
        (#"{"@json":{"mode":"decode","value":"$.properties.bad"}}"#, nil),
        (#"{"@json":{"mode":"decode","value":"$.properties.on"}}"#, "true"),
        // @excludeWhenNull
        (#"{"@excludeWhenNull":"$.properties.none"}"#, nil),
        (#"{"@excludeWhenNull":"$.properties.flat"}"#, #""x""#),
        (
            #"{"@excludeWhenNull":"$.properties.nulls"}"#,
            #"{"b":{"d":1},"l":[null,{}]}"#
        ),
        // @liquid
        (#"{"@liquid":"{{ properties.flat | upcase }}-{{ properties.price }}"}"#, #""X-12.5""#),
        // Within one another.
        (
            #"{"@case":{"operator":"upper","value":{"@json":{"mode":"encode","value":{"@flatten":{"value":{"@arrayPath":["$.properties.items",{"@excludeWhenNull":"$.n"}]},"separator":"_"}}}}}}"#,
            #""{\"0\":1}""#
        ),
        // An object in the place of a text is as it is for JavaScript too: nothing is made up.
        (#"{"@if":{"exists":"$.properties.none","then":"$.properties.none","else":5}}"#, "5"),
        (#"{"@if":{"exists":"$.userId","then":"$.userId","else":5}}"#, #""u1""#),
    ]

    @Test(arguments: values)
    func aDirectiveGivesItsValue(source: String, expected: String?) throws {
        let mapping = try mapping(source)
        #expect(mapping.value(for: event(Self.order))?.json == expected)
        // And so does its normal form.
        let again = try ActionsTests.mapping(mapping.source.json)
        #expect(again == mapping)
        #expect(again.value(for: event(Self.order))?.json == expected)
    }

    /// mapping, part of the message
    static let faults: [(String, String)] = [
        (#"{"@arrayPath":"$.properties"}"#, "takes a list of a path"),
        (#"{"@arrayPath":[]}"#, "takes a list of a path"),
        (#"{"@arrayPath":[5,{}]}"#, "takes a text or a directive"),
        (#"{"@arrayPath":["$.properties","$.sku"]}"#, "a group of mappings"),
        (#"{"@replace":{"value":"a"}}"#, "needs the key \"pattern\""),
        (#"{"@replace":{"pattern":"","value":"a"}}"#, "text of 1 to 10 characters"),
        (#"{"@replace":{"pattern":"12345678901","value":"a"}}"#, "text of 1 to 10 characters"),
        (
            #"{"@replace":{"pattern":"1","replacement":"12345678901","value":"a"}}"#,
            "text of 0 to 10 characters"
        ),
        (#"{"@replace":{"pattern":"1","value":5}}"#, "takes a text or a directive"),
        (#"{"@replace":{"pattern":"1","value":"a","global":"no"}}"#, "takes true or false"),
        (
            #"{"@replace":{"pattern":"1","value":"a","replacement2":"x"}}"#,
            "pattern2, which is missing"
        ),
        (#"{"@merge":{"direction":"up","objects":[]}}"#, "one of left, right"),
        (#"{"@merge":{"objects":[]}}"#, "needs the key \"direction\""),
        (#"{"@merge":{"direction":"left","objects":{}}}"#, "takes a list of objects"),
        (#"{"@merge":{"direction":"left","objects":["x"]}}"#, "found a text"),
        (#"{"@transform":{"apply":{}}}"#, "needs the key \"mapping\""),
        (#"{"@transform":{"apply":"$.a","mapping":1}}"#, "takes a group of mappings to apply"),
        (
            #"{"@transform":{"apply":{"name":1},"mapping":"$.nmae"}}"#,
            #""apply" makes no "nmae" (did you mean "name"?)"#
        ),
        (#"{"@flatten":{"value":"$.a"}}"#, "needs the key \"separator\""),
        (#"{"@flatten":{"value":"$.a","separator":1}}"#, "takes a text or a directive"),
        (#"{"@json":{"mode":"encoed","value":1}}"#, "one of encode, decode"),
        (#"{"@liquid":{"@path":"$.a"}}"#, "takes a text"),
        (#"{"@liquid":"{% if %}"}"#, "line 1, column 7 of the template"),
    ]

    @Test(arguments: faults)
    func whatIsNoDirectiveIsRefused(source: String, message: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try mapping(source) }
        #expect(error.problems.contains { $0.message.contains(message) }, "\(error)")
    }

    /// mapping, part of the message
    static let unreachable: [(String, String)] = [
        (#""$.trait.email""#, #"did you mean "traits"?"#),
        (#"{"@path":"userId.first"}"#, "\"userId\" is one value"),
        (#"{"@template":"{{ traits.a }} {{ emial }}"}"#, "events have no \"emial\""),
        (#"{"@liquid":"{{ event.properties.email }}"}"#, "\"event\" is one value"),
        (#"{"@liquid":"{% assign a = b %}{{ a }}"}"#, "events have no \"b\""),
        (#"{"@arrayPath":["$.product",{"a":"$.b"}]}"#, "events have no \"product\""),
        (#"{"@if":{"exists":"$.x","then":1}}"#, "events have no \"x\""),
    ]

    @Test(arguments: unreachable)
    func aPathThatLeadsNowhereIsRefused(source: String, message: String) throws {
        let json = try JSONValue.parse(Array(source.utf8))
        let error = try #require(throws: ConfigurationError.self) { try configured(json) }
        #expect(error.problems[0].message.contains(message), "\(error)")
    }

    @Test func whatTheServersOfTheReferenceProductsStampCanBeMapped() throws {
        let bare = Event(
            source: "website", messageID: "assigned", receivedAt: 1_767_323_045_000,
            bytes: Array(#"{"type":"track"}"#.utf8))
        #expect(try mapping(#""$.messageId""#).value(for: bare) == .text("assigned"))
        let time = FieldValue.text("2026-01-02T03:04:05.000Z")
        #expect(try mapping(#""$.receivedAt""#).value(for: bare) == time)
        #expect(try mapping(#""$.timestamp""#).value(for: bare) == time)
        #expect(
            try mapping(#"{"@template":"{{messageId}}"}"#).value(for: bare) == .text("assigned"))
        let own = event(#"{"messageId":"mine","timestamp":"2026-01-01"}"#)
        #expect(try mapping(#""$.messageId""#).value(for: own) == .text("mine"))
        #expect(try mapping(#""$.timestamp""#).value(for: own) == .text("2026-01-01"))
    }

    @Test func aMappingPastedAsJSONIsWhatItIsAsYAML() throws {
        func action(_ fields: String) throws -> Action {
            try actions(
                """
                actions:
                  - name: Orders
                    object: Contact
                    trigger: type = "track"
                    operation: create
                    fields:
                \(fields)
                """)[0]
        }
        let pasted = """
                  LastName: {
            \t"@if": {
            \t\t"exists": { "@path": "$.traits.last_name" },
            \t\t"then": {"@path":"$.traits.last_name"},
            "else": {
              "@replace": { "pattern": "/", "replacement": "\\/", "value": {"@path": "$.properties.last_name"} }
            }}, "_metadata": { "label": "Last name" } }
            """
        let written = """
                  LastName:
                    "@if":
                      exists: $.traits.last_name
                      then: $.traits.last_name
                      else:
                        "@replace": { pattern: "/", replacement: "/", value: $.properties.last_name }
            """
        #expect(try action(pasted) == action(written))
    }

    @Test func aFaultInsideAMappingIsNamedWithItsLineAndColumn() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try actions(
                """
                actions:
                  - name: Orders
                    object: Contact
                    trigger: type = "track"
                    operation: create
                    fields:
                      LastName:
                        "@case":
                          operator: uper
                          value: $.trait.name
                      Email: { "@lqiuid": "{{ x }}" }
                """)
        }
        #expect(error.problems.map(\.line) == [9, 10, 11])
        #expect(error.problems.map(\.column) == [21, 18, 16])
        #expect(error.problems[0].suggestion == "upper")
        #expect(error.problems[2].suggestion == "@liquid")
    }
}
