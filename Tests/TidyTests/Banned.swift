import Foundation

/// What may not be written, and where.
enum Banned {
    /// Names that say nothing about what is inside.
    static let emptyNames = ["Utils", "Helpers", "Manager", "Common", "Misc", "Placeholder"]

    /// Words that promise work instead of doing it. In two parts, or this file would find itself.
    private static let promises = ["TO" + "DO", "FIX" + "ME"]

    /// Paths of one person's machine: a stranger has none of them. In two parts for the same
    /// reason.
    private static let machinePaths = [
        "/wo" + "rk/", "/ro" + "ot/", "/Us" + "ers/", "sha" + "red/",
    ]

    /// The one file that may look beside the checkout.
    private static let mayLookOutside = ".ci/run"

    static func problems(path: String, text: String) -> [String] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let names = emptyNames.filter(name.contains).map {
            "\(path): a file name that says nothing: \($0)"
        }
        return names
            + text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { index, line in
                let promised = promises.filter { containsWord($0, in: line) }
                let machine =
                    path == mayLookOutside ? [] : machinePaths.filter { line.contains($0) }
                return (promised + machine).map { "\(path):\(index + 1): \($0)" }
            }
    }

    /// What only Swift files can say.
    static func problems(in source: SwiftSource) -> [String] {
        source.codeLines.enumerated().flatMap { index, code in
            problems(code: code, at: index, in: source).map { "\(source.path):\(index + 1): \($0)" }
        }
    }

    private static func problems(code: String, at index: Int, in source: SwiftSource) -> [String] {
        var problems: [String] = []
        if code.contains("try!") { problems.append("try!: handle the error, or declare it") }
        if !mayPrint(source.path), containsWord("print", in: code[...], before: "(") {
            problems.append("print: only the command line and the tools speak to people")
        }
        for unchecked in ["@unchecked Sendable", "nonisolated(unsafe)"]
        where code.contains(unchecked) && !hasComment(at: index, in: source) {
            problems.append("\(unchecked): no comment beside it says what protects the state")
        }
        if code.filter({ $0 != " " }).contains("fatalError()") {
            problems.append("fatalError without a message")
        }
        return problems
    }

    private static func mayPrint(_ path: String) -> Bool {
        path.hasPrefix("Sources/CLI/") || path.hasPrefix("Tools/")
    }

    /// A comment on the line itself, or on the lines right above it; attributes may stand between.
    private static func hasComment(at index: Int, in source: SwiftSource) -> Bool {
        if source.lines[index].count
            > source.codeLines[index].trimmingCharacters(in: .whitespaces).count,
            source.lines[index].contains("//")
        {
            return true
        }
        let above = source.lines[..<index].reversed().lazy
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .first { !$0.hasPrefix("@") }
        return above?.hasPrefix("//") ?? false
    }

    /// Whether `word` stands in `text` by itself, directly before `suffix`; a member's name is no
    /// match, but for `Swift.print`.
    private static func containsWord(
        _ word: String, in text: Substring, before suffix: String = ""
    ) -> Bool {
        var rest = text
        while let range = rest.range(of: word + suffix) {
            let before = text[..<range.lowerBound]
            let isMember = before.last == "." && !before.hasSuffix("Swift.")
            let isPart = before.last.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
            let after = text[range.upperBound...].first
            let goesOn = suffix.isEmpty && (after.map { $0.isLetter || $0 == "_" } ?? false)
            if !isMember, !isPart, !goesOn { return true }
            rest = text[range.upperBound...]
        }
        return false
    }
}
