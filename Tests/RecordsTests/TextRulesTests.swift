import TestSupport
import Testing

@testable import Records

@Suite struct TextRulesTests {
    /// Pieces of text that some rule is about, and some that none is.
    private static let pieces = [
        "a", "B", " ", "\t", "\n", "\r\n", "\u{01}", "\u{00A0}", "\u{3000}", "é", "日本", "\u{7F}",
    ]

    @Test(arguments: SeededGenerator.seeds(count: 10))
    func noRuleChangesPlainText(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let count = generator.number(0...5)
            let text = (0..<count).map { _ in
                Self.pieces[generator.number(0...(Self.pieces.count - 1))]
            }.joined()
            guard TextRules.isPlain(text) else { continue }
            #expect(!TextRules.isBlank(text))
            #expect(TextRules.withoutControls(text) == text)
            #expect(TextRules.onOneLine(text) == text)
            #expect(TextRules.withFoldedLineEnds(text) == text)
            #expect(TextRules.trimmed(text) == text)
        }
    }

    @Test(arguments: ["", " ", "a ", "\ta", "a\nb", "a\u{0}b", "a\tb"])
    func textThatARuleIsAboutIsNotPlain(text: String) { #expect(!TextRules.isPlain(text)) }

    @Test(arguments: ["a", "ann@example.com", "\u{00A0}a", "日本 語", "\u{7F}"])
    func ordinaryTextIsPlain(text: String) { #expect(TextRules.isPlain(text)) }
}
