/// A body that is made piece by piece while it is sent: results of a million rows are never in
/// memory as text.
package struct PiecewiseBody: Sendable {
    /// The media type.
    package let contentType: String
    /// The piece at an index from 0; nil after the last.
    package let piece: @Sendable (Int) -> [UInt8]?

    /// All of it, for whoever needs its length.
    package var bytes: [UInt8] {
        var all: [UInt8] = []
        var index = 0
        while let next = piece(index) {
            all += next
            index += 1
        }
        return all
    }
}

/// Which rows of a finished ingest job to show (Bulk API 2.0 Developer Guide, "Get Job
/// Successful Record Results" and its neighbours).
enum ResultKind: Sendable {
    case successful, failed, unprocessed

    /// The guide writes `unprocessedrecords`, clients in use `unprocessedRecords`: case is not
    /// regarded.
    init?(path: String) {
        switch path.lowercased() {
        case "successfulresults": self = .successful
        case "failedresults": self = .failed
        case "unprocessedrecords": self = .unprocessed
        default: return nil
        }
    }
}

/// The outcome of every row of an ingest job, beside the file that the rows came from.
struct IngestResults: Sendable {
    /// Rows rendered in one piece.
    static let pieceRowCount = 2_000

    private let file: CSVFile
    private let columns: BulkColumns
    private let outcomes: [RowOutcome]

    init(_ run: IngestRun) {
        file = run.file
        columns = run.columns
        outcomes = run.outcomes
    }

    /// The rows of one kind. The order of results is not guaranteed; here it is the reverse of
    /// the file's, so that a client which pairs by position is found out.
    func body(_ kind: ResultKind) -> PiecewiseBody {
        let count = file.rows.count
        return PiecewiseBody(contentType: "text/csv;charset=UTF-8") { piece in
            // The first piece is the header alone.
            if piece == 0 { return header(kind) }
            let from = (piece - 1) * Self.pieceRowCount
            guard from < count else { return nil }
            var writer = CSVWriter(file.dialect)
            for place in from..<min(from + Self.pieceRowCount, count) {
                append(row: count - 1 - place, kind, to: &writer)
            }
            return writer.bytes
        }
    }

    private func header(_ kind: ResultKind) -> [UInt8] {
        var writer = CSVWriter(file.dialect)
        switch kind {
        case .successful: writer.header(["sf__Id", "sf__Created"], file.header)
        case .failed: writer.header(["sf__Id", "sf__Error"], file.header)
        case .unprocessed: writer.header([], file.header)
        }
        return writer.bytes
    }

    private func append(row index: Int, _ kind: ResultKind, to writer: inout CSVWriter) {
        let outcome = index < outcomes.count ? outcomes[index] : nil
        switch (kind, outcome) {
        case (.successful, .written(let id, let created)):
            writer.row([id, created ? "true" : "false"] + file.cells(index))
        case (.failed, .failed(let error)): writer.row(["", error] + echoed(index))
        case (.unprocessed, nil): writer.row(file.cells(index))
        default: break
        }
    }

    private func echoed(_ index: Int) -> [String] {
        file.cells(index).enumerated().map { position, cell in
            position < columns.columns.count && !columns.columns[position].isSpelledExactly
                ? "" : cell
        }
    }
}

/// The rows of a finished query job as text, with where each ends.
struct QueryResults: Sendable {
    /// Bytes sent in one piece.
    private static let pieceBytes = 1 << 20

    private let header: [UInt8]
    private let bytes: [UInt8]
    private let rowEnds: [Int]

    var rowCount: Int { rowEnds.count }

    init(header: [UInt8], bytes: [UInt8], rowEnds: [Int]) {
        self.header = header
        self.bytes = bytes
        self.rowEnds = rowEnds
    }

    /// Header and rows `from..<to`.
    func body(_ from: Int, _ to: Int) -> PiecewiseBody {
        let start = from > 0 ? rowEnds[from - 1] : 0
        let end = to > 0 ? rowEnds[to - 1] : 0
        return PiecewiseBody(contentType: "text/csv;charset=UTF-8") { piece in
            if piece == 0 { return header }
            let pieceStart = start + (piece - 1) * Self.pieceBytes
            guard pieceStart < end else { return nil }
            return Array(bytes[pieceStart..<min(pieceStart + Self.pieceBytes, end)])
        }
    }
}

extension OrgState {
    /// Checks a statement for a query job (Bulk API 2.0 Developer Guide, "SOQL Considerations":
    /// no aggregates, no OFFSET; compound fields are not supported).
    func bulkBind(_ statement: String) throws(Refusal) -> (BoundQuery, [BoundPath]) {
        let bound = try bind(statement)
        guard case .fields(let paths) = bound.selection else {
            throw Refusal(
                "FUNCTIONALITY_NOT_ENABLED", "Aggregate Relationships not supported in Bulk Query")
        }
        guard bound.offset == 0 else {
            throw Refusal("FUNCTIONALITY_NOT_ENABLED", "OFFSET not supported in Bulk Query")
        }
        guard !paths.contains(where: { $0.field.type == .address }) else {
            throw Refusal(
                "FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query")
        }
        return (bound, paths)
    }

    mutating func queryResults(
        _ statement: String, includesDeleted: Bool, _ dialect: CSVDialect
    ) throws(Refusal) -> QueryResults {
        let (bound, paths) = try bulkBind(statement)
        if let filter = bound.filter {
            for field in CandidateRows.indexableFields(filter) {
                store.addIndex(bound.object, on: field)
            }
        }
        let evaluation = evaluation(includesDeleted)
        var head = CSVWriter(dialect)
        head.row(paths.map(Self.columnName))
        var writer = CSVWriter(dialect)
        var rowEnds: [Int] = []
        let records = store.existingTable(bound.object.name)?.rows ?? []
        for row in evaluation.rows(bound) {
            writer.row(paths.map { Self.text(evaluation.value(records[row], $0), $0.field) })
            rowEnds.append(writer.bytes.count)
        }
        return QueryResults(header: head.bytes, bytes: writer.bytes, rowEnds: rowEnds)
    }

    private static func columnName(_ path: BoundPath) -> String {
        (path.steps.map(\.relationship) + [path.field.name]).joined(separator: ".")
    }

    /// Null is empty; moments end in `Z` ("Valid Date Format in Records").
    private static func text(_ value: StoredValue?, _ field: FieldSchema) -> String {
        switch value?.json(as: field.type) {
        case .string(let text) where field.type == .datetime: text.dropLast(5) + "Z"
        case .string(let text): text
        case .number(let digits): digits
        case .bool(let value): value ? "true" : "false"
        default: ""
        }
    }
}
