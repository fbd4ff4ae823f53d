import SalesforceEmulator

extension Org {
    /// Live contacts by their email; several under one email are duplicates.
    var contactsByEmail: [String: [JSON]] {
        Dictionary(grouping: records(of: "Contact")) { $0["Email"]?.string ?? "" }
    }

    /// API calls that wrote something, be it what was there already. A composite call that only
    /// reads is none of them.
    var writingCallCount: Int {
        Set(truth.filter { $0.author == .api }.map(\.call)).count
    }
}
