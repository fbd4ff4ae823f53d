/// One row of a CSV file (RFC 4180), split into its cells.
struct CSVRow: Sendable, Hashable {
    /// One cell of a row.
    struct Cell: Sendable, Hashable {
        /// Where it begins in the row, with its quote if it has one.
        let start: Int
        /// What stands in it, without the quotes round it; quotes within are still doubled.
        let content: Range<Int>
        let hasQuotesWithin: Bool

        var isEmpty: Bool { content.isEmpty }
    }

    /// What is wrong with a row, and where.
    struct Fault: Error, Hashable {
        let offset: Int
        let message: String
    }

    /// The line that it starts on, from 1.
    let line: Int
    /// As in the file, without the end of the line.
    let bytes: [UInt8]
    private(set) var cells: [Cell] = []

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Splits a row.
    ///
    /// Strict where others guess: a quote opens a cell or is doubled within a quoted one, and
    /// behind a closing quote stands a comma or nothing.
    init(line: Int, bytes: [UInt8]) throws(Fault) {
        self.line = line
        self.bytes = bytes
        var index = 0
        while true {
            let cell =
                bytes.count > index && bytes[index] == Self.quote
                ? try quoted(from: index) : try plain(from: index)
            cells.append(cell)
            index = cell.content.upperBound + (cell.start < cell.content.lowerBound ? 1 : 0)
            guard index < bytes.count else { return }
            // Both stop before a comma or at the end.
            index += 1
        }
    }

    private func plain(from start: Int) throws(Fault) -> Cell {
        var index = start
        while index < bytes.count, bytes[index] != Self.comma {
            if bytes[index] == Self.quote {
                throw Fault(
                    offset: index,
                    message: "a quote within a cell that does not start with one; put the cell in "
                        + "quotes and double those within")
            }
            if bytes[index] == Self.carriageReturn {
                throw Fault(offset: index, message: "a carriage return without a line feed")
            }
            index += 1
        }
        return Cell(start: start, content: start..<index, hasQuotesWithin: false)
    }

    private func quoted(from start: Int) throws(Fault) -> Cell {
        var index = start + 1
        var hasQuotesWithin = false
        while index < bytes.count {
            guard bytes[index] == Self.quote else {
                index += 1
                continue
            }
            let next = index + 1 < bytes.count ? bytes[index + 1] : nil
            switch next {
            case Self.quote:
                hasQuotesWithin = true
                index += 2
            case nil, Self.comma:
                return Cell(
                    start: start, content: (start + 1)..<index, hasQuotesWithin: hasQuotesWithin)
            default:
                throw Fault(
                    offset: index + 1,
                    message: "something follows a closing quote; only a comma or the end of the "
                        + "row may")
            }
        }
        throw Fault(offset: start, message: "the quote that opens here is never closed")
    }

    /// The characters of a cell, as bytes: without doubled quotes.
    func text(of cell: Cell) -> [UInt8] {
        guard cell.hasQuotesWithin else { return Array(bytes[cell.content]) }
        var text: [UInt8] = []
        text.reserveCapacity(cell.content.count)
        var index = cell.content.lowerBound
        while index < cell.content.upperBound {
            text.append(bytes[index])
            index += bytes[index] == Self.quote ? 2 : 1
        }
        return text
    }

    /// Where a byte of a row stands in its file.
    static func place(
        of offset: Int, in bytes: [UInt8], startingOn line: Int
    ) -> (line: Int, column: Int) {
        let before = bytes[..<min(offset, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let lines = before.count { $0 == UInt8(ascii: "\n") }
        // Bytes that go on with a character are no column of their own.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return (line + lines, column)
    }
}
