import Testing

@Suite struct PurityTests {
    @Test func whatComputesReadsNoClockDrawsNothingAndTouchesNoFile() throws {
        let sources = try Checkout.sources(in: Purity.targets.map { "Sources/\($0)" })
        #expect(sources.count > 30)
        expectNone(sources.flatMap { Purity.problems(in: $0) })
    }

    // MARK: - The checker, on planted input

    @Test(arguments: [
        "import Foundation", "import Glibc", "import Dispatch", "package import EventLog",
        "let now = Date()", "let begun = ContinuousClock.now", "let a = ContinuousClock().now",
        "var generator = SystemRandomNumberGenerator()", "let a = Int.random(in: 0..<3)",
        "let a = records.shuffled()", "let a = records.randomElement()", "let id = UUID()",
        "let files = FileManager.default", "let home = getenv(name)", "print(record)",
        "let a = readLine()", "Task { await send() }", "let text = \"\\(Date())\"",
    ])
    func whatIsNotPureIsFound(text: String) {
        let source = SwiftSource(path: "Sources/Records/Sample.swift", text: text)
        #expect(Purity.problems(in: source).count == 1)
    }

    @Test(arguments: [
        "import Records", "// Date() of the event", "let text = \"Date()\"",
        "let kind = FieldType.date", "func dated(_ date: CalendarDate) -> String { date.text }",
        "struct DateField {}", "let randomly = 1", "let fingerprint = hash",
    ])
    func whatIsPureIsLeftAlone(text: String) {
        let source = SwiftSource(path: "Sources/Records/Sample.swift", text: text)
        #expect(Purity.problems(in: source) == [])
    }
}
