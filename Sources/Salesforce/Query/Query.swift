import Records

/// A query of one object: fields and a condition, checked when made.
///
/// Guarantees: ``soql`` is valid in form, every value in it escaped, and short enough for a GET.
/// SOQL reads the database itself; SOSL reads an index that lags by minutes, and is not offered.
package struct Query: Sendable, Hashable {
    package let object: String
    /// What each record comes back with; `Id` is always read besides.
    package let fields: [String]
    package let condition: Condition?
    /// The whole statement.
    package let soql: String

    /// Salesforce answers 414 when the URL and 431 when URL and headers together exceed 16,384
    /// bytes (Salesforce Help, "URI and Header Length Limits"). Our headers, a token of up to 2,000
    /// bytes among them, take 2,560; scheme, host and path 384.
    package static let encodedBytesMax = 16_384 - 2_560 - 384

    /// - Parameters:
    ///   - fields: API names, relationship paths included (`Account.External_Id__c`).
    ///   - condition: which records; `nil` for all.
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` for anything that is not a name, a bad
    ///   literal, or a statement longer than ``encodedBytesMax``: see
    ///   ``pack(object:fields:wanted:narrowing:)``.
    package init(
        object: String, fields: [String], where condition: Condition?
    ) throws(SalesforceError) {
        var text = try Self.head(object: object, fields: fields)
        if let condition { text += try " WHERE \(condition.soql())" }
        guard PercentEncoding.queryByteCount(text) <= Self.encodedBytesMax else {
            throw .invalidRequest(
                "a query of \(object) is too long for one call; pack its conditions")
        }
        self.object = object
        self.fields = fields
        self.condition = condition
        soql = text
    }

    /// `SELECT Id,… FROM …`. A field named twice is an error in SOQL, whatever the case of its
    /// letters.
    static func head(object: String, fields: [String]) throws(SalesforceError) -> String {
        var selected = ["Id"]
        var seen: Set<String> = ["id"]
        for field in fields where seen.insert(field.lowercased()).inserted {
            selected.append(try APIName.checked(field: field))
        }
        return try
            "SELECT \(selected.joined(separator: ",")) FROM \(APIName.checked(object: object))"
    }

    /// Path and query of the first page's call, after the version.
    var resource: String { "/query?q=" + PercentEncoding.query(soql) }
}
