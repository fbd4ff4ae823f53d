import Records

/// One page of a query's answer: `{"totalSize","done","records","nextRecordsUrl"?}`.
///
/// Source: REST API Developer Guide, "Query". Up to 2,000 records; `totalSize` is that of the whole
/// query on every page.
struct QueryPage: Sendable, Hashable {
    let records: [Record]
    let totalSize: Int
    /// Path of the next page; `nil` on the last.
    let next: String?

    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` when anything is missing. A
    ///   page half read would make records look absent, and absent records are created.
    init(_ body: FieldValue, of query: Query) throws(SalesforceError) {
        guard let total = body["totalSize"]?.integerValue, let done = body["done"]?.booleanValue,
            let rows = body["records"]?.listValue
        else { throw Self.unreadable("totalSize, done or records is missing") }
        let link = body["nextRecordsUrl"]?.text
        if done {
            next = nil
        } else {
            guard let link, Self.isNextPath(link) else {
                throw Self.unreadable("nextRecordsUrl is missing or leads off the instance")
            }
            next = link
        }
        var records: [Record] = []
        records.reserveCapacity(rows.count)
        for row in rows { records.append(try Self.record(row, of: query)) }
        self.records = records
        totalSize = total
    }

    /// The link is followed with the token: it must be a plain path of the API on the same
    /// instance.
    static func isNextPath(_ path: String) -> Bool {
        let marks = Set("/.-_?=&%,".utf8)
        return path.hasPrefix("/services/data/v") && path.utf8.count <= 2_000
            && path.utf8.allSatisfy { ASCII.isAlphanumeric($0) || marks.contains($0) }
            && RecordError.textAfter("..", in: path) == nil
    }

    private static func record(
        _ row: FieldValue, of query: Query
    ) throws(SalesforceError) -> Record {
        guard case .object(let members) = row,
            let id = members["Id"]?.text.flatMap({ RecordID(answered: $0) })
        else { throw unreadable("a record has no valid Id") }
        var fields: [String: FieldValue] = [:]
        for field in query.fields {
            guard let value = value(at: field, in: members) else {
                throw unreadable("a record lacks the selected field \(field)")
            }
            fields[field] = value
        }
        return Record(object: query.object, id: id, fields: fields)
    }

    /// Follows a relationship path. A parent that is null makes the field null: both read as
    /// "empty".
    private static func value(at path: String, in members: [String: FieldValue]) -> FieldValue? {
        let names = path.split(separator: ".")
        var value = FieldValue.object(members)
        for name in names {
            if value.isNull { return .null }
            guard case .object(let members) = value, let inner = member(String(name), of: members)
            else { return nil }
            value = inner
        }
        return value
    }

    /// Salesforce answers names in its own case, whatever case they were asked in.
    private static func member(
        _ name: String, of members: [String: FieldValue]
    ) -> FieldValue? {
        if let value = members[name] { return value }
        let folded = name.lowercased()
        return members.first { $0.key.lowercased() == folded }?.value
    }

    private static func unreadable(_ reason: String) -> SalesforceError {
        .unreadableAnswer(.read, status: 200, reason: reason)
    }
}
