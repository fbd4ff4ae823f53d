import Crypto
import Events

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a file holds, and how it is read.
package enum FileFormat: Sendable, Hashable {
    /// One message a line, or one JSON array of them.
    case json
    /// Rows with a header.
    case csv(ColumnRules)

    /// What a file's name says: CSV when it ends in `.csv`, compressed or not.
    package static func isCSV(path: String) -> Bool {
        let name = path.lowercased()
        return name.hasSuffix(".csv") || name.hasSuffix(".csv.gz")
    }
}

/// Reads a file of events, or standard input, item by item; gzip is inflated on the way.
package struct MessageFileReader: ~Copyable {
    /// How the columns of a CSV file are read; `nil` for JSON.
    let columns: ColumnPlan?

    private let itemBytesMax: Int
    private var bytes: FileBytes
    private var splitter: MessageSplitter

    /// Opens the file and reads the header of a CSV file.
    ///
    /// - Parameters:
    ///   - path: `-` reads standard input.
    ///   - itemBytesMax: a longer line, element or row is refused without being held in memory.
    package init(
        path: String, format: FileFormat = .json, itemBytesMax: Int
    ) throws(IngestError) {
        self.itemBytesMax = itemBytesMax
        var bytes = try FileBytes(path: path)
        var splitter = MessageSplitter(itemBytesMax: itemBytesMax)
        switch format {
        case .json: columns = nil
        case .csv(let rules): columns = try Self.header(&bytes, &splitter, rules)
        }
        self.bytes = bytes
        self.splitter = splitter
    }

    /// Whether opening `path` and reading it takes nothing away from who opens it next: a regular
    /// file, or nothing at all. A pipe or a terminal can be read only once.
    package static func canReadTwice(path: String) -> Bool {
        var information = stat()
        guard stat(path, &information) == 0 else { return true }
        return [S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT)
    }

    /// The path as given; `-` is standard input.
    package var path: String { bytes.path }
    /// Bytes read so far, for progress; compressed ones where the file is.
    package var bytesRead: Int { bytes.bytesRead }
    /// The file's size; `nil` when it is not known, as of a pipe.
    package var bytesTotal: Int? { bytes.bytesTotal }

    /// The next line, element or row; `nil` at the end.
    package mutating func next() throws(IngestError) -> MessageItem? {
        guard let columns else {
            while true {
                if let item = splitter.next() { return item }
                if try !Self.readOn(&bytes, into: &splitter) { return splitter.next() }
            }
        }
        guard let row = try Self.nextRow(&bytes, &splitter) else { return nil }
        return MessageItem(row, columns: columns, itemBytesMax: itemBytesMax)
    }

    /// SHA-256 over the file's content, inflated, and how its columns are read; `nil` for what
    /// cannot be read twice. Reads all of it.
    func contentDigest() throws(IngestError) -> [UInt8]? {
        guard bytesTotal != nil, path != "-" else { return nil }
        var digest = SHA256()
        if let columns { digest.update(data: Array(columns.summary.utf8)) }
        var content = try FileBytes(path: path)
        while try content.next({ digest.update(bufferPointer: $0) }) {}
        return Array(digest.finalize())
    }

    // MARK: Reading

    /// - Returns: `false` at the end.
    private static func readOn(
        _ bytes: inout FileBytes, into splitter: inout MessageSplitter
    ) throws(IngestError) -> Bool {
        if try bytes.next({ splitter.add($0) }) { return true }
        splitter.finish()
        return false
    }

    private static func nextRow(
        _ bytes: inout FileBytes, _ splitter: inout MessageSplitter
    ) throws(IngestError) -> CSVScan.Row? {
        while true {
            if let row = splitter.nextRow() { return row }
            if try !readOn(&bytes, into: &splitter) { return splitter.nextRow() }
        }
    }

    private static func header(
        _ bytes: inout FileBytes, _ splitter: inout MessageSplitter, _ rules: ColumnRules
    ) throws(IngestError) -> ColumnPlan {
        while !splitter.skipByteOrderMark(), try readOn(&bytes, into: &splitter) {}
        guard let row = try nextRow(&bytes, &splitter), let text = row.bytes else {
            throw .unusableHeader(
                path: bytes.path, line: 1, column: 1, problem: "there is no row with names")
        }
        var cells: [CSVRow.Cell] = []
        do throws(CSVRow.Fault) {
            let header = try CSVRow(line: row.line, bytes: text)
            cells = header.cells
            let names = cells.map { String(decoding: header.text(of: $0), as: UTF8.self) }
            do throws(ColumnPlan.Fault) {
                return try ColumnPlan(header: names, rules: rules)
            } catch {
                throw CSVRow.Fault(offset: cells[error.column].start, message: error.message)
            }
        } catch {
            let place = CSVRow.place(of: error.offset, in: text, startingOn: row.line)
            throw .unusableHeader(
                path: bytes.path, line: place.line, column: place.column, problem: error.message)
        }
    }
}
