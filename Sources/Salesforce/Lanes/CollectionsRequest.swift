import Records

/// One record of a collections request.
package struct CollectionsItem: Sendable, Hashable {
    /// Which record: for update and delete only.
    package let recordID: RecordID?
    /// What to write. `.null` clears a field; an absent field is left alone. For an upsert it holds
    /// the external id as well. A dotted name writes a reference by the parent's external id:
    /// `Account.External_Id__c` becomes `{"Account":{"External_Id__c":…}}`.
    package let fields: [String: FieldValue]

    package init(recordID: RecordID? = nil, fields: [String: FieldValue] = [:]) {
        self.recordID = recordID
        self.fields = fields
    }
}

/// A create, update, upsert or delete of up to 200 records in one call, as the exact bytes of it.
///
/// Guarantees: the same items give the same bytes, on every machine; ``method``, ``path``, ``body``
/// and ``saving`` are all there is to send, so a request that was stored can be sent again byte for
/// byte. Records are independent of each other (`allOrNone` is false). Source: REST API Developer
/// Guide, "sObject Collections".
package struct CollectionsRequest: Sendable, Hashable {
    package enum Kind: Sendable, Hashable, Codable {
        case create, update, delete
        /// By this external id field.
        case upsert(field: String)
    }

    package let kind: Kind
    package let object: String
    /// `POST`, `PATCH` or `DELETE`.
    package let method: String
    /// Path and query after the version: `/composite/sobjects/Contact/External_Id__c`.
    package let path: String
    /// JSON in UTF-8; empty for a delete.
    package let body: [UInt8]
    package let itemCount: Int
    /// Under which rules of the org its records are saved: headers, beside ``body``.
    package let saving: SavingRules

    /// Salesforce refuses more.
    package static let itemCountMax = 200

    /// - Throws: ``SalesforceError/invalidRequest(_:)`` when there are no items or more than
    ///   ``itemCountMax``, when a name is not a name, when an item lacks its id or external id or
    ///   has one it must not have, when two items are the same record, or when a value is a list or
    ///   an object. One such item would make Salesforce refuse all of them.
    package init(
        kind: Kind, object: String, items: [CollectionsItem], saving: SavingRules = .usual
    ) throws(SalesforceError) {
        guard (1...Self.itemCountMax).contains(items.count) else {
            throw .invalidRequest(
                "a request has 1 to \(Self.itemCountMax) records, not \(items.count)")
        }
        self.kind = kind
        self.saving = saving
        self.object = try APIName.checked(object: object)
        itemCount = items.count
        try CollectionsCheck(kind: kind).check(items)
        switch kind {
        case .create: (method, path) = ("POST", "/composite/sobjects")
        case .update: (method, path) = ("PATCH", "/composite/sobjects")
        case .upsert(let field):
            (method, path) = ("PATCH", "/composite/sobjects/\(object)/\(field)")
        case .delete:
            let ids = items.compactMap { $0.recordID?.description }.joined(separator: ",")
            (method, path) = ("DELETE", "/composite/sobjects?ids=\(ids)&allOrNone=false")
        }
        body = kind == .delete ? [] : try Self.body(object: object, items: items)
    }

    private static func body(
        object: String, items: [CollectionsItem]
    ) throws(SalesforceError) -> [UInt8] {
        var text = "{\"allOrNone\":false,\"records\":["
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            text += "{\"attributes\":{\"type\":\"\(object)\"}"
            if let id = item.recordID { text += ",\"id\":\"\(id.description)\"" }
            // Sorted, so that the bytes do not depend on a dictionary's order.
            for (name, value) in try nested(item.fields).sorted(by: { $0.key < $1.key }) {
                text += ",\"\(name)\":"
                value.write(to: &text)
            }
            text += "}"
        }
        text += "]}"
        return Array(text.utf8)
    }

    /// `Account.External_Id__c` → `Account: {External_Id__c}`.
    private static func nested(
        _ fields: [String: FieldValue]
    ) throws(SalesforceError) -> [String: FieldValue] {
        var nested: [String: FieldValue] = [:]
        for (name, value) in fields {
            let levels = name.split(separator: ".").map(String.init)
            let inner = levels.count == 2 ? .object([levels[1]: value]) : value
            guard nested.updateValue(inner, forKey: levels[0]) == nil else {
                throw .invalidRequest("the reference \(levels[0]) is written by two external ids")
            }
        }
        return nested
    }
}

extension CollectionsRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, object, method, path, body, itemCount, saving
    }

    /// The body is stored as the text that it is, so that a log stays readable; UTF-8 text and
    /// bytes are one to one.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(object, forKey: .object)
        try container.encode(method, forKey: .method)
        try container.encode(path, forKey: .path)
        try container.encode(String(decoding: body, as: UTF8.self), forKey: .body)
        try container.encode(itemCount, forKey: .itemCount)
        try container.encode(saving, forKey: .saving)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        object = try container.decode(String.self, forKey: .object)
        method = try container.decode(String.self, forKey: .method)
        path = try container.decode(String.self, forKey: .path)
        body = Array(try container.decode(String.self, forKey: .body).utf8)
        itemCount = try container.decode(Int.self, forKey: .itemCount)
        saving = try container.decode(SavingRules.self, forKey: .saving)
    }
}
