import Foundation

/// Figures as a Markdown table, printed row by row as they come: a run that is cut short has shown
/// what it found.
struct Table {
    private let widths: [Int]

    /// The first column says what was done, in a few words; the others hold figures.
    private static let firstWidthMin = 28
    private static let widthMin = 9

    init(_ header: [String]) {
        widths = header.enumerated().map { index, name in
            max(name.count, index == 0 ? Self.firstWidthMin : Self.widthMin)
        }
        add(header)
        Self.say("|" + widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined())
    }

    func add(_ row: [String]) {
        let padded = zip(row, widths).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }
        Self.say("| " + padded.joined(separator: " | ") + " |")
    }

    /// Past all buffers.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// The cells of a comparison: the limit, ours, and the ratio, each as median (lowest–highest).
    static func cells(_ comparison: Comparison) -> [String] {
        [
            rate(comparison.limit), rate(comparison.ours),
            String(
                format: "%.2f (%.2f–%.2f)", comparison.ratio.median, comparison.ratio.lowest,
                comparison.ratio.highest),
        ]
    }

    private static func rate(_ samples: Samples) -> String {
        "\(short(samples.median)) (\(short(samples.lowest))–\(short(samples.highest)))"
    }

    /// Three digits: 812, 3.05k, 1.02M.
    static func short(_ value: Double) -> String {
        switch value {
        case 999_500...: String(format: "%.2fM", value / 1_000_000)
        case 99_950...: String(format: "%.0fk", value / 1_000)
        case 9_995...: String(format: "%.1fk", value / 1_000)
        case 999.5...: String(format: "%.2fk", value / 1_000)
        default: String(format: "%.0f", value)
        }
    }
}
