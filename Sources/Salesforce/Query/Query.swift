import Records

/// A query of one object: fields and a condition, checked when made.
///
/// Guarantees: ``soql`` is valid in form, every value in it escaped, and no longer than Salesforce
/// takes. SOQL reads the database itself; SOSL reads an index that lags by minutes, and is not
/// offered.
package struct Query: Sendable, Hashable {
    package let object: String
    /// What each record comes back with; `Id` is always read besides.
    package let fields: [String]
    /// The whole statement.
    package let soql: String
    /// Also records in the recycle bin (REST API Developer Guide, "QueryAll").
    package private(set) var isWithDeleted = false

    /// Salesforce's limit on the characters of a statement (SOQL and SOSL Reference, "SOQL and SOSL
    /// Limits"); counted in bytes of UTF-8, of which there are never fewer.
    package static let bytesMax = 100_000
    /// A longer one travels in the body of a Composite call. Salesforce answers 414 when the URL
    /// and 431 when URL and headers together exceed 16,384 bytes (Salesforce Help, "URI and Header
    /// Length Limits"). Our headers, a token of up to 2,000 bytes among them, take 2,560; scheme,
    /// host and path 384.
    package static let encodedBytesMax = 16_384 - 2_560 - 384
    /// Records in one page of an answer (REST API Developer Guide, "Query").
    package static let pageRecordCountMax = 2_000

    /// - Parameters:
    ///   - fields: API names, relationship paths included (`Account.External_Id__c`).
    ///   - condition: which records; `nil` for all.
    /// - Throws: ``SalesforceError/invalidRequest(_:)`` for anything that is not a name, a bad
    ///   literal, or a statement longer than ``bytesMax``: see
    ///   ``pack(object:fields:wishes:narrowing:bytesMax:)``.
    package init(
        object: String, fields: [String], where condition: Condition?
    ) throws(SalesforceError) {
        var text = try Self.head(object: object, fields: fields)
        if let condition { text += try " WHERE \(condition.soql())" }
        guard text.utf8.count <= Self.bytesMax else {
            throw .invalidRequest(
                "a query of \(object) is too long for one call; pack its conditions")
        }
        self.init(object: object, fields: fields, checked: text)
    }

    /// The same over the recycle bin as well.
    package var withDeleted: Query {
        var query = self
        query.isWithDeleted = true
        return query
    }

    /// - Parameter soql: made of parts that were checked.
    init(object: String, fields: [String], checked soql: String) {
        self.object = object
        self.fields = fields
        self.soql = soql
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
    var resource: String {
        (isWithDeleted ? "/queryAll?q=" : "/query?q=") + PercentEncoding.query(soql)
    }
}
