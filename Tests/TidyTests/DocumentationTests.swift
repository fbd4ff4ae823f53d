import Testing

@Suite struct DocumentationTests {
    static func pages() throws -> [MarkdownPage] {
        try Checkout.files(in: ["README.md", "docs", "Tools"]) { $0.hasSuffix(".md") }
            .map { MarkdownPage(path: $0, text: try Checkout.text($0)) }
    }

    @Test func everyLinkLeadsSomewhere() throws {
        let pages = try Self.pages()
        #expect(pages.contains { $0.path == "README.md" })
        expectNone(
            pages.flatMap { page in
                page.brokenLinks(
                    exists: Checkout.exists, page: { path in pages.first { $0.path == path } })
            })
    }

    @Test func everyPageThatCodeRefersToExists() throws {
        let sources = try Checkout.sources(in: ["Package.swift", "Sources", "Tools"])
        let named = sources.flatMap { source in
            Self.pagesNamed(in: source.lines).map { (source.path, $0) }
        }
        #expect(!named.isEmpty)
        expectNone(named.filter { !Checkout.exists($0.1) }.map { "\($0.0): no page \($0.1)" })
    }

    /// Pages that comments name by their path from the root.
    static func pagesNamed(in lines: [String]) -> [String] {
        lines.flatMap { line in
            line.split { " `\"(),:;".contains($0) }.map(String.init)
                .filter { $0.hasPrefix("docs/") && $0.hasSuffix(".md") }
        }
    }

    @Test func everyPageHasOneTitle() throws {
        expectNone(
            try Self.pages().filter { $0.headings(level: 1).count != 1 }
                .map { "\($0.path): \($0.headings(level: 1).count) headings of level 1" })
    }

    @Test func decisionRecordsAreNumberedAndWhole() throws {
        let paths = Checkout.files(in: ["docs/decisions"]) { $0.hasSuffix(".md") }
        #expect(!paths.isEmpty)
        let files = try paths.map {
            ($0.split(separator: "/").last.map(String.init) ?? $0, try Checkout.text($0))
        }
        expectNone(DecisionRecords.problems(files: Dictionary(uniqueKeysWithValues: files)))
    }

    @Test func architectureFitsInOneReading() throws {
        let lines = try Checkout.text("docs/architecture.md").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 251)
    }

    // MARK: - The checkers, on planted input

    @Test func pagesNamedInCommentsAreFound() {
        let lines = ["/// See `docs/a.md`, and docs/b/c.md: both.", "let docs = 1"]
        #expect(Self.pagesNamed(in: lines) == ["docs/a.md", "docs/b/c.md"])
    }

    static let page = MarkdownPage(
        path: "docs/a.md",
        text: """
            # Title
            [good](b.md), [up](../README.md#two-commands) and [here](#part-2-its-end).
            [gone](c.md) [web](https://example.com/c.md) `[code](d.md)`
            ```
            # not a heading
            [fenced](e.md)
            ```
            ## Part 2: its `end`
            ## Same
            ## Same
            [second](#same-1) [third](#same-2) [elsewhere](b.md#none "with a title")
            """)

    @Test func linksAndAnchorsThatLeadNowhereAreFound() {
        let other = MarkdownPage(path: "docs/b.md", text: "# B\n")
        let home = MarkdownPage(path: "README.md", text: "# Home\n## Two commands\n")
        let broken = Self.page.brokenLinks(
            exists: { ["docs/a.md", "docs/b.md", "README.md"].contains($0) },
            page: { path in [other, home].first { $0.path == path } })
        #expect(
            broken == [
                "docs/a.md:3: no file c.md", "docs/a.md:11: no heading #same-2",
                "docs/a.md:11: no heading b.md#none",
            ])
    }

    @Test func headingsInsideCodeAreNoHeadings() {
        #expect(Self.page.headings(level: 1) == ["Title"])
    }

    @Test func decisionRecordsOutOfOrderOrIncompleteAreFound() {
        let whole = DecisionRecords.sections.map { "## \($0)\n" }.joined()
        let files = [
            "0001-log.md": whole, "0002-bench.md": "## Status\n## Context\n## Decision\n",
            "0004-gap.md": whole,
        ]
        #expect(
            DecisionRecords.problems(files: files) == [
                "0002-bench.md: no section Consequences", "0002-bench.md: no section Alternatives",
                "0004-gap.md: should be number 0003",
            ])
    }
}
