import Records

/// Several requests in the body of one call, which counts as one API request.
///
/// Source: REST API Developer Guide, "Composite": at most 25 subrequests, of which 5 may be queries
/// or sObject Collections. What Tidemark sends is of these two kinds only, so five is its limit.
/// Subrequests are independent of each other (`allOrNone` is false) and run in the order in which
/// they stand (`collateSubrequests` is false), each in a transaction of its own.
///
/// Guarantees: the same subrequests give the same bytes.
package struct CompositeRequest: Sendable, Hashable {
    /// Queries and collections in one call.
    package static let subrequestCountMax = 5

    struct Subrequest: Sendable, Hashable {
        let method: String
        /// Path and query, percent-encoded, from `/services` on.
        let path: String
        /// JSON; empty for none.
        var body: [UInt8] = []
        /// For a write. Parts take none of the whole call's headers but those of its format and
        /// token (REST API Developer Guide, "Composite Subrequest"): each carries its own.
        var saving: SavingRules?
    }

    let body: [UInt8]
    let count: Int

    init(_ subrequests: [Subrequest]) {
        precondition(
            (1...Self.subrequestCountMax).contains(subrequests.count),
            "a call has 1 to \(Self.subrequestCountMax) subrequests, not \(subrequests.count)")
        var bytes = Array(
            "{\"allOrNone\":false,\"collateSubrequests\":false,\"compositeRequest\":[".utf8)
        for (index, subrequest) in subrequests.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            // Methods and percent-encoded paths have nothing that JSON would want escaped.
            bytes += Array(
                """
                {"method":"\(subrequest.method)","url":"\(subrequest.path)",\
                "referenceId":"\(Self.reference(index))"
                """.utf8)
            if let saving = subrequest.saving { bytes += Self.headers(saving) }
            if !subrequest.body.isEmpty { bytes += Array(",\"body\":".utf8) + subrequest.body }
            bytes.append(UInt8(ascii: "}"))
        }
        body = bytes + Array("]}".utf8)
        count = subrequests.count
    }

    private static func headers(_ saving: SavingRules) -> [UInt8] {
        let members = saving.headers.map { "\"\($0.name)\":\"\($0.value)\"" }
        return Array(",\"httpHeaders\":{\(members.joined(separator: ","))}".utf8)
    }

    private static func reference(_ index: Int) -> String { "r\(index)" }

    /// What each subrequest was answered, in their order.
    ///
    /// - Throws: ``SalesforceError/unreadableAnswer(_:status:reason:)`` when there is not exactly
    ///   one answer for each: then none can be trusted to be about the subrequest at its place.
    func answers(
        in answer: FieldValue, kind: CallKind
    ) throws(SalesforceError) -> [CompositeAnswer] {
        var byReference: [String: CompositeAnswer] = [:]
        let entries = answer["compositeResponse"]?.listValue ?? []
        for entry in entries {
            guard let reference = entry["referenceId"]?.text,
                let status = entry["httpStatusCode"]?.integerValue
            else { continue }
            byReference[reference] = CompositeAnswer(status: status, body: entry["body"] ?? .null)
        }
        let answers = (0..<count).compactMap { byReference[Self.reference($0)] }
        guard answers.count == count, entries.count == count else {
            throw .unreadableAnswer(
                kind, status: 200,
                reason: "\(answers.count) of \(count) subrequests have an answer")
        }
        return answers
    }
}

/// The answer to one subrequest.
struct CompositeAnswer: Sendable, Hashable {
    let status: Int
    let body: FieldValue

    /// The body of a 2xx answer; otherwise the error that the subrequest would have got as a call
    /// of its own.
    func success(of kind: CallKind) throws(SalesforceError) -> FieldValue {
        guard !(200..<300).contains(status) else { return body }
        throw .refusal(of: kind, status: status, body: body, retryAfter: nil)
    }
}
