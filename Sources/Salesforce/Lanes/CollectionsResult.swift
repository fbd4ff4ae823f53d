import Records

/// What became of one record of a collections request: always definite.
package enum CollectionsResult: Sendable, Hashable, Codable {
    /// `created` says whether the record is new; `nil` for a delete.
    case succeeded(RecordID, created: Bool?)
    /// Nothing was written for this record. Of several errors, the first.
    case failed(RecordError)

    /// Reads the 200 answer: one entry per record, in the request's order (REST API Developer
    /// Guide, "sObject Collections").
    ///
    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` when the number of entries
    ///   is not that of the records, or an entry says neither success with an id nor an error. Then
    ///   no entry can be trusted to be about the record at its place, and all of them are in doubt.
    static func read(
        _ body: FieldValue, of request: CollectionsRequest
    ) throws(SalesforceError) -> [CollectionsResult] {
        guard let entries = body.listValue, entries.count == request.itemCount else {
            throw .unreadableAnswer(
                .write, status: 200,
                reason: "the number of results is not \(request.itemCount), that of the records")
        }
        var results: [CollectionsResult] = []
        for (index, entry) in entries.enumerated() {
            guard let result = read(entry: entry, kind: request.kind) else {
                throw .unreadableAnswer(
                    .write, status: 200, reason: "result \(index) says neither success nor error")
            }
            results.append(result)
        }
        return results
    }

    private static func read(
        entry: FieldValue, kind: CollectionsRequest.Kind
    ) -> CollectionsResult? {
        switch entry["success"]?.booleanValue {
        case true?:
            guard let id = entry["id"]?.text.flatMap({ RecordID(answered: $0) }) else { return nil }
            return .succeeded(id, created: created(entry, kind))
        case false?:
            guard let first = entry["errors"]?.listValue?.first,
                let error = RecordError(answered: first, codeMember: "statusCode")
            else { return nil }
            return .failed(error)
        case nil: return nil
        }
    }

    private static func created(_ entry: FieldValue, _ kind: CollectionsRequest.Kind) -> Bool? {
        switch kind {
        case .create: true
        case .update: false
        case .upsert: entry["created"]?.booleanValue
        case .delete: nil
        }
    }
}
