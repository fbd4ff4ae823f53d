import Foundation
import Testing

/// Recorded cases that Tidemark answers otherwise, each with the sentence of its own documentation
/// that says so. No recorded trigger is among them: all of those hold.
enum OverruledCases {
    struct Ruling: Sendable {
        let page: String
        let sentence: String
    }

    private static let ownKind = Ruling(
        page: "docs/configuration.md",
        sentence: "The value is of the kind that the mapping says: a list stays a list, a number "
            + "a number, and a text is not taken apart.")

    static let rulings: [String: Ruling] = [
        // A bare list, number and text, of which theirs makes an object.
        "seg-map-001": ownKind, "seg-map-002": ownKind, "seg-map-004": ownKind,
        // A list for an event.
        "seg-map-013": Ruling(
            page: "docs/http-api.md", sentence: "An event is one JSON object."),
        // An object in a template, of which theirs says nothing but that it is one.
        "seg-tpl-008": Ruling(
            page: "docs/configuration.md",
            sentence: "A list or an object within a text is written as JSON, so that nothing of it "
                + "is lost."),
    ]
}

@Suite struct OverruledCasesTests {
    @Test(arguments: OverruledCases.rulings.keys.sorted())
    func theSentenceThatOverrulesACaseStandsInItsPage(id: String) throws {
        let ruling = try #require(OverruledCases.rulings[id])
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appendingPathComponent(ruling.page), encoding: .utf8)
        let words = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(ruling.sentence))
    }
}
