/// A condition of a query, made of typed parts only: there is no way to splice text in.
///
/// `=` and `IN` compare text without regard to case, except on case-sensitive unique fields (SOQL
/// and SOSL Reference, "Comparison Operators").
package indirect enum Condition: Sendable, Hashable {
    case equals(field: String, Literal)
    /// At least one literal, none of them null or of a multi-select.
    case `in`(field: String, [Literal])
    case and([Condition])
    case or([Condition])

    /// The condition as SOQL. Mixed AND and OR are an error without parentheses, so every compound
    /// inside another is in parentheses.
    ///
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` for bad names, bad literals, empty lists.
    func soql() throws(SalesforceError) -> String {
        switch self {
        case .equals(let field, let literal):
            return try "\(APIName.checked(field: field)) = \(literal.soql())"
        case .in(let field, let literals):
            guard !literals.isEmpty, literals.allSatisfy(\.isListable) else {
                throw .invalidRequest(
                    "a list in a condition needs literals, none of them null or of a multi-select")
            }
            var texts: [String] = []
            for literal in literals { texts.append(try literal.soql()) }
            return try "\(APIName.checked(field: field)) IN (\(texts.joined(separator: ",")))"
        case .and(let parts): return try Self.joined(parts, " AND ")
        case .or(let parts): return try Self.joined(parts, " OR ")
        }
    }

    private static func joined(
        _ parts: [Condition], _ word: String
    ) throws(SalesforceError) -> String {
        guard !parts.isEmpty else { throw .invalidRequest("a compound condition needs a part") }
        var texts: [String] = []
        for part in parts {
            let text = try part.soql()
            texts.append(parts.count > 1 && part.isCompound ? "(\(text))" : text)
        }
        return texts.joined(separator: word)
    }

    /// Renders with a word between parts: needs parentheses beside other conditions.
    var isCompound: Bool {
        switch self {
        case .equals, .in: false
        case .and(let parts), .or(let parts):
            parts.count > 1 || (parts.first?.isCompound ?? false)
        }
    }
}
