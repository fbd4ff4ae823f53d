/// Rows in aligned columns, two spaces apart. Values that people or events chose are shown without
/// control characters, so that none of them can move the cursor.
struct TextTable {
    private var rows: [[String]] = []

    init(_ header: [String] = []) {
        if !header.isEmpty { rows.append(header) }
    }

    mutating func add(_ cells: [String]) { rows.append(cells.map(Self.printable)) }

    var text: String {
        let columnCount = rows.map(\.count).max() ?? 0
        let widths = (0..<columnCount).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                return isControl ? "·" : Character(scalar)
            })
    }
}
