import Testing

@Suite struct SwiftSourceTests {
    @Test(arguments: [
        ("line comment", "a // { b", "a       "),
        ("nested block comment", "a /* { /* } */ \" */ b", "a                   b"),
        ("string", #"a("{ }")"#, #"a("   ")"#),
        ("escaped quote", #"a("\"{") }"#, #"a("   ") }"#),
        ("raw string", ##"a(#""{"#) }"##, ##"a(#"  "#) }"##),
        ("interpolation", #"a("{\(b("}").c)}")"#, #"a("   b(" ").c  ")"#),
        ("raw string with a bare interpolation", ##"a(#"\({ 1 })"#)"##, ##"a(#"        "#)"##),
        ("raw interpolation", ##"a(#"\#({ 1 }) {"#)"##, ##"a(#"   { 1 }   "#)"##),
        ("raw string of one quote", ##"a(#"""#) }"##, ##"a(#" "#) }"##),
        ("regular expression", #"a(/[{"]/) }"#, #"a(      ) }"#),
        ("division", "a / b { / c }", "a / b { / c }"),
    ])
    func commentsAndStringsAreBlanked(name: String, text: String, code: String) {
        let source = SwiftSource(path: "Sample.swift", text: text)
        #expect(String(decoding: source.code, as: UTF8.self) == code, "\(name)")
    }

    @Test func multilineStringsAreBlankedAndKeepTheirLineBreaks() {
        let source = SwiftSource(
            path: "Sample.swift",
            text: "let a = \"\"\"\n  { \"quoted\" \\(b {\n }) }\n  \"\"\"\nfunc c()")
        #expect(
            source.codeLines == [
                "let a = \"\"\"", "               b {", " }   ", "  \"\"\"", "func c()",
            ])
    }

    @Test func importsAreReadWhateverStandsBeforeThem() {
        let text = """
            import A
            @testable import B
            package import C
            @preconcurrency public import D
            import struct E.Part
            import F.Sub
            // import G
            let text = "import H"
            """
        let source = SwiftSource(path: "Sample.swift", text: text)
        #expect(source.imports == ["A", "B", "C", "D", "E", "F"])
    }
}
