/// Queries that together find every record that any of the wishes is about.
package struct PackedQueries: Sendable, Hashable {
    package let queries: [Query]
    /// The wishes that no query can hold, by their place, and why.
    package let refused: [Int: SalesforceError]
}

extension Query {
    /// Packs wished conditions into few queries.
    ///
    /// Conditions on the same field share one `IN` list; equal ones are written once; the parts of
    /// an `or` may land in different queries, so a record counts when any of the queries returns
    /// it. Queries are filled one after the other, so all but the last are full, up to the size of
    /// one literal or the number of records in a page: as few as can be, but for at most one.
    ///
    /// - Parameters:
    ///   - wishes: what to look for: of each wish, every condition that finds it. A wish with one
    ///     that cannot be written is left out whole; the others are not harmed.
    ///   - narrowing: must hold besides in every query, for example `IsConverted = false`.
    ///   - bytesMax: bytes of one statement.
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` when object, fields or narrowing cannot be
    ///   written.
    package static func pack(
        object: String, fields: [String], wishes: [[Condition]], narrowing: Condition? = nil,
        bytesMax: Int = Query.bytesMax
    ) throws(SalesforceError) -> PackedQueries {
        let head = try head(object: object, fields: fields) + " WHERE "
        let tail = try narrowing.map { (condition) throws(SalesforceError) in
            let text = try condition.soql()
            return ") AND " + (condition.isCompound ? "(\(text))" : text)
        }
        let room = bytesMax - head.utf8.count - (tail.map { $0.utf8.count + 1 } ?? 0)
        let wanted = WantedTerms(wishes, bytesMax: room)
        var packing = Packing(room: room)
        for term in wanted.terms { packing.add(term) }
        packing.close()
        let queries = packing.packed.map { condition in
            Query(
                object: object, fields: fields,
                checked: head + (tail.map { "(" + condition + $0 } ?? condition))
        }
        return PackedQueries(queries: queries, refused: wanted.refused)
    }
}

/// One alternative of a query's condition, written as SOQL.
private struct Term {
    /// The field in whose list the literal ``text`` stands; `nil` for a condition that cannot join
    /// a list.
    let field: String?
    let text: String

    /// What it adds to a condition: after another literal of its list, or by itself.
    func byteCount(after list: String?) -> Int {
        guard let field else { return text.utf8.count }
        return list == field ? text.utf8.count + 1 : field.utf8.count + text.utf8.count + 6
    }
}

/// The alternatives of all wishes, each written once, equal ones once, those of one field next to
/// each other.
private struct WantedTerms {
    private(set) var terms: [Term] = []
    private(set) var refused: [Int: SalesforceError] = [:]

    init(_ wishes: [[Condition]], bytesMax: Int) {
        // Bytes that only equal terms share. Not texts: Swift takes some for equal that differ in
        // Unicode normalisation, Salesforce does not, and the second would never be looked for.
        var seen: Set<[UInt8]> = []
        var literalsByField: [String: [Term]] = [:]
        var fieldOrder: [String] = []
        var wholes: [Term] = []
        for (index, wish) in wishes.enumerated() {
            do throws(SalesforceError) {
                for term in try Self.terms(of: wish, bytesMax: bytesMax) {
                    let identity = Array("\(term.field ?? "") \(term.text)".utf8)
                    guard seen.insert(identity).inserted else { continue }
                    guard let field = term.field else {
                        wholes.append(term)
                        continue
                    }
                    if literalsByField[field] == nil { fieldOrder.append(field) }
                    literalsByField[field, default: []].append(term)
                }
            } catch {
                refused[index] = error
            }
        }
        terms = fieldOrder.flatMap { literalsByField[$0] ?? [] } + wholes
    }

    private static func terms(
        of wish: [Condition], bytesMax: Int
    ) throws(SalesforceError) -> [Term] {
        var terms: [Term] = []
        for condition in wish.flatMap(alternatives) {
            let term = try term(of: condition)
            guard term.byteCount(after: nil) <= bytesMax else {
                throw .invalidRequest(
                    "a single condition is too long for a query; shorten its values")
            }
            terms.append(term)
        }
        return terms
    }

    private static func term(of condition: Condition) throws(SalesforceError) -> Term {
        if case .equals(let field, let literal) = condition, literal.isListable {
            return Term(field: try APIName.checked(field: field), text: try literal.soql())
        }
        let text = try condition.soql()
        return Term(field: nil, text: condition.isCompound ? "(\(text))" : text)
    }

    private static func alternatives(of condition: Condition) -> [Condition] {
        switch condition {
        case .in(let field, let literals) where !literals.isEmpty && !literals.contains(.null):
            literals.map { .equals(field: field, $0) }
        case .or(let parts) where !parts.isEmpty: parts.flatMap(alternatives)
        case .and(let parts) where parts.count == 1: parts.flatMap(alternatives)
        // Empty or invalid compounds stay whole, and are refused when they are written.
        case .equals, .in, .or, .and: [condition]
        }
    }
}

/// Fills one condition after the other, counting bytes and alternatives.
private struct Packing {
    let room: Int
    private(set) var packed: [String] = []

    private static let word = " OR "
    private var open = ""
    private var count = 0
    /// The field of the list being filled; its bracket is still open.
    private var list: String?

    init(room: Int) { self.room = room }

    mutating func add(_ term: Term) {
        // The bracket of an open list counts with the list.
        let isFull =
            count == Query.pageRecordCountMax
            || open.utf8.count + Self.word.utf8.count + 1 + term.byteCount(after: list) > room
        if count > 0, isFull { close() }
        count += 1
        if let list, list == term.field {
            open += "," + term.text
            return
        }
        closeList()
        if !open.isEmpty { open += Self.word }
        list = term.field
        open += term.field.map { "\($0) IN (" + term.text } ?? term.text
    }

    /// Ends the condition being filled, if there is anything in it.
    mutating func close() {
        closeList()
        if !open.isEmpty { packed.append(open) }
        open = ""
        count = 0
    }

    private mutating func closeList() {
        if list != nil { open += ")" }
        list = nil
    }
}
