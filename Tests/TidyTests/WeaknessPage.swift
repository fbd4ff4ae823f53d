/// `docs/known-weaknesses.md`: which tests show that what other tools get wrong is right here.
struct WeaknessPage {
    struct Row: Equatable {
        /// Such as `M1`.
        let number: String
        /// Such as `PeerMatchingTests.anEmptyMatcherMatchesNobody`.
        let tests: [String]
    }

    static let path = "docs/known-weaknesses.md"
    /// How many rows each family has.
    static let families = ["M": 11, "B": 10, "V": 12]

    let rows: [Row]

    init(_ text: String) {
        rows = text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingPrefix { $0 == " " } }
            guard line.hasPrefix("|"), cells.count > 2,
                let number = cells[1].split(separator: " ").first,
                number.wholeMatch(of: /[A-Z][0-9]+/) != nil
            else { return nil }
            let spans = cells[cells.count - 2].split(
                separator: "`", omittingEmptySubsequences: false)
            let tests = spans.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            return Row(number: String(number), tests: tests)
        }
    }

    /// - Parameter sources: the files of tests by their suites' names.
    func problems(sources: [String: String]) -> [String] {
        let wanted = Self.families.sorted { $0.key < $1.key }.flatMap { family, count in
            (1...count).map { "\(family)\($0)" }
        }
        let numbers = rows.map(\.number)
        var problems = wanted.filter { number in numbers.count { $0 == number } != 1 }
            .map { "\($0) is not there exactly once" }
        var seen: Set<String> = []
        for row in rows {
            if row.tests.isEmpty { problems.append("\(row.number) names no test") }
            for test in row.tests {
                let parts = test.split(separator: ".").map(String.init)
                let source = parts.first.flatMap { sources[$0] } ?? ""
                if parts.count != 2 || !source.contains("func \(parts[1])(") {
                    problems.append("\(row.number): no test \(test)")
                }
                if !seen.insert(test).inserted {
                    problems.append("\(row.number): \(test) stands for another row too")
                }
            }
            let isByJob = row.tests.contains { $0.hasPrefix("PeerJobTests.") }
            if row.number.hasPrefix("B"), row.tests.count < 2 || !isByJob {
                problems.append("\(row.number) is not shown over calls and jobs")
            }
        }
        return problems
    }
}
