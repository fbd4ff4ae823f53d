import Events

/// One line of a file, one element of its JSON array, or one of its rows.
package struct MessageItem: Sendable, Hashable {
    /// Where it starts, from 1; for a refused row, the line of what is wrong.
    package let line: Int
    /// The character of that line, from 1, for a refused row.
    let column: Int?
    package let content: Content
    /// The row that the bytes were made of; `nil` when they stand in the file.
    let row: CSVRow?

    package enum Content: Sendable, Hashable {
        case bytes([UInt8])
        /// It cannot even be separated from what follows it (or is too large to be held, or is no
        /// row).
        case refused(EventRejection)
    }

    /// What stands there; nothing when it was refused.
    var bytes: [UInt8] {
        guard case .bytes(let bytes) = content else { return [] }
        return bytes
    }

    init(line: Int, column: Int? = nil, content: Content, row: CSVRow? = nil) {
        self.line = line
        self.column = column
        self.content = content
        self.row = row
    }
}

extension MessageItem {
    /// The row as an event, or why it is none.
    init(_ row: CSVScan.Row, columns: ColumnPlan, itemBytesMax: Int) {
        guard let bytes = row.bytes else {
            let rejection = EventRejection(
                .malformedRow,
                "longer than \(itemBytesMax) bytes; is a quote never closed?")
            self.init(line: row.line, content: .refused(rejection))
            return
        }
        do throws(CSVRow.Fault) {
            let split = try CSVRow(line: row.line, bytes: bytes)
            self.init(
                line: row.line, content: .bytes(try columns.event(split)), row: split)
        } catch {
            let place = CSVRow.place(of: error.offset, in: bytes, startingOn: row.line)
            self.init(
                line: place.line, column: place.column,
                content: .refused(EventRejection(.malformedRow, error.message)))
        }
    }

    /// Where in the file the cause of a rejection is.
    func place(
        of rejection: EventRejection, columns: ColumnPlan?
    ) -> (line: Int, column: Int?) {
        guard let row, let column = columns?.column(filling: rejection.field),
            row.cells.indices.contains(column)
        else { return (line, self.column) }
        let start = row.cells[column].start
        let place = CSVRow.place(of: start, in: row.bytes, startingOn: row.line)
        return (place.line, place.column)
    }
}
