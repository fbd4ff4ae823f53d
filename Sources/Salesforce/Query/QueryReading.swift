import Records

/// Several queries, read page by page: which pages to ask for next, and what has come. Pure.
struct QueryReading: Sendable {
    private struct Open: Sendable {
        let query: Query
        var path: String
        var pageCount = 0
        var recordCount = 0
    }

    private let pagesMax: Int
    private var open: [Open]
    private(set) var records: [Record] = []
    /// How many of ``open``, from the first, were asked for.
    private var askedCount = 0

    init(_ queries: [Query], basePath: String, pagesMax: Int) {
        self.pagesMax = pagesMax
        open = queries.map { Open(query: $0, path: basePath + $0.resource) }
    }

    var isComplete: Bool { open.isEmpty }

    /// The paths of the pages to read next, at most `countMax`.
    mutating func next(_ countMax: Int) -> [String] {
        askedCount = min(countMax, open.count)
        return open.prefix(askedCount).map(\.path)
    }

    /// Takes the pages that were asked for, in order.
    mutating func add(_ bodies: [FieldValue]) throws(SalesforceError) {
        precondition(bodies.count == askedCount, "every page that was asked for has a body")
        var unread: [Open] = []
        for (reading, body) in zip(open, bodies) {
            if let rest = try add(body, to: reading) { unread.append(rest) }
        }
        // Unread pages first: a cursor does not live for ever.
        open = unread + open.dropFirst(askedCount)
        askedCount = 0
    }

    /// - Returns: what is left to read of the query.
    private mutating func add(
        _ body: FieldValue, to reading: Open
    ) throws(SalesforceError) -> Open? {
        var reading = reading
        let page = try QueryPage(body, of: reading.query)
        records += page.records
        reading.pageCount += 1
        reading.recordCount += page.records.count
        if let next = page.next {
            guard reading.pageCount < pagesMax else {
                throw .invalidRequest(
                    "a query of \(reading.query.object) has more than \(reading.pageCount) pages; "
                        + "narrow it")
            }
            reading.path = next
            return reading
        }
        guard reading.recordCount == page.totalSize else {
            throw .unreadableAnswer(
                .read, status: 200,
                reason: "\(reading.recordCount) records came, \(page.totalSize) were announced")
        }
        return nil
    }
}
