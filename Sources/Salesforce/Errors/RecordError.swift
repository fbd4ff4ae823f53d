import Records

/// One error as Salesforce names it: for one record of a collection, or for a whole request.
///
/// ``description`` shows code and fields only. ``message`` is Salesforce's own sentence and may
/// quote the customer's data ("data value too large: …"): keep it with the record, never log it.
package struct RecordError: Error, Sendable, Hashable, Codable {
    /// `errorCode` of requests, `statusCode` of collection items: `STRING_TOO_LONG`, …
    package let code: String
    package let message: String
    /// API names; often empty even when a field is at fault.
    package let fields: [String]

    package init(code: String, message: String, fields: [String]) {
        self.code = code
        self.message = message
        self.fields = fields
    }

    /// - Parameter codeMember: `errorCode` in request errors, `statusCode` in collection results
    ///   (REST API Developer Guide, "sObject Collections").
    init?(answered value: FieldValue, codeMember: String) {
        guard let code = value[codeMember]?.text, !code.isEmpty, code.utf8.count <= 100,
            code.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        self.code = code
        message = value["message"]?.text ?? ""
        fields = value["fields"]?.listValue?.compactMap(\.text) ?? []
    }

    /// The record that a `DUPLICATE_VALUE` names: "… duplicates value on record with id: 0018M00…".
    ///
    /// `nil` when Salesforce masks it as `<unknown>` (the record exists but this user may not see
    /// it) and for every other error. Messages carry ids of 15 characters; this is the full id.
    package var duplicateOf: RecordID? {
        guard code == "DUPLICATE_VALUE", let range = Self.textAfter("record with id: ", in: message)
        else { return nil }
        return RecordID(answered: range.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    /// The field that an `INVALID_FIELD` names in its sentence only: "No such column 'Plan__c' on
    /// sobject of type Contact".
    package var namedColumn: String? {
        guard code == "INVALID_FIELD", let rest = Self.textAfter("No such column '", in: message)
        else { return nil }
        let name = String(rest.prefix { $0 != "'" })
        return APIName.isName(name) ? name : nil
    }

    static func textAfter(_ marker: String, in text: String) -> Substring? {
        // Plain search: the target has no Foundation, and the markers are short and fixed.
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix(marker) { return rest.dropFirst(marker.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}

extension RecordError: CustomStringConvertible {
    package var description: String {
        let names = fields.isEmpty ? namedColumn.map { [$0] } ?? [] : fields
        return names.isEmpty ? code : "\(code) (\(names.joined(separator: ", ")))"
    }
}
