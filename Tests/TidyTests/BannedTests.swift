import Testing

@Suite struct BannedTests {
    /// Everything that people wrote as text; data files hold what others wrote.
    static func isText(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        let kinds = [".swift", ".md", ".yaml", ".yml", ".sh", ".h", ".modulemap"]
        return !name.contains(".") || kinds.contains { name.hasSuffix($0) }
    }

    @Test func nothingBannedIsWritten() throws {
        let paths = Checkout.files(in: Checkout.written, where: Self.isText)
        #expect(paths.count > 30)
        expectNone(try paths.flatMap { Banned.problems(path: $0, text: try Checkout.text($0)) })
    }

    @Test func nothingBannedIsProgrammed() throws {
        let sources = try Checkout.sources(in: ["Sources", "Tools", "Tests"])
        expectNone(sources.flatMap(Banned.problems))
    }

    // MARK: - The checkers, on planted input

    @Test(arguments: [
        ("Sources/Events/EventUtils.swift", ""),
        ("Sources/Events/ConnectionManager.swift", ""),
        ("Sources/Events/Event.swift", "// TO" + "DO: later"),
        ("docs/testing.md", "(FIX" + "ME)"),
        ("docs/testing.md", "see /ro" + "ot/notes"),
        ("Tools/demo", "cd ../sha" + "red/design"),
    ])
    func bannedTextIsFound(path: String, text: String) {
        #expect(Banned.problems(path: path, text: text).count == 1)
    }

    @Test(arguments: [
        ("Sources/Events/Event.swift", "let shared = 1 // a method is not a todo"),
        ("Sources/Events/Event.swift", "MASTO" + "DON, TO" + "DOS"),
        (".ci/run", "reference=\"$(cd .. && pwd)/sha" + "red/x\""),
    ])
    func harmlessTextIsLeftAlone(path: String, text: String) {
        #expect(Banned.problems(path: path, text: text) == [])
    }

    @Test(arguments: [
        "let a = try! b()",
        "print(\"hello\")",
        "if a { Swift.print(b) }",
        "fatalError( )",
        "final class A: @unchecked Sendable {}",
        "// The reason.\n\nfinal class A: @unchecked Sendable {}",
        "nonisolated(unsafe) var a = 1",
    ])
    func bannedCodeIsFound(text: String) {
        let source = SwiftSource(path: "Sources/Events/Sample.swift", text: text)
        #expect(Banned.problems(in: source).count == 1)
    }

    @Test(arguments: [
        "// try! print( fatalError()",
        "let a = \"try! print(\"",
        "fatalError(\"entry \\(position) is missing\")",
        "a.print(b)", "blueprint(b)", "printer(b)",
        "// Guarded by `lock`.\n@usableFromInline\nfinal class A: @unchecked Sendable {}",
        "nonisolated(unsafe) var a = 1  // written once, before any thread starts",
    ])
    func harmlessCodeIsLeftAlone(text: String) {
        let source = SwiftSource(path: "Sources/Events/Sample.swift", text: text)
        #expect(Banned.problems(in: source) == [])
    }

    @Test(arguments: ["Sources/CLI/Sync.swift", "Tools/ProfileGenerator/Command/Main.swift"])
    func printingIsForTheCommandLineAndTheTools(path: String) {
        #expect(Banned.problems(in: SwiftSource(path: path, text: "print(1)")) == [])
    }
}
