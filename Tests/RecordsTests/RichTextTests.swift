import Records
import TestSupport
import Testing

/// Rich text that Salesforce makes the same of, and rich text that stays apart.
@Suite struct RichTextTests {
    @Test(
        arguments: [
            ("Tom & Jerry's", "Tom &amp; Jerry&#39;s"), ("&quot;a&quot;", "\"a\""),
            ("1 < 2", "1 &lt; 2"), ("a&nbsp;b", "a\u{A0}b"), ("&#228;&#xE4;", "ää"),
            ("plain", "<p>plain</p>"), ("<B>x</B>", "<b>x</b>"), ("a<br/>b", "a<br>b"),
            ("a<br />b", "a<br>b"), ("<script>x</script>", "x"), ("<blink>x</blink>", "x"),
            ("<a  href=\"u\">x</a>", "<a href=\"u\">x</a>"), ("a\r\nb", "a\nb"),
            ("&amp;lt;", "&amp;lt;"), ("&unheard;", "&amp;unheard;"), ("<>", "&lt;&gt;"),
            ("<script></script>", ""), ("<p></p>", ""),
        ])
    func whatSalesforceMakesTheSameOfIsTheSame(one: String, other: String) {
        #expect(Field.rich.canonical(.text(one)) == Field.rich.canonical(.text(other)))
    }

    @Test(
        arguments: [
            ("a", "b"), ("&lt;b&gt;", "<b>"), ("<b>a</b>", "a"), ("<p>a</p><p>b</p>", "ab"),
            ("<img src=\"a.png\">", "<img src=\"b.png\">"), ("a&amp;lt;", "a&lt;"), (" a", "a"),
        ])
    func whatReadsDifferentlyIsADifference(one: String, other: String) {
        #expect(Field.rich.canonical(.text(one)) != Field.rich.canonical(.text(other)))
    }

    /// The markup counts, and a special character counts as the entity that it is stored as.
    @Test(
        arguments: [
            ("abcdefghij", true), ("abcdefghijk", false), ("abcdef'", false), ("abcde'", true),
            ("<b>abc</b>", true), ("<b>abcd</b>", false), ("&amp;abcde", true),
            ("&amp;abcdef", false), ("&abcdef", false),
        ])
    func theLengthIsThatOfTheMarkup(text: String, fits: Bool) {
        var field = Field.rich
        field.length = 10
        #expect((sent(field, .text(text)) != nil) == fits)
    }

    static let pieces = [
        "<", ">", "&", ";", "/", "p", "<p>", "</p>", "br", "<br/>", "amp;", "&amp;", "lt", "&#39;",
        "&#13;", "'", "\"", " ", "\n", "\r", "script", "é", "&nbsp;", "=",
    ]

    @Test(arguments: SeededGenerator.seeds(count: 4))
    func theComparedFormIsStable(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let html = (0..<random.below(12)).map { _ in random.pick(Self.pieces) }.joined()
            let once = Field.rich.canonical(.text(html))
            #expect(Field.rich.canonical(once) == once, "seed \(seed): \(html)")
        }
    }
}
