import Foundation

/// Figures as a Markdown table, aligned for reading in a terminal too.
struct Table {
    let header: [String]
    private(set) var rows: [[String]] = []

    init(_ header: [String]) { self.header = header }

    mutating func add(_ row: [String]) { rows.append(row) }

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

    var text: String {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|")
        return ([line(header), rule + "|"] + rows.map(line)).joined(separator: "\n")
    }
}
