/// A SOQL statement as parsed; names are not yet checked against the schema.
struct Query: Sendable {
    enum Selection: Sendable {
        case fields([FieldPath])
        /// `COUNT()`: only the number of rows.
        case count
        /// `COUNT(field)`: one aggregate row.
        case countOf(FieldPath)
    }

    var selection: Selection
    var object: String
    var objectPosition: Int
    var filter: Filter?
    var order: [Ordering] = []
    var limit: Int?
    var offset = 0
}

/// `Name` or `Account.Owner.Name`, with where it stands (1-based column) for error messages.
struct FieldPath: Sendable {
    let names: [String]
    let position: Int
}

struct Ordering: Sendable {
    let path: FieldPath
    var isDescending = false
    /// Nulls come first unless the statement says otherwise (SOQL Reference, ORDER BY).
    var areNullsFirst = true
}

indirect enum Filter: Sendable {
    case and([Filter])
    case or([Filter])
    case not(Filter)
    case comparison(FieldPath, ComparisonOperator, Literal)
    case list(FieldPath, ListOperator, [Literal])
}

enum ComparisonOperator: String, Sendable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case like = "LIKE"
}

enum ListOperator: Sendable { case isIn, notIn, includes, excludes }

enum Literal: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// A quoted text of LIKE, where `\_` and `\%` stand for the plain characters.
    case pattern([PatternPart])
    case date(Int64)
    case dateTime(Int64)
    /// `HH:mm:ss.SSSZ`, as ``Instant/parseTime(_:)`` gives it.
    case time(String)
}

enum PatternPart: Sendable, Hashable {
    case character(Character)
    case anyOne
    case anyMany
}

/// A statement that Salesforce refuses, with the column it points at.
struct QueryError: Error, Sendable {
    let code: String
    let message: String
    /// 1-based column in the statement; nil for errors that carry no place.
    let position: Int?

    static func malformed(_ message: String, _ position: Int?) -> QueryError {
        QueryError(code: "MALFORMED_QUERY", message: message, position: position)
    }

    static func invalidField(_ message: String, _ position: Int?) -> QueryError {
        QueryError(code: "INVALID_FIELD", message: message, position: position)
    }

    /// The refusal as answered: the source line around the place, a caret line, and
    /// `ERROR at Row:1:Column:n` (recorded for `INVALID_TYPE`).
    func refusal(statement: String) -> Refusal {
        guard let position else { return Refusal(code, message) }
        // Recorded: 32 characters before the place are shown, then the rest of the line.
        let bytes = statement.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        let start = max(0, position - 1 - 32)
        let end = min(bytes.count, position - 1 + 32)
        let excerpt = start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : ""
        let caret = String(repeating: " ", count: position - 1 - start) + "^"
        return Refusal(
            code, "\n\(excerpt)\n\(caret)\nERROR at Row:1:Column:\(position)\n\(message)")
    }
}
