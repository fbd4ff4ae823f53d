import Foundation

/// One side's rates over all runs.
struct Samples {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var median: Double { sorted[sorted.count / 2] }
    var lowest: Double { sorted[0] }
    var highest: Double { sorted[sorted.count - 1] }
}

/// Ours and the limit, run in turns.
struct Comparison {
    let limit: Samples
    let ours: Samples
    /// Of each pair of runs that followed each other.
    let ratio: Samples

    /// Runs both sides `runCount` times, each in a new folder, and each first in every other pair.
    /// The closures return units of work per second. A run of each, not counted, warms up before.
    static func measure(
        _ options: Options, limit: (String) async throws -> Double,
        ours: (String) async throws -> Double
    ) async throws -> Comparison {
        var limits: [Double] = []
        var own: [Double] = []
        for run in 0...options.runCount {
            var pair = (limit: 0.0, ours: 0.0)
            for turn in 0..<2 {
                try await withNewFolder(in: options.folder) { folder in
                    if (run + turn).isMultiple(of: 2) {
                        pair.limit = try await limit(folder)
                    } else {
                        pair.ours = try await ours(folder)
                    }
                }
            }
            if run > 0 {
                limits.append(pair.limit)
                own.append(pair.ours)
            }
        }
        return Comparison(
            limit: Samples(limits), ours: Samples(own),
            ratio: Samples(zip(own, limits).map { $0 / $1 }))
    }

    private static func withNewFolder(
        in parent: String, _ body: (String) async throws -> Void
    ) async throws {
        let folder = parent + "/benchmark-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer {
            // What stays behind is only space.
            try? files.removeItem(atPath: folder)
        }
        try await body(folder)
    }
}

/// The seconds that `body` takes.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let duration = try await ContinuousClock().measure { try await body() }
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}
