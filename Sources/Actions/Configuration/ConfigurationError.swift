/// A configuration that cannot be used, with everything that is wrong with it.
///
/// Thrown by ``Configuration/load(path:environment:)``,
/// ``Configuration/parse(yaml:file:environment:)`` and ``ActionSet/init(normalisedJSON:)``. Nothing
/// is in force afterwards: a configuration is taken whole or not at all. To do: correct every
/// problem listed; each carries its place and remedy.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one, in the order of the file.
    package let problems: [ConfigurationProblem]

    /// `problems` must not be empty.
    package init(problems: [ConfigurationProblem]) { self.problems = problems }

    /// One problem after the other, each on lines of its own.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// One thing that is wrong with, or doubtful about, a configuration. Never holds a secret.
package struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// From 1; zero when the problem has no place in the file (it is missing, or the value comes
    /// from the environment, which the message then names).
    package let line: Int
    /// From 1, in characters; zero together with `line`.
    package let column: Int
    /// What is wrong, and the remedy.
    package let message: String
    /// The name that was probably meant.
    package let suggestion: String?

    /// A problem without a line stands for the whole file.
    package init(
        file: String, line: Int = 0, column: Int = 0, message: String, suggestion: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
    }

    /// `file:line:column: message`, the form that editors can jump to.
    package var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        let hint = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
        return "\(place): \(message)\(hint)"
    }
}

/// Problems as they are found, before the file's name is known to them.
struct ProblemList {
    struct Entry: Sendable, Hashable {
        let place: SourcePlace
        let message: String
        let suggestion: String?
    }

    private(set) var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ place: SourcePlace, _ message: String, suggestion: String? = nil) {
        entries.append(Entry(place: place, message: message, suggestion: suggestion))
    }

    mutating func add(_ node: ConfigurationNode, _ message: String, suggestion: String? = nil) {
        add(node.place, message, suggestion: suggestion)
    }

    mutating func append(_ other: ProblemList) { entries += other.entries }

    /// The problems in the order of the file; those of the environment last.
    func problems(in file: String) -> [ConfigurationProblem] {
        entries.enumerated().sorted { left, right in
            let (one, two) = (left.element.place, right.element.place)
            let keys = (one.line == 0 ? Int.max : one.line, one.column, left.offset)
            return keys < (two.line == 0 ? Int.max : two.line, two.column, right.offset)
        }.map { _, entry in
            ConfigurationProblem(
                file: file, line: entry.place.line, column: entry.place.column,
                message: entry.place.variable.map { "\($0): \(entry.message)" } ?? entry.message,
                suggestion: entry.suggestion)
        }
    }
}
