import Events
import Testing

@Suite struct JSONPathTests {
    @Test(
        arguments: [
            ("$", []),
            ("$.traits.email", [.member("traits"), .member("email")]),
            ("traits.email", [.member("traits"), .member("email")]),
            ("$.items[0].price", [.member("items"), .index(0), .member("price")]),
            ("$['first name']", [.member("first name")]),
            (#"$.["first name"].x"#, [.member("first name"), .member("x")]),
            (#"$['it\'s']"#, [.member("it's")]),
            ("[2][3]", [.index(2), .index(3)]),
            ("$.a.0", [.member("a"), .member("0")]),
            ("$.a-b_c@d", [.member("a-b_c@d")]),
        ] as [(String, [JSONPath.Step])])
    func notationIsRead(text: String, steps: [JSONPath.Step]) {
        #expect(JSONPath(text)?.steps == steps)
    }

    @Test(arguments: [
        "", "$.", "$..a", "$.a.", "$x", "$.a[", "$.a[]", "$.a[x]", "$.a[-1]", "$['a", "$['a'",
    ])
    func brokenNotationIsRefused(text: String) {
        #expect(JSONPath(text) == nil)
    }

    @Test(
        arguments: [
            [.member("traits"), .member("first name"), .index(3)],
            [.member("it's"), .member("a.b[0]")],
            [.member(#"back\slash"#)], [],
        ] as [[JSONPath.Step]])
    func descriptionReadsBackAsTheSamePath(steps: [JSONPath.Step]) {
        let path = JSONPath(steps: steps)
        #expect(JSONPath(path.description) == path)
    }
}
