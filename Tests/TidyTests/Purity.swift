/// Targets that compute and do nothing else: no clock, no randomness, no input or output. What
/// they answer depends on what they are asked alone.
enum Purity {
    static let targets = ["Events", "Records", "Reconciliation"]

    /// Types and functions that Swift has without any import.
    private static let impure: [(names: [String], why: String)] = [
        (
            ["ContinuousClock", "SuspendingClock", "Date", "DispatchTime", "clock_gettime"],
            "a clock"
        ),
        (
            [
                "SystemRandomNumberGenerator", "UUID", "random", "randomElement", "shuffle",
                "shuffled", "arc4random", "getrandom",
            ], "randomness"
        ),
        (
            [
                "FileManager", "FileHandle", "ProcessInfo", "CommandLine", "getenv", "fopen",
                "readLine", "print", "debugPrint", "dump",
            ], "input or output"
        ),
        (["Task", "Thread", "DispatchQueue"], "work of its own"),
    ]

    /// - Parameter modules: what its files may import; our own targets that are pure as well.
    static func problems(in source: SwiftSource, modules: Set<String> = Set(targets)) -> [String] {
        let imports = source.imports.subtracting(modules).sorted()
            .map { "\(source.path): a pure target must not import \($0)" }
        return imports
            + source.codeLines.enumerated().flatMap { index, line in
                let words = words(of: line)
                return impure.flatMap { impure in
                    impure.names.filter(words.contains)
                        .map { "\(source.path):\(index + 1): \($0) is \(impure.why)" }
                }
            }
    }

    private static func words(of line: String) -> Set<String> {
        Set(
            line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    }
}
