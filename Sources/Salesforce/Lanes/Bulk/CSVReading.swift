/// Reads CSV as RFC 4180 has it, part by part as it arrives. Rows end with LF or CRLF; quoted cells
/// may hold separators, line ends and doubled quotes.
struct CSVReading {
    /// The file is not CSV, or larger in one piece than any of Salesforce's.
    struct Fault: Error, Sendable, Hashable {
        let reason: String
    }

    /// Bytes of one row: what Salesforce takes for a record, quoted, with an error beside it.
    static let rowBytesMax = 4 << 20

    private enum Place {
        case start, plain, quoted
        /// After a quote inside a quoted cell: its end, or the first of two.
        case quote
    }

    private var place = Place.start
    private var cell: [UInt8] = []
    private var row: [String] = []
    private var rowBytes = 0
    /// A carriage return that stands before what may be the line feed of its row's end.
    private var hasReturn = false

    /// The rows that `bytes` complete.
    mutating func add(_ bytes: some Sequence<UInt8>) throws(Fault) -> [[String]] {
        var rows: [[String]] = []
        for byte in bytes {
            rowBytes += 1
            guard rowBytes <= Self.rowBytesMax else {
                throw Fault(reason: "a row is longer than \(Self.rowBytesMax) bytes")
            }
            if try take(byte) {
                rows.append(row)
                row = []
                rowBytes = 0
            }
        }
        return rows
    }

    /// The last row, when no line end follows it.
    mutating func finish() throws(Fault) -> [[String]] {
        guard place != .quoted else { throw Fault(reason: "the file ends inside a quoted cell") }
        if place == .start, row.isEmpty { return [] }
        endCell()
        defer { row = [] }
        return [row]
    }

    /// - Returns: whether the byte ended a row.
    private mutating func take(_ byte: UInt8) throws(Fault) -> Bool {
        if place == .quoted {
            if byte == UInt8(ascii: "\"") { place = .quote } else { cell.append(byte) }
            return false
        }
        if hasReturn, byte != UInt8(ascii: "\n") {
            throw Fault(reason: "a carriage return stands alone outside quotes")
        }
        switch byte {
        case UInt8(ascii: ","): endCell()
        case UInt8(ascii: "\r"): hasReturn = true
        case UInt8(ascii: "\n"):
            hasReturn = false
            // An empty line is no row.
            if place == .start, row.isEmpty { return false }
            endCell()
            return true
        case UInt8(ascii: "\"") where place == .start: place = .quoted
        case UInt8(ascii: "\"") where place == .quote:
            cell.append(byte)
            place = .quoted
        case _ where place == .quote:
            throw Fault(reason: "a quoted cell goes on after its closing quote")
        default:
            cell.append(byte)
            place = .plain
        }
        return false
    }

    private mutating func endCell() {
        row.append(String(decoding: cell, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
        place = .start
    }
}
