/// What `docs/decisions` must look like.
enum DecisionRecords {
    static let sections = ["Status", "Context", "Decision", "Consequences", "Alternatives"]

    /// - Parameter files: names in the folder with their texts.
    static func problems(files: [String: String]) -> [String] {
        files.keys.sorted().enumerated().flatMap { index, name in
            let number = String(index + 1)
            let wanted = String(repeating: "0", count: 4 - number.count) + number
            let misnumbered =
                name.hasPrefix(wanted + "-") ? [] : ["\(name): should be number \(wanted)"]
            let headings = MarkdownPage(path: name, text: files[name] ?? "").headings(level: 2)
            return misnumbered
                + sections.filter { !headings.contains($0) }.map { "\(name): no section \($0)" }
        }
    }
}
