/// How the rows of a job's file are written (Bulk API 2.0 Developer Guide, "Create a Job").
struct CSVDialect: Sendable, Equatable {
    /// Ends of rows; the file must agree with what the job says.
    enum LineEnding: String, Sendable {
        case lf = "LF"
        case crlf = "CRLF"

        var bytes: [UInt8] { self == .lf ? [0x0A] : [0x0D, 0x0A] }
    }

    /// Separators that a job may name.
    enum Delimiter: String, Sendable {
        case comma = "COMMA"
        case tab = "TAB"
        case pipe = "PIPE"
        case semicolon = "SEMICOLON"
        case caret = "CARET"
        case backquote = "BACKQUOTE"

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .tab: 0x09
            case .pipe: UInt8(ascii: "|")
            case .semicolon: UInt8(ascii: ";")
            case .caret: UInt8(ascii: "^")
            case .backquote: UInt8(ascii: "`")
            }
        }
    }

    var lineEnding = LineEnding.lf
    var delimiter = Delimiter.comma
}

/// Why a whole file is refused: it becomes the job's `errorMessage`.
struct JobFailure: Error, Sendable, Equatable {
    let message: String

    static func invalidBatch(_ detail: String) -> JobFailure {
        JobFailure(message: "InvalidBatch : \(detail)")
    }
}

/// A file of comma-separated values (RFC 4180) cut into rows; cells are read when asked for.
///
/// One pass finds the rows, so a file of a million rows costs its own bytes and sixteen more a
/// row. Strict as Salesforce is: quotes only around whole values, one kind of line ending.
struct CSVFile: Sendable {
    /// Most columns a file may have (Bulk API Limits, "Maximum number of fields in a record").
    static let columnCountMax = 5_000
    /// Most characters in one value, and in one row (Bulk API Limits, "Maximum … characters").
    static let valueCharactersMax = 131_072
    static let rowCharactersMax = 400_000

    let bytes: [UInt8]
    let dialect: CSVDialect
    /// The cells of the first row; empty when the file is.
    let header: [String]
    /// Where the other rows lie, line endings left out; blank lines are no rows.
    let rows: [Range<Int>]

    init(_ bytes: [UInt8], _ dialect: CSVDialect) throws(JobFailure) {
        self.bytes = bytes
        self.dialect = dialect
        var rows = try Self.scan(bytes, dialect)
        let first = rows.isEmpty ? 0..<0 : rows.removeFirst()
        header = Self.cells(bytes, first, dialect.delimiter.byte)
        self.rows = rows
        guard header.count <= Self.columnCountMax else {
            throw .invalidBatch("The maximum number of fields is \(Self.columnCountMax)")
        }
    }

    /// The values of row `index`, unquoted.
    func cells(_ index: Int) -> [String] { Self.cells(bytes, rows[index], dialect.delimiter.byte) }

    // MARK: Rows

    private static func scan(
        _ bytes: [UInt8], _ dialect: CSVDialect
    ) throws(JobFailure) -> [Range<Int>] {
        var scanner = CSVScanner(dialect: dialect)
        var failure: JobFailure?
        bytes.withUnsafeBufferPointer { bytes in
            for index in bytes.indices {
                failure = scanner.take(bytes[index], at: index)
                if failure != nil { return }
            }
            failure = scanner.finish(at: bytes.count)
        }
        if let failure { throw failure }
        return scanner.rows
    }

    // MARK: Cells

    private static func cells(
        _ bytes: [UInt8], _ row: Range<Int>, _ delimiter: UInt8
    ) -> [String] {
        guard !row.isEmpty else { return [] }
        var cells: [String] = []
        var start = row.lowerBound
        while true {
            let (text, end) = cell(bytes, start, row.upperBound, delimiter)
            cells.append(text)
            if end >= row.upperBound { return cells }
            start = end + 1
        }
    }

    /// The value that begins at `start`, and the index of the delimiter after it.
    private static func cell(
        _ bytes: [UInt8], _ start: Int, _ rowEnd: Int, _ delimiter: UInt8
    ) -> (text: String, end: Int) {
        let quote = UInt8(ascii: "\"")
        guard start < rowEnd, bytes[start] == quote else {
            var end = start
            while end < rowEnd, bytes[end] != delimiter { end += 1 }
            return (String(decoding: bytes[start..<end], as: UTF8.self), end)
        }
        var end = start + 1
        var doubledQuote = false
        while end < rowEnd {
            if bytes[end] == quote {
                guard end + 1 < rowEnd, bytes[end + 1] == quote else { break }
                doubledQuote = true
                end += 1
            }
            end += 1
        }
        let inner = bytes[(start + 1)..<end]
        guard doubledQuote else { return (String(decoding: inner, as: UTF8.self), end + 1) }
        var unescaped: [UInt8] = []
        unescaped.reserveCapacity(inner.count)
        var index = inner.startIndex
        while index < inner.endIndex {
            unescaped.append(inner[index])
            index += inner[index] == quote ? 2 : 1
        }
        return (String(decoding: unescaped, as: UTF8.self), end + 1)
    }
}

/// Finds rows byte by byte, and everything that makes Salesforce refuse the whole file.
private struct CSVScanner {
    private enum Place { case valueStart, plain, quoted, afterQuote }

    let dialect: CSVDialect
    private let delimiter: UInt8
    private(set) var rows: [Range<Int>] = []
    private var place = Place.valueStart
    private var rowStart = 0
    private var valueStart = 0
    private var sawReturn = false

    init(dialect: CSVDialect) {
        self.dialect = dialect
        delimiter = dialect.delimiter.byte
    }

    mutating func take(_ byte: UInt8, at index: Int) -> JobFailure? {
        if place == .quoted {
            if byte == UInt8(ascii: "\"") { place = .afterQuote }
            return nil
        }
        if sawReturn, byte != 0x0A { return lineEndingFailure }
        switch byte {
        case delimiter:
            place = .valueStart
            let failure = sizeFailure(valueStart..<index, CSVFile.valueCharactersMax, "field")
            valueStart = index + 1
            return failure
        case 0x0D:
            sawReturn = true
            return dialect.lineEnding == .lf ? lineEndingFailure : nil
        case 0x0A:
            guard sawReturn == (dialect.lineEnding == .crlf) else { return lineEndingFailure }
            let failure = endRow(at: sawReturn ? index - 1 : index)
            sawReturn = false
            (rowStart, valueStart, place) = (index + 1, index + 1, .valueStart)
            return failure
        case UInt8(ascii: "\""):
            // After a quote another one is an escaped quote; anywhere but at the start of a value
            // it is an error (also behind a byte order mark).
            guard place != .plain else { return Self.unescapedQuote }
            place = .quoted
            return nil
        default:
            guard place != .afterQuote else { return Self.unescapedQuote }
            place = .plain
            return nil
        }
    }

    mutating func finish(at end: Int) -> JobFailure? {
        if place == .quoted {
            return .invalidBatch(
                "Failed to parse CSV. EOF reached before closing an opened quote")
        }
        return sawReturn ? lineEndingFailure : endRow(at: end)
    }

    private mutating func endRow(at end: Int) -> JobFailure? {
        // A line without a character is no row.
        guard end > rowStart else { return nil }
        rows.append(rowStart..<end)
        return sizeFailure(valueStart..<end, CSVFile.valueCharactersMax, "field")
            ?? sizeFailure(rowStart..<end, CSVFile.rowCharactersMax, "record")
    }

    /// Bytes bound characters from above: nothing is decoded for what is short enough in bytes.
    private func sizeFailure(_ range: Range<Int>, _ max: Int, _ what: String) -> JobFailure? {
        range.count <= max
            ? nil : .invalidBatch("The maximum number of characters in a \(what) is \(max)")
    }

    private var lineEndingFailure: JobFailure {
        JobFailure(
            message: "ClientInputError : LineEnding is invalid on user data. Current LineEnding "
                + "setting is \(dialect.lineEnding.rawValue)")
    }

    private static let unescapedQuote = JobFailure.invalidBatch(
        "Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote")
}

/// Writes rows with every value quoted, as results come.
struct CSVWriter {
    let dialect: CSVDialect
    private(set) var bytes: [UInt8] = []

    init(_ dialect: CSVDialect) { self.dialect = dialect }

    mutating func row(_ values: [String]) {
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(dialect.delimiter.byte) }
            quoted(value)
        }
        bytes.append(contentsOf: dialect.lineEnding.bytes)
    }

    /// Our own columns quoted, those of the file as they were sent (recorded: failed results).
    mutating func header(_ own: [String], _ sent: [String]) {
        for (index, name) in (own + sent).enumerated() {
            if index > 0 { bytes.append(dialect.delimiter.byte) }
            if index < own.count { quoted(name) } else { bytes.append(contentsOf: name.utf8) }
        }
        bytes.append(contentsOf: dialect.lineEnding.bytes)
    }

    private mutating func quoted(_ value: String) {
        let quote = UInt8(ascii: "\"")
        bytes.append(quote)
        for byte in value.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}
