import Foundation

/// A page of documentation: what it links to and what can be linked to in it.
struct MarkdownPage {
    struct Link: Equatable {
        /// From 1.
        let line: Int
        let target: String
    }

    let path: String
    /// Without fenced code: what stands there is not the page speaking.
    private let lines: [(number: Int, text: String)]

    init(path: String, text: String) {
        self.path = path
        var isFenced = false
        var lines: [(number: Int, text: String)] = []
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isFenced.toggle()
            } else if !isFenced {
                lines.append((index + 1, line))
            }
        }
        self.lines = lines
    }

    /// The titles of the headings at one level, or at all levels.
    func headings(level: Int? = nil) -> [String] {
        lines.compactMap { _, line in
            let marks = line.prefix { $0 == "#" }.count
            guard (1...6).contains(marks), level ?? marks == marks,
                line.dropFirst(marks).first == " "
            else { return nil }
            return line.dropFirst(marks).trimmingCharacters(in: .whitespaces)
        }
    }

    /// What a `#…` link can name, made from the headings as GitHub makes them: lower case,
    /// punctuation dropped, spaces to hyphens, repeats numbered.
    var anchors: Set<String> {
        var seen: [String: Int] = [:]
        var anchors: Set<String> = []
        for heading in headings() {
            let kept = heading.lowercased().filter {
                $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_"
            }
            let anchor = kept.replacingOccurrences(of: " ", with: "-")
            let repeats = seen[anchor, default: 0]
            seen[anchor] = repeats + 1
            anchors.insert(repeats == 0 ? anchor : "\(anchor)-\(repeats)")
        }
        return anchors
    }

    /// Links in the text, code spans left out.
    var links: [Link] {
        lines.flatMap { number, line in
            let text = line.components(separatedBy: "`").enumerated()
                .filter { $0.offset % 2 == 0 }.map(\.element).joined()
            return text.components(separatedBy: "](").dropFirst().compactMap { rest in
                rest.split(whereSeparator: { $0 == ")" || $0 == " " }).first
                    .map { Link(line: number, target: String($0)) }
            }
        }
    }

    /// Links to files of the checkout that lead nowhere.
    ///
    /// - Parameters:
    ///   - exists: whether a file or folder is at a path relative to the root.
    ///   - page: the page at such a path, if it is one.
    func brokenLinks(exists: (String) -> Bool, page: (String) -> MarkdownPage?) -> [String] {
        links.filter { !$0.target.contains("://") && !$0.target.hasPrefix("mailto:") }
            .compactMap { link in
                let parts = link.target.split(
                    separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let file = parts[0].isEmpty ? path : resolve(String(parts[0]))
                guard exists(file) else { return "\(path):\(link.line): no file \(link.target)" }
                guard parts.count == 2 else { return nil }
                let anchors = file == path ? self.anchors : page(file)?.anchors ?? []
                return anchors.contains(String(parts[1]))
                    ? nil : "\(path):\(link.line): no heading \(link.target)"
            }
    }

    private func resolve(_ target: String) -> String {
        var folders = path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = folders.popLast()
            default: folders.append(String(part))
            }
        }
        return folders.joined(separator: "/")
    }
}
