import Records

/// What must hold of the items of a request before it is built.
struct CollectionsCheck {
    let kind: CollectionsRequest.Kind

    func check(_ items: [CollectionsItem]) throws(SalesforceError) {
        if case .upsert(let field) = kind, !APIName.isName(field) {
            throw .invalidRequest("an upsert needs the API name of an external id field")
        }
        // Bytes, because Swift's String would take differently normalised texts for equal.
        var identities: Set<[UInt8]> = []
        for item in items {
            for (name, value) in item.fields { try check(name, value) }
            guard let identity = try identity(of: item) else { continue }
            // Twice the same record in one request: Salesforce refuses one of them, and which of
            // two values should win is not a question for the wire.
            guard identities.insert(Array(identity.utf8)).inserted else {
                throw .invalidRequest("two records of one request are the same record")
            }
        }
    }

    private func check(_ name: String, _ value: FieldValue) throws(SalesforceError) {
        let levels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard levels.count <= 2, levels.allSatisfy({ APIName.isName($0) }) else {
            throw .invalidRequest("a field to write has a name that is no API name")
        }
        let folded = name.lowercased()
        guard folded != "id", folded != "attributes" else {
            throw .invalidRequest("\(name) is not a field to write; give the record id instead")
        }
        switch value {
        case .list, .object:
            throw .invalidRequest(
                "\(name) cannot take a \(value.kindName); coerce the value to the field's type")
        case .null, .boolean, .number, .text: return
        }
    }

    /// What names the record within the request; `nil` for a create, which names none.
    private func identity(of item: CollectionsItem) throws(SalesforceError) -> String? {
        switch kind {
        case .create:
            guard item.recordID == nil else {
                throw .invalidRequest("a create cannot choose the record's id")
            }
            return nil
        case .update, .delete:
            guard let id = item.recordID else {
                throw .invalidRequest("an update or delete needs each record's id")
            }
            return id.description
        case .upsert(let field):
            guard item.recordID == nil, let value = item.fields[field] else {
                throw .invalidRequest(
                    "an upsert by \(field) needs \(field) in each record, and no id")
            }
            return try externalID(value, field)
        }
    }

    /// A null or blank external id would make Salesforce create a record at every attempt.
    private func externalID(_ value: FieldValue, _ field: String) throws(SalesforceError) -> String
    {
        switch value {
        case .text(let text) where !text.allSatisfy(\.isWhitespace):
            // Exact text only: whether case counts is the field's affair, and the caller's.
            return "text:" + text
        case .number(let number): return "number:" + number.description
        default: throw .invalidRequest("an upsert by \(field) needs a value of \(field)")
        }
    }
}
