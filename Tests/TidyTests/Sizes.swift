/// How long files, functions and lines may be. Small pieces are read whole; large ones are skimmed.
enum Sizes {
    static let fileLinesMax = 500
    static let fileLinesMedianMax = 150
    static let fileLinesNinetiethMax = 350
    static let functionLinesMax = 70
    static let functionLinesNinetiethMax = 35
    static let columnsMax = 100

    /// A function, initialiser, subscript or computed property, with its body.
    struct Declaration: Equatable {
        let name: String
        /// From 1.
        let line: Int
        /// Lines from the keyword to the closing brace, both counted.
        let lineCount: Int
        let isProperty: Bool
    }

    static func problems(in source: SwiftSource) -> [String] {
        var problems: [String] = []
        if source.lineCount > fileLinesMax {
            problems.append("\(source.path): \(source.lineCount) lines, at most \(fileLinesMax)")
        }
        let wide = source.lines.enumerated().filter { $0.element.count > columnsMax }
        for (index, line) in wide where !isSample(line, at: index, in: source) {
            problems.append(
                "\(source.path):\(index + 1): \(line.count) columns, at most \(columnsMax)")
        }
        for declaration in declarations(in: source) where declaration.lineCount > functionLinesMax {
            problems.append(
                "\(source.path):\(declaration.line): \(declaration.name) has "
                    + "\(declaration.lineCount) lines, at most \(functionLinesMax)")
        }
        return problems
    }

    /// Whether what is too wide is a literal of a test: a recorded answer stays as it was recorded.
    private static func isSample(_ line: String, at index: Int, in source: SwiftSource) -> Bool {
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        guard source.path.hasPrefix("Tests/"), !isComment else { return false }
        // The inside of a literal is blank in the code; its end may stand behind it.
        return source.codeLines[index].dropFirst(columnsMax).allSatisfy { " \"#,)]".contains($0) }
    }

    /// How the sizes of many files are spread.
    static func problemsOfSpread(_ sources: [SwiftSource]) -> [String] {
        let files = sources.map(\.lineCount)
        let functions = sources.flatMap(declarations).filter { !$0.isProperty }.map(\.lineCount)
        let bounds = [
            ("median file", percentile(0.5, of: files), fileLinesMedianMax),
            ("ninetieth file of a hundred", percentile(0.9, of: files), fileLinesNinetiethMax),
            (
                "ninetieth function of a hundred", percentile(0.9, of: functions),
                functionLinesNinetiethMax
            ),
        ]
        return bounds.filter { $0.1 > $0.2 }.map { "\($0.0): \($0.1) lines, at most \($0.2)" }
    }

    /// The nearest-rank percentile; zero of nothing.
    static func percentile(_ share: Double, of values: [Int]) -> Int {
        guard !values.isEmpty else { return 0 }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values.sorted()[max(rank, 1) - 1]
    }
}
