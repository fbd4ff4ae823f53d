import SalesforceEmulator

extension Org {
    /// Live contacts by their email; several under one email are duplicates.
    var contactsByEmail: [String: [JSON]] {
        Dictionary(grouping: records(of: "Contact")) { $0["Email"]?.string ?? "" }
    }

    /// API calls that could have written something.
    var writingCallCount: Int {
        let kinds: [CallKind] = [.create, .update, .upsert, .delete, .composite]
        return kinds.reduce(0) { $0 + (statistics.calls[$1] ?? 0) }
    }
}
