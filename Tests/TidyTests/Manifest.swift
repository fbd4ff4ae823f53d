/// The targets of a `Package.swift`, read from its text.
///
/// Reading the text, not asking the package manager: a test that starts the package manager from
/// inside it waits for its lock, and the answer is plain to see in the file.
struct Manifest {
    struct Target {
        let name: String
        let isTest: Bool
        /// Where its files are, relative to the root.
        let path: String
        /// Its dependencies on targets of this package, without products of others.
        let dependencies: Set<String>
    }

    let targets: [Target]

    init(text: String) {
        let source = SwiftSource(path: "Package.swift", text: text)
        let original = Array(text.utf8)
        var targets: [Target] = []
        for kind in [".target(", ".executableTarget(", ".systemLibrary(", ".testTarget("] {
            for range in Self.calls(kind, in: source.code) {
                let code = String(decoding: source.code[range], as: UTF8.self)
                let call = String(decoding: original[range], as: UTF8.self)
                // `.target(name:)` inside a list of dependencies names no new target.
                guard let name = Self.string(after: "name:", in: call), code.count > kind.count
                else {
                    continue
                }
                let folder = kind == ".testTarget(" ? "Tests" : "Sources"
                targets.append(
                    Target(
                        name: name, isTest: kind == ".testTarget(",
                        path: Self.string(after: "path:", in: call) ?? "\(folder)/\(name)",
                        dependencies: Self.dependencies(in: call)))
            }
        }
        self.targets = targets
    }

    /// The ranges of the calls of `opening`, from its point to its closing parenthesis.
    private static func calls(_ opening: String, in code: [UInt8]) -> [Range<Int>] {
        let pattern = Array(opening.utf8)
        return code.indices.compactMap { start in
            guard code[start...].starts(with: pattern) else { return nil }
            var depth = 0
            for end in start..<code.count {
                if code[end] == UInt8(ascii: "(") { depth += 1 }
                if code[end] == UInt8(ascii: ")") { depth -= 1 }
                if code[end] == UInt8(ascii: ")"), depth == 0 { return start..<end + 1 }
            }
            return nil
        }
    }

    /// The first string literal after a label.
    private static func string(after label: String, in call: String) -> String? {
        call.split(separator: label, maxSplits: 1).dropFirst().first?
            .split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first
            .map(String.init)
    }

    /// The strings that stand directly in the list after `dependencies:`.
    private static func dependencies(in call: String) -> Set<String> {
        guard let list = call.split(separator: "dependencies:", maxSplits: 1).dropFirst().first
        else {
            return []
        }
        var names: Set<String> = []
        var name: String?
        var depth = 0
        for character in list {
            switch (character, name) {
            case ("\"", let done?):
                if depth == 1 { names.insert(done) }
                name = nil
            case ("\"", nil): name = ""
            case (_, let part?): name = part + String(character)
            case ("[", nil), ("(", nil): depth += 1
            case ("]", nil), (")", nil): depth -= 1
            default: break
            }
            if depth == 0, character == "]" { break }
        }
        return names
    }
}
