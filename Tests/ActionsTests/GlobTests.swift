import Testing

@testable import Actions

@Suite struct GlobTests {
    @Test(arguments: [
        ("X*", "Xyz", true), ("X*", "aX", false), ("*X", "yzX", true), ("*X", "Xa", false),
        ("*mid*", "amidst", true), ("a*c", "abbc", true), ("a*c", "abcd", false),
        ("a?c", "abc", true), ("a?c", "ac", false), ("", "", true), ("", "a", false),
        ("*", "", true), ("**a**", "bab", true), ("a*b*c", "aXbXbXc", true),
        ("\\*", "*", true), ("\\*", "a", false), ("\\[1\\]", "[1]", true),
        ("?", "é", true), ("X", "x", false), ("ab[cC]d", "abCd", true), ("ab[a-z]d", "abcd", true),
        ("ab[A-Z]d", "abcd", false), ("[a-c-]", "-", true), ("[a-c-]", "b", true),
        ("[-x]", "-", true),
        ("[\\]]", "]", true), ("[a\\-c]", "b", false), ("*[0-9]", "v10", true), ("]", "]", true),
    ])
    func aPatternFitsTheWholeText(pattern: String, text: String, fits: Bool) throws {
        let glob = try #require(Glob(pattern))
        #expect(glob.matches(text) == fits)
    }

    @Test(arguments: ["[a-z*", "a\\", "[]", "[^a]", "[!a]", "[z-a]", "[a\\"])
    func whatIsNoPatternIsRefused(pattern: String) {
        #expect(Glob(pattern) == nil)
    }

    @Test func manyStarsDoNotExplode() throws {
        let glob = try #require(Glob(String(repeating: "a*", count: 200) + "b"))
        #expect(!glob.matches(String(repeating: "a", count: 2_000)))
    }
}
