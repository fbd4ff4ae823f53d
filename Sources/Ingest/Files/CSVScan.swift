import Events

/// Finds the rows of a CSV file. A line end within quotes belongs to its cell; empty lines are
/// passed over.
struct CSVScan {
    /// Where in a row the scan is. Only well enough to see where the row ends: ``CSVRow`` judges.
    private enum State { case cellStart, plain, quoted, quoteInQuoted }

    /// A row of which the end has been found.
    struct Row {
        let line: Int
        /// `nil` when it was too long to be held.
        let bytes: [UInt8]?
    }

    let itemBytesMax: Int
    private var state = State.cellStart
    /// How many bytes behind the window's index have been looked at.
    private var scanned = 0
    /// The row's line breaks so far.
    private var innerLines = 0
    /// Set while the rest of a row that is too long goes by.
    private var isSkipping = false

    init(itemBytesMax: Int) { self.itemBytesMax = itemBytesMax }

    mutating func next(_ window: inout SplitWindow) -> Row? {
        while window.index < window.bytes.count {
            guard let end = rowEnd(window) else {
                if window.isFinished { return take(upTo: window.bytes.count, &window) }
                holdBack(&window)
                return nil
            }
            let row = take(upTo: end, &window)
            if let row { return row }
        }
        return nil
    }

    /// The place of the line feed that ends the row; `nil` when it is not there yet.
    private mutating func rowEnd(_ window: SplitWindow) -> Int? {
        window.bytes.withUnsafeBufferPointer { bytes in
            var index = window.index + scanned
            var state = state
            defer {
                self.state = state
                scanned = index - window.index
            }
            while index < bytes.count {
                let byte = bytes[index]
                switch (state, byte) {
                case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
                case (.quoted, UInt8(ascii: "\n")): innerLines += 1
                case (.quoted, _): break
                case (_, UInt8(ascii: "\n")): return index
                case (.cellStart, UInt8(ascii: "\"")), (.quoteInQuoted, UInt8(ascii: "\"")):
                    state = .quoted
                case (_, UInt8(ascii: ",")): state = .cellStart
                default: state = .plain
                }
                index += 1
            }
            return nil
        }
    }

    private mutating func take(upTo end: Int, _ window: inout SplitWindow) -> Row? {
        var range = window.index..<end
        if range.count > 0, window.bytes[end - 1] == UInt8(ascii: "\r") {
            range = range.lowerBound..<(end - 1)
        }
        let line = window.line
        let isTooLong = isSkipping || range.count > itemBytesMax
        let isEmpty = range.isEmpty && !isTooLong
        let row = Row(line: line, bytes: isTooLong ? nil : Array(window.bytes[range]))
        window.index = min(end + 1, window.bytes.count)
        window.line += 1 + innerLines
        (state, scanned, innerLines, isSkipping) = (.cellStart, 0, 0, false)
        return isEmpty ? nil : row
    }

    /// Drops what has come of a row that is too long already.
    private mutating func holdBack(_ window: inout SplitWindow) {
        guard isSkipping || window.bytes.count - window.index > itemBytesMax else { return }
        isSkipping = true
        window.index = window.bytes.count
        scanned = 0
    }
}
