import Events
import Records
import Testing

@testable import Actions

@Suite struct LiquidTests {
    static let profile = #"""
        {"type":"identify","traits":{"name":"ada LOVELACE","n":7,"half":2.5,"text5":"5","empty":"",
        "blank":" ","no":false,"none":null,"tags":["a","b","c"],"key":"name",
        "items":[{"sku":"x","n":1,"on":true},{"sku":"y","n":2}],"html":"<p>a &amp; <b>b</b></p>",
        "address":{"city":"Bern"},"when":"2026-03-05T06:07:08Z","first name":"Ada"}}
        """#

    /// template, text
    static let texts: [(String, String)] = [
        ("plain", "plain"),
        ("{{ traits.name }}!", "ada LOVELACE!"),
        ("{{traits.missing}}-{{traits.none}}", "-"),
        (#"{{ traits["first name"] }} {{ traits[traits.key] }}"#, "Ada ada LOVELACE"),
        ("{{ traits.tags[1] }}{{ traits.tags.first }}{{ traits.tags.last }}", "bac"),
        ("{{ traits.tags.size }} {{ traits.name.size }}", "3 12"),
        ("{{ traits.tags }} {{ traits.address }}", #"abc {"city":"Bern"}"#),
        (#"{{ "a|b" }} {{ 'it''s' }}"#.replacing("''", with: "-"), "a|b it-s"),
        ("{{ true }} {{ nil }} {{ 1.50 }} {{ -3 }}", "true  1.5 -3"),
        // White space
        ("a  {{- traits.n -}}  b", "a7b"),
        ("a {%- if true -%} x {%- endif -%} b", "axb"),
        ("{{traits.n-}}  b", "7b"),
        // Conditions: from the right, and strictly typed.
        ("{% if traits.n == 7 %}y{% else %}n{% endif %}", "y"),
        (#"{% if traits.text5 == 5 %}y{% else %}n{% endif %}"#, "n"),
        ("{% if false and false or true %}y{% else %}n{% endif %}", "n"),
        ("{% if traits.empty %}y{% endif %}{% if traits.no %}n{% endif %}", "y"),
        (
            "{% if traits.blank == blank %}b{% endif %}{% if traits.blank == empty %}e{% endif %}",
            "b"
        ),
        (
            "{% if traits.missing == nil %}y{% endif %}{% if traits.tags != empty %}z{% endif %}",
            "yz"
        ),
        (#"{% if traits.tags contains "b" and traits.name contains "LOVE" %}y{% endif %}"#, "y"),
        ("{% if traits.n > 6.9 and traits.n <= 7 %}y{% endif %}", "y"),
        (#"{% if traits.n > "6" %}y{% else %}n{% endif %}"#, "n"),
        ("{% if not traits.no %}y{% endif %}", "y"),
        ("{% if false %}a{% elsif traits.n <> 7 %}b{% elsif true %}c{% else %}d{% endif %}", "c"),
        ("{% unless traits.no %}y{% else %}n{% endunless %}", "y"),
        (#"{% if traits.name | slice: 0, 3 == "ada" %}y{% endif %}"#, "y"),
        // Tags
        (#"{% assign a = traits.name | upcase %}{{ a }}{{ a.size }}"#, "ADA LOVELACE12"),
        ("{% capture a %}<{{ traits.n }}>{% endcapture %}{{ a }}{{ a }}", "<7><7>"),
        ("{% increment i %}{% increment i %}{{ i }}{% decrement d %}", "012-1"),
        ("a{% comment %}{{ b }{% x %}{% endcomment %}c{% # note %}d", "acd"),
        ("{% raw %}{{ a }}{% b %}{% endraw %}", "{{ a }}{% b %}"),
        ("{% echo traits.n | plus: 1 %}", "8"),
        ("{% liquid\n assign a = 3\n if a == 3\n  echo 'three'\n endif %}!", "three!"),
        // Numbers, exactly
        (
            "{{ 0.1 | plus: 0.2 }} {{ traits.text5 | minus: 7 }} {{ traits.half | times: 4 }}",
            "0.3 -2 10"
        ),
        (
            "{{ 10 | divided_by: 4 }} {{ 10 | divided_by: 3 }} {{ -7 | modulo: 3 }}",
            "2.5 3.333333333333333 -1"
        ),
        ("{{ 1 | divided_by: 0 }}{{ traits.name | plus: 1 }}", ""),
        (
            "{{ -2.5 | abs }} {{ 2.1 | ceil }} {{ -2.1 | floor }} {{ 2.555 | round: 2 }} {{ 2.5 | round }}",
            "2.5 3 -3 2.56 3"
        ),
        ("{{ 5 | at_least: 7 }} {{ 5 | at_most: 3 }} {{ '-2.7' | to_integer }}", "7 3 -2"),
        // Texts
        (
            "{{ traits.name | capitalize }} {{ traits.name | downcase }}",
            "Ada lovelace ada lovelace"
        ),
        (#"{{ "b" | prepend: "a" | append: "c" }}{{ " x " | strip }}{{ " x" | lstrip }}"#, "abcxx"),
        (
            #"{{ "aXbX" | replace: "X", "-" }} {{ "aXbX" | replace_first: "X" }} {{ "aXbX" | replace_last: "X", "." }}"#,
            "a-b- abX aXb."
        ),
        (
            #"{{ "aXbX" | remove: "X" }} {{ "aXbX" | remove_first: "X" }} {{ "aXbX" | remove_last: "X" }}"#,
            "ab abX aXb"
        ),
        (
            #"{{ "a,b,,c,," | split: "," | size }} {{ "a b  c" | split: " " | join: "+" }}"#,
            "4 a+b++c"
        ),
        (
            #"{{ "The quick brown" | truncate: 9 }} {{ "a b c" | truncatewords: 2, "…" }}"#,
            "The qu... a b…"
        ),
        (#"{{ "liquid" | slice: 1 }} {{ "liquid" | slice: -3, 2 }}"#, "i ui"),
        (#"{{ "a  b c" | normalize_whitespace }} {{ "a  b c" | number_of_words }}"#, "a b c 3"),
        (
            #"{{ traits.html | strip_html }} {{ "Ünder Score! 5" | slugify }}"#,
            "a &amp; b ünder-score-5"
        ),
        // Encodings
        (
            #"{{ "a<b>'" | escape }} {{ "1 &lt; 2 & 3" | escape_once }}"#,
            "a&lt;b&gt;&#39; 1 &lt; 2 &amp; 3"
        ),
        (
            #"{{ "a b&é/" | url_encode }} {{ "a+b%26%C3%A9%" | url_decode }}"#,
            "a+b%26%C3%A9%2F a b&é%"
        ),
        (#"{{ "a b!" | cgi_escape }} {{ "a b/?" | uri_escape }}"#, "a+b%21 a%20b/?"),
        (
            #"{{ traits.tags | json }} {{ traits.name | jsonify }}"#,
            #"["a","b","c"] "ada LOVELACE""#
        ),
        // Lists
        (
            #"{{ traits.items | where: "on" | size }} {{ traits.items | where: "sku", "y" | json }}"#,
            #"1 [{"n":2,"sku":"y"}]"#
        ),
        (
            #"{{ traits.items | sum: "n" }} {{ traits.tags | push: "d" | unshift: "0" | join: "" }}"#,
            "3 0abcd"
        ),
        (
            "{{ traits.tags | pop | shift | join }} {{ traits.tags | first }}{{ traits.tags | last }}",
            "b ac"
        ),
        // Dates, in UTC
        (
            #"{{ traits.when | date: "%Y-%m-%d %-d/%-m %b %a %H:%M:%S %j %U %s" }}"#,
            "2026-03-05 5/3 Mar Thu 06:07:08 064 09 1772690828"
        ),
        (#"{{ 0 | date: "%F %T %p %I %e|%_H|%^a|%q" }}"#, "1970-01-01 00:00:00 AM 12  1| 0|THU|%q"),
        (
            "{{ traits.when | date_to_xmlschema }} {{ traits.when | date_to_long_string }}",
            "2026-03-05T06:07:08+00:00 05 March 2026"
        ),
        (
            "{{ traits.when | date_to_rfc822 }} {{ traits.when | date_to_string }}",
            "Thu, 05 Mar 2026 06:07:08 +0000 05 Mar 2026"
        ),
        (
            #"{{ "no date" | date: "%Y" }} {{ "1969-12-31" | date: "%A %j" }}"#,
            "no date Wednesday 365"
        ),
        ("{{ traits.when | date }}", "Thursday, March 5, 2026 at 6:07 am +0000"),
        // default
        (
            #"{{ traits.empty | default: "x" }}{{ traits.no | default: "y" }}{{ traits.no | default: "y", allow_false: true }}{{ 0 | default: 1 }}"#,
            "xyfalse0"
        ),
    ]

    @Test(arguments: texts)
    func aTemplateGivesItsText(source: String, expected: String) throws {
        #expect(try LiquidTemplate(source).text(from: event(Self.profile)) == expected)
    }

    /// template, line, column, part of the message
    static let faults: [(String, Int, Int, String)] = [
        ("{{ a", 1, 5, "expected \"}}\""),
        ("x\n{{ a b }}", 2, 6, "expected \"}}\""),
        ("{{ }}", 1, 4, "expected a value"),
        ("{{ 'a }}", 1, 4, "never closed"),
        ("{{ a[1 }}", 1, 5, "never closed"),
        ("{{ a. }}", 1, 6, "expected a name"),
        ("{{ a[-1] }}", 1, 6, "whole number from 0"),
        ("{{ a | upcas }}", 1, 8, #"did you mean "upcase"?"#),
        ("{{ a | append }}", 1, 8, "takes one argument, found 0"),
        ("{{ a | upcase: 1 }}", 1, 8, "takes no arguments, found 1"),
        ("{{ a | default: 1, allow: true }}", 1, 20, "has no \"allow\""),
        (#"{{ "now" | date: "%Y" }}"#, 1, 12, "there is no \"now\""),
        ("{{ a | sort }}", 1, 8, "filter \"sort\" is disabled"),
        ("{% for a in b %}{% endfor %}", 1, 1, "tag \"for\" is disabled"),
        ("ab{% iff a %}", 1, 3, #"did you mean "if"?"#),
        ("{% if a %}b", 1, 1, "add {% endif %}"),
        ("{% if a %}{% endunless %}{% endif %}", 1, 11, "no tag \"endunless\""),
        ("{% assign a %}", 1, 13, "expected \"=\""),
        ("{% raw %}x", 1, 1, "add {% endraw %}"),
        ("{{ (1..3) }}", 1, 4, "ranges"),
        ("{% liquid\n echo 1\n ecoh 2 %}", 3, 2, #"did you mean "echo"?"#),
    ]

    @Test(arguments: faults)
    func aFaultIsNamedWithItsPlace(
        source: String, line: Int, column: Int, message: String
    ) throws {
        let error = try #require(throws: LiquidError.self) { try LiquidTemplate(source) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.line == line && error.column == column, "\(error.line):\(error.column)")
    }

    @Test func everyFilterAndTagThatSegmentDisablesIsRefused() throws {
        for filter in LiquidFilter.disabled {
            let error = try #require(throws: LiquidError.self) {
                try LiquidTemplate("{{ a | \(filter) }}")
            }
            #expect(error.message == "filter \"\(filter)\" is disabled")
        }
        for tag in LiquidParser.disabledTags {
            let error = try #require(throws: LiquidError.self) {
                try LiquidTemplate("{% \(tag) %}")
            }
            #expect(error.message == "tag \"\(tag)\" is disabled")
        }
    }

    @Test func lengthAndNestingAreLimited() throws {
        let longest = String(repeating: "a", count: LiquidTemplate.charactersMax)
        #expect(try LiquidTemplate(longest).text(from: event("{}")) == longest)
        #expect(throws: LiquidError.self) { try LiquidTemplate(longest + "a") }
        let deep = String(repeating: "{% if a %}", count: LiquidTemplate.nestingMax)
        let error = try #require(throws: LiquidError.self) { try LiquidTemplate(deep) }
        #expect(error.message.contains("nested deeper"))
    }

    @Test func aTemplateThatWouldNeverEndGivesNoValue() throws {
        let doubling = String(repeating: "{% assign a = a | append: a %}", count: 25)
        let bomb = "{% assign a = 'aaaaaaaaaaaaaaaa' %}\(doubling){{ a }}"
        #expect(try LiquidTemplate(bomb).text(from: event("{}")) == nil)
        let nesting = String(repeating: "{%assign a=a|push:a%}", count: 40)
        #expect(try LiquidTemplate("{%assign a=1%}\(nesting)x").text(from: event("{}")) == nil)
        let text = String(repeating: "a", count: 16_000)
        let blowing = "{{ traits.a | replace: 'a', traits.a }}"
        let hostile = event(#"{"traits":{"a":"\#(text)"}}"#)
        #expect(try LiquidTemplate(blowing).text(from: hostile) == nil)
    }

    static let words = [
        "{{", "}}", "{%", "%}", "-", "|", ":", ",", ".", "[", "]", "\"", "'", " ", "\n", "if",
        "elsif",
        "else", "endif", "unless", "endunless", "assign", "=", "==", "<", "contains", "and", "not",
        "capture", "endcapture", "raw", "endraw", "comment", "endcomment", "liquid", "echo",
        "increment", "i", "traits", "traits.n", "traits.tags", "5", "-1.5", "blank", "nil",
        "upcase",
        "append", "date", "split", "slice", "round", "times", "#", "{", "}", "(", "é", "\u{0}", "🜁",
    ]

    @Test(arguments: [4, 17, 20_261_123])
    func anyTextIsATemplateOrAnErrorWithAPlaceInside(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let profile = event(Self.profile)
        var accepted = 0
        for round in 0..<3_000 {
            let source =
                round.isMultiple(of: 2)
                ? Self.soup(&random) : Self.disturbed(random.one(of: Self.texts).0, &random)
            do throws(LiquidError) {
                let template = try LiquidTemplate(source)
                _ = template.text(from: profile)
                accepted += 1
            } catch {
                let lines = source.split(
                    omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                let isInside =
                    (1...max(lines.count, 1)).contains(error.line)
                    && (1...lines[error.line - 1].count + 1).contains(error.column)
                #expect(isInside, "seed \(seed), template \(source.debugDescription)")
            }
        }
        #expect((100...2_900).contains(accepted))
    }

    private static func soup(_ random: inout SeededGenerator) -> String {
        let separator = random.one(of: ["", " "])
        return (0..<Int.random(in: 0...16, using: &random)).map { _ in random.one(of: words) }
            .joined(separator: separator)
    }

    private static func disturbed(_ source: String, _ random: inout SeededGenerator) -> String {
        var text = Array(source)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            guard let index = text.indices.randomElement(using: &random) else { break }
            if Bool.random(using: &random) {
                text.remove(at: index)
            } else {
                text.insert(contentsOf: random.one(of: words), at: index)
            }
        }
        return String(text)
    }
}
