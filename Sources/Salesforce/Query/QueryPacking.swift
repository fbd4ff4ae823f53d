extension Query {
    /// Packs wanted conditions into few queries: together they find every record that any one
    /// wants.
    ///
    /// Conditions on the same field share one `IN` list; equal ones are written once; the parts of
    /// an `or` may land in different queries, so a record counts when any of the queries returns
    /// it. Queries are filled one after the other, so all but the last are full up to the size of
    /// one literal: as few as can be, but for at most one.
    ///
    /// - Parameters:
    ///   - wanted: what to look for; an empty list gives no queries.
    ///   - narrowing: must hold besides in every query, for example `IsConverted = false`.
    ///   - bytesMax: percent-encoded bytes of one statement.
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` when a single condition does not fit.
    package static func pack(
        object: String, fields: [String], wanted: [Condition], narrowing: Condition? = nil,
        bytesMax: Int = Query.encodedBytesMax
    ) throws(SalesforceError) -> [Query] {
        var room =
            bytesMax
            - PercentEncoding.queryByteCount(
                try head(object: object, fields: fields) + " WHERE ")
        if let narrowing {
            room -= PercentEncoding.queryByteCount(try "() AND (\(narrowing.soql()))")
        }
        var packing = Packing(room: room)
        for term in try WantedTerms(wanted).terms { try packing.add(term) }
        packing.close()
        var queries: [Query] = []
        for terms in packing.packed {
            let condition = Condition.or(terms)
            let whole = narrowing.map { Condition.and([condition, $0]) } ?? condition
            queries.append(try Query(object: object, fields: fields, where: whole))
        }
        return queries
    }
}

/// The alternatives of all wanted conditions, equal ones once, those of one field next to each
/// other.
private struct WantedTerms {
    enum Term {
        case literal(field: String, Literal)
        /// A condition that cannot join a list.
        case whole(Condition)

        /// Bytes that only equal terms share. Not `Hashable`: Swift takes texts for equal that
        /// differ in Unicode normalisation, Salesforce does not, and the second would never be
        /// looked for.
        func identity() throws(SalesforceError) -> [UInt8] {
            switch self {
            case .literal(let field, let literal): Array("\(field) = \(try literal.soql())".utf8)
            case .whole(let condition): Array("(\(try condition.soql()))".utf8)
            }
        }
    }

    private(set) var terms: [Term] = []

    init(_ wanted: [Condition]) throws(SalesforceError) {
        var seen: Set<[UInt8]> = []
        var literalsByField: [String: [Term]] = [:]
        var fieldOrder: [String] = []
        var wholes: [Term] = []
        for term in wanted.flatMap(Self.alternatives) {
            guard seen.insert(try term.identity()).inserted else { continue }
            guard case .literal(let field, _) = term else {
                wholes.append(term)
                continue
            }
            if literalsByField[field] == nil { fieldOrder.append(field) }
            literalsByField[field, default: []].append(term)
        }
        terms = fieldOrder.flatMap { literalsByField[$0] ?? [] } + wholes
    }

    private static func alternatives(of condition: Condition) -> [Term] {
        switch condition {
        case .equals(_, .null): [.whole(condition)]
        case .equals(let field, let literal): [.literal(field: field, literal)]
        case .in(let field, let literals) where !literals.isEmpty && !literals.contains(.null):
            literals.map { .literal(field: field, $0) }
        case .or(let parts) where !parts.isEmpty: parts.flatMap(alternatives)
        case .and(let parts) where parts.count == 1: parts.flatMap(alternatives)
        // Empty or invalid compounds stay whole, and are refused when they are written.
        case .in, .or, .and: [.whole(condition)]
        }
    }
}

/// Fills one query after the other, counting percent-encoded bytes.
private struct Packing {
    let room: Int
    private(set) var packed: [[Condition]] = []

    private var used = 0
    private var open: [Condition] = []
    /// The field and literals of the list being filled; it is the last part of `open` once closed.
    private var listField: String?
    private var listLiterals: [Literal] = []

    init(room: Int) { self.room = room }

    mutating func add(_ term: WantedTerms.Term) throws(SalesforceError) {
        var cost = try cost(of: term)
        if used + cost > room, used > 0 {
            close()
            cost = try self.cost(of: term)
        }
        guard cost <= room else {
            throw .invalidRequest("a single condition is too long for a query; shorten its values")
        }
        used += cost
        switch term {
        case .whole(let condition):
            closeList()
            open.append(condition)
        case .literal(let field, let literal):
            if listField != field { closeList() }
            listField = field
            listLiterals.append(literal)
        }
    }

    /// Ends the query being filled, if there is anything in it.
    mutating func close() {
        closeList()
        if !open.isEmpty { packed.append(open) }
        open = []
        used = 0
    }

    private mutating func closeList() {
        if let listField { open.append(.in(field: listField, listLiterals)) }
        listField = nil
        listLiterals = []
    }

    private func cost(of term: WantedTerms.Term) throws(SalesforceError) -> Int {
        let word = used == 0 ? "" : " OR "
        switch term {
        case .whole(let condition):
            return PercentEncoding.queryByteCount(try "\(word)(\(condition.soql()))")
        case .literal(let field, let literal):
            let text = try literal.soql()
            if listField == field { return PercentEncoding.queryByteCount(",\(text)") }
            return PercentEncoding.queryByteCount(
                try "\(word)\(APIName.checked(field: field)) IN (\(text))")
        }
    }
}
