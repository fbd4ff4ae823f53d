/// A record as a query returned it: what was asked for, under the names of describe.
package struct Record: Sendable, Hashable, Codable {
    package let object: String
    package let id: RecordID
    /// Only the fields that the query selected. A selected field that is empty is `.null`; a field that
    /// was not selected is absent: the two are never confused.
    package let fields: [String: FieldValue]

    package init(object: String, id: RecordID, fields: [String: FieldValue]) {
        self.object = object
        self.id = id
        self.fields = fields
    }
}
