import Testing

@Suite struct CoverageTests {
    @Test func everyTargetHasTests() throws {
        let manifest = Manifest(text: try Checkout.text("Package.swift"))
        let sources = try Checkout.sources(in: ["Tests"])
        expectNone(
            Coverage.problems(manifest: manifest) { folder in
                sources.contains { source in
                    source.path.hasPrefix(folder + "/")
                        && source.codeLines.contains { $0.contains("@Test") }
                }
            })
    }

    @Test func targetsWithoutTestsAreFound() {
        let manifest = Manifest(
            text: """
                targets: [
                    .target(name: "Events"), .target(name: "Records"),
                    .testTarget(name: "EventsTests"),
                    .target(name: "Support", path: "Tests/Support"),
                ]
                """)
        #expect(
            Coverage.problems(manifest: manifest, hasTest: { _ in true }) == [
                "Records: no RecordsTests"
            ])
        #expect(
            Coverage.problems(manifest: manifest, hasTest: { _ in false }) == [
                "Records: no RecordsTests", "Tests/EventsTests: holds no test",
            ])
    }
}
