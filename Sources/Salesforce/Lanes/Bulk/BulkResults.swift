import Records

/// Which rows of a job that is over are told (Bulk API 2.0 Developer Guide, "Get Job Successful
/// Record Results" and its neighbours).
package enum BulkResultKind: String, Sendable, Hashable, CaseIterable {
    case successful = "successfulResults"
    case failed = "failedResults"
    case unprocessed = "unprocessedrecords"
}

/// What became of one row of a job.
package struct BulkResult: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case answered(CollectionsResult)
        /// The job ended before it came to the row.
        case unprocessed
    }

    /// The row's value in the job's key column, as it was sent.
    package let key: String
    package let outcome: Outcome

    package init(key: String, outcome: Outcome) {
        self.key = key
        self.outcome = outcome
    }
}

/// Turns rows of a result file into results. Rows come in any order, so each is known by its key
/// column.
struct BulkResultReading {
    private let kind: BulkResultKind
    private let keyColumn: String
    private let isDelete: Bool
    private var columns: [String: Int]?

    init(_ kind: BulkResultKind, keyColumn: String, isDelete: Bool) {
        self.kind = kind
        self.keyColumn = keyColumn
        self.isDelete = isDelete
    }

    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` when the header lacks the
    ///   key column, or a row has another number of cells than the header.
    mutating func results(_ rows: [[String]]) throws(SalesforceError) -> [BulkResult] {
        var results: [BulkResult] = []
        for row in rows {
            guard let columns else {
                try readHeader(row)
                continue
            }
            guard row.count == columns.count else {
                throw Self.unreadable("a row has \(row.count) of \(columns.count) cells")
            }
            results.append(try result(row, columns))
        }
        return results
    }

    private mutating func readHeader(_ row: [String]) throws(SalesforceError) {
        // Salesforce's own columns first, then ours.
        let columns = Dictionary(
            row.enumerated().map { ($0.element.lowercased(), $0.offset) },
            uniquingKeysWith: { first, _ in first })
        let needed =
            switch kind {
            case .successful: ["sf__id", "sf__created"]
            case .failed: ["sf__id", "sf__error"]
            case .unprocessed: [String]()
            }
        guard columns.count == row.count,
            (needed + [keyColumn.lowercased()]).allSatisfy({ columns[$0] != nil })
        else { throw Self.unreadable("the header lacks a column") }
        self.columns = columns
    }

    private func result(
        _ row: [String], _ columns: [String: Int]
    ) throws(SalesforceError) -> BulkResult {
        func cell(_ name: String) -> String { columns[name].map { row[$0] } ?? "" }
        let key = cell(keyColumn.lowercased())
        switch kind {
        case .successful:
            guard let id = RecordID(answered: cell("sf__id")) else {
                throw Self.unreadable("a successful row has no record id")
            }
            let created = isDelete ? nil : cell("sf__created").lowercased() == "true"
            return BulkResult(key: key, outcome: .answered(.succeeded(id, created: created)))
        case .failed:
            return BulkResult(
                key: key, outcome: .answered(.failed(RecordError(bulk: cell("sf__error")))))
        case .unprocessed: return BulkResult(key: key, outcome: .unprocessed)
        }
    }

    private static func unreadable(_ reason: String) -> SalesforceError {
        .unreadableAnswer(.read, status: 200, reason: "in the results of a job, " + reason)
    }
}

extension RecordError {
    /// `CODE:message:field field --`, as failed rows carry it; the fields may be missing.
    init(bulk text: String) {
        let code = text.prefix { $0 != ":" }
        let isCode =
            !code.isEmpty && code.utf8.count <= 100
            && code.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
        guard isCode else {
            self.init(code: "UNKNOWN_EXCEPTION", message: text, fields: [])
            return
        }
        var message = text.dropFirst(code.count + 1)
        var fields: [String] = []
        if message.hasSuffix("--") {
            message = message.dropLast(2)
            if let colon = message.lastIndex(of: ":") {
                let names = message[message.index(after: colon)...].split { $0 == " " || $0 == "," }
                if names.allSatisfy({ APIName.isName($0) }) {
                    fields = names.map(String.init)
                    message = message[..<colon]
                }
            }
        }
        self.init(code: String(code), message: String(message), fields: fields)
    }
}
