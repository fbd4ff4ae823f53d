import Events

/// Splits a stream of bytes into lines, into the elements of one JSON array, or into the rows of
/// CSV, in bounded memory.
///
/// The first byte that is no white space decides: `[` starts an array, anything else is NDJSON.
/// Rows are taken by ``nextRow()`` instead, whatever the first byte. Give it bytes with
/// ``add(_:)``, take items with ``next()`` until there are none, and end with ``finish()``.
package struct MessageSplitter {
    private enum Form { case undecided, lines, array }

    private var buffer: [UInt8] = []
    /// The bytes before it have been handed out or skipped.
    private var consumed = 0
    private var form = Form.undecided
    private var line = 1
    private var isFinished = false
    private var lines: LineScan
    private var array: ArrayScan
    private var rows: CSVScan

    /// Bytes are moved to the buffer's front only when this many are done with.
    private static let compactionBytes = 64 * 1024

    /// - Parameter itemBytesMax: a longer line or element is refused, and skipped without being
    ///   held.
    package init(itemBytesMax: Int) {
        lines = LineScan(itemBytesMax: itemBytesMax)
        array = ArrayScan(itemBytesMax: itemBytesMax)
        rows = CSVScan(itemBytesMax: itemBytesMax)
    }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if consumed > Self.compactionBytes {
            buffer.removeFirst(consumed)
            consumed = 0
        }
        buffer += bytes
    }

    /// No more bytes will come.
    package mutating func finish() { isFinished = true }

    /// The next complete item; `nil` when more bytes are needed, or after ``finish()`` when all is
    /// read.
    package mutating func next() -> MessageItem? {
        if form == .undecided { decide() }
        var window = SplitWindow(
            bytes: buffer, index: consumed, line: line, isFinished: isFinished)
        defer {
            consumed = window.index
            line = window.line
        }
        switch form {
        case .undecided: return nil
        case .lines: return lines.next(&window)
        case .array: return array.next(&window)
        }
    }

    /// The next complete row of CSV; `nil` as for ``next()``.
    mutating func nextRow() -> CSVScan.Row? {
        var window = SplitWindow(
            bytes: buffer, index: consumed, line: line, isFinished: isFinished)
        defer {
            consumed = window.index
            line = window.line
        }
        return rows.next(&window)
    }

    /// Passes over UTF-8's mark, which spreadsheets put at the start of CSV. Only before the first
    /// row.
    ///
    /// - Returns: `false` when there are too few bytes yet to see whether there is one.
    mutating func skipByteOrderMark() -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = buffer[consumed...].prefix(mark.count)
        if start.elementsEqual(mark) { consumed += mark.count }
        return start.count == mark.count
    }

    private mutating func decide() {
        while consumed < buffer.count {
            switch buffer[consumed] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            case UInt8(ascii: "["):
                form = .array
                consumed += 1
                return
            default:
                form = .lines
                return
            }
            consumed += 1
        }
    }
}

/// The bytes a splitter has, and how far it got in them.
struct SplitWindow {
    let bytes: [UInt8]
    var index: Int
    /// The line that `index` is on, from 1.
    var line: Int
    let isFinished: Bool
}
