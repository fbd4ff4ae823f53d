/// Types a literal for the field it is compared with.
///
/// Sources: SOQL and SOSL Reference, "fieldExpression Syntax"; recorded refusals of malformed ids.
enum LiteralBinding {
    static func bind(
        _ literal: Literal, to field: FieldSchema, at position: Int
    ) throws(QueryError) -> BoundLiteral {
        switch (field.type, literal) {
        // `= null` on a checkbox acts as `= false`.
        case (.boolean, .null): return .bool(false)
        case (_, .null): return .null
        case (.id, .string(let text)), (.reference, .string(let text)):
            return try id(text, at: position)
        case (.boolean, .bool(let value)): return .bool(value)
        case (.int, .number(let number)), (.double, .number(let number)),
            (.currency, .number(let number)), (.percent, .number(let number)):
            return .number(number)
        case (.date, .date(let days)): return .time(days)
        case (.datetime, .dateTime(let time)): return .time(time)
        case (.time, .time(let time)): return .text(FoldedText(time))
        case (.multipicklist, .string(let text)):
            // The exact set, whatever the order written.
            return bound(Canonicalization.stored(.text(text), in: field))
        case (_, .string(let text)) where field.type.isText:
            // The empty string acts as null.
            if text.isEmpty { return .null }
            return .text(FoldedText(text, caseSensitive: field.isCaseSensitive))
        default: throw mismatch(field, literal, at: position)
        }
    }

    private static func bound(_ value: StoredValue?) -> BoundLiteral {
        if case .text(let text) = value { return .text(FoldedText(text)) }
        return .null
    }

    private static func id(_ text: String, at position: Int) throws(QueryError) -> BoundLiteral {
        if text.isEmpty { return .null }
        guard let id = RecordIdentifier.canonical(text) else {
            throw QueryError(
                code: "INVALID_QUERY_FILTER_OPERATOR", message: "invalid ID field: \(text)",
                position: position)
        }
        return .text(FoldedText(id, caseSensitive: true))
    }

    private static func mismatch(
        _ field: FieldSchema, _ literal: Literal, at position: Int
    ) -> QueryError {
        let type = field.type == .datetime ? "dateTime" : field.type.rawValue
        let isText = field.type.isText || field.type == .id || field.type == .reference
        let wanted = isText ? "string" : type
        var quotes = isText ? " and should be enclosed in quotes" : ""
        if case .string = literal { quotes = " and should not be enclosed in quotes" }
        return .invalidField(
            "value of filter criterion for field '\(field.name)' must be of type \(wanted)"
                + quotes, position)
    }
}
