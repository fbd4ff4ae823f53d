import Foundation

/// `Benchmarks NAME… [--quick] [--runs N] [--folder PATH]`: measures the figures named, or all.
///
/// Every figure is a ratio to a limit measured in the same run, ours and the limit taking turns:
/// machines differ and are noisy, ratios much less.
@main
struct Benchmarks {
    /// One figure a file; add new ones here.
    static let all: [Benchmark] = [
        .append, .producers, .events, .ingest, .fold, .burst, .memory, .files, .lanes,
    ]

    static func main() async {
        Children.endWithThisProgram()
        do {
            let options = try Options(arguments: CommandLine.arguments.dropFirst().map { $0 })
            let wanted = options.names.isEmpty ? all.map(\.name) : options.names
            for benchmark in all where wanted.contains(benchmark.name) {
                Table.say("\n\(benchmark.name): \(benchmark.summary)\n")
                try await benchmark.run(options)
            }
        } catch {
            FileHandle.standardError.write(Data("Benchmarks: \(error)\n".utf8))
            exit(1)
        }
    }
}

/// One figure: what it measures against what, and how. It prints its rows as they come.
struct Benchmark: Sendable {
    let name: String
    let summary: String
    let run: @Sendable (Options) async throws -> Void
}

/// What was asked for on the command line.
struct Options: Sendable {
    var names: [String] = []
    /// How often each side runs; odd, so that the median is one of the runs.
    var runCount = 7
    /// A tenth of the work: to see that a figure works, not to quote.
    var isQuick = false
    /// Where the stores are made. Must be on the disk to be measured, not in memory.
    var folder = FileManager.default.currentDirectoryPath

    init(arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--runs":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else {
                    throw Mistake(description: "--runs needs a number")
                }
                runCount = count
            case "--folder":
                guard let path = rest.popFirst() else {
                    throw Mistake(description: "--folder needs a path")
                }
                folder = path
            default:
                let names = Benchmarks.all.map(\.name)
                guard names.contains(argument) else {
                    throw Mistake(
                        description:
                            "no figure \(argument); there are \(names.joined(separator: ", "))")
                }
                self.names.append(argument)
            }
        }
    }

    /// `count`, or a tenth of it when quick.
    func scaled(_ count: Int) -> Int { isQuick ? max(1, count / 10) : count }
}

/// A benchmark that cannot go on.
struct Mistake: Error, CustomStringConvertible {
    let description: String
}
