/// A record as a query returned it: what was asked for, under the names of describe.
package struct Record: Sendable, Hashable, Codable {
    package let object: String
    package let id: RecordID
    /// Only the fields that the query selected. A selected field that is empty is `.null`; a field
    /// that was not selected is absent: the two are never confused.
    package let fields: [String: FieldValue]

    package init(object: String, id: RecordID, fields: [String: FieldValue]) {
        self.object = object
        self.id = id
        self.fields = fields
    }

    /// The value of a field or of a relationship path (`Account.External_Id__c`).
    ///
    /// A path is found under its dotted name or inside nested objects, as Salesforce answers them;
    /// below an empty relationship it is `.null`. `Id` is ``id``. Names are matched without case,
    /// as Salesforce matches them.
    ///
    /// - Returns: `nil` when the query did not select it.
    package func value(at path: String) -> FieldValue? {
        if let value = Self.member(path, of: fields) { return value }
        if path == "Id" { return .text(id.description) }
        var value = FieldValue.object(fields)
        for name in path.split(separator: ".") {
            if value.isNull { return .null }
            guard case .object(let members) = value,
                let member = Self.member(String(name), of: members)
            else { return nil }
            value = member
        }
        return value
    }

    private static func member(_ name: String, of members: [String: FieldValue]) -> FieldValue? {
        if let value = members[name] { return value }
        let folded = TextRules.folded(name)
        return members.first { TextRules.folded($0.key) == folded }?.value
    }
}
