import Records

// From an answer to its JSON, or to the error it means. Pure.
extension HTTPAnswer {
    /// The JSON body of a 2xx answer.
    ///
    /// - Throws: ``SalesforceError/refused(_:status:errors:retryAfter:)`` when the API said no,
    ///   ``SalesforceError/unreadableAnswer(_:status:reason:)`` for everything that is not an
    ///   answer of the API: redirects, HTML, empty or cut bodies.
    func success(of kind: CallKind) throws(SalesforceError) -> FieldValue {
        if (200..<300).contains(status) { return try json(for: kind) }
        throw refusal(of: kind)
    }

    /// The JSON body, whatever the status.
    func json(for kind: CallKind) throws(SalesforceError) -> FieldValue {
        do throws(JSONFault) {
            return try parsedBody()
        } catch {
            throw unreadable(kind, "\(error.reason) (byte \(error.byteOffset))")
        }
    }

    /// The token is not valid (any more). Also XML bodies say it, so the status decides; the code
    /// is looked at as well because it is the more exact of the two.
    var isSessionRefused: Bool {
        status == 401
            || ((400..<500).contains(status) && apiErrors.first?.code == "INVALID_SESSION_ID")
    }

    func unreadable(_ kind: CallKind, _ reason: String) -> SalesforceError {
        .unreadableAnswer(kind, status: status, reason: reason)
    }

    func refusal(of kind: CallKind) -> SalesforceError {
        // Anything unreadable has no errors of the API in it: the status decides then.
        .refusal(of: kind, status: status, body: try? parsedBody(), retryAfter: retryAfter)
    }

    // Nor here: a body that cannot be read counts as none.
    private var apiErrors: [RecordError] { RecordError.all(in: try? parsedBody()) }
}

extension SalesforceError {
    /// What an answer means that is no success.
    ///
    /// - Parameter body: its JSON; `nil` when it is none.
    static func refusal(
        of kind: CallKind, status: Int, body: FieldValue?, retryAfter: Duration?
    ) -> SalesforceError {
        let errors = RecordError.all(in: body)
        if !errors.isEmpty {
            return .refused(kind, status: status, errors: errors, retryAfter: retryAfter)
        }
        // Statuses that mean "not executed" even when the network edge, not the API, says them
        // (REST API Developer Guide, "Status Codes and Error Responses").
        if statusesDefiniteAlone.contains(status) {
            let error = RecordError(code: "HTTP_\(status)", message: "", fields: [])
            return .refused(kind, status: status, errors: [error], retryAfter: retryAfter)
        }
        return .unreadableAnswer(
            kind, status: status, reason: "the answer carries no error of the API")
    }

    /// 401 not authorised, 405 method, 410 version retired, 413/414/431 too large, 415 media type,
    /// 429.
    private static let statusesDefiniteAlone: Set<Int> = [401, 405, 410, 413, 414, 415, 429, 431]
}

extension RecordError {
    /// The error array `[{"message","errorCode","fields"?}]` of a request; empty when the body is
    /// anything else.
    fileprivate static func all(in body: FieldValue?) -> [RecordError] {
        guard let items = body?.listValue, !items.isEmpty else { return [] }
        let errors = items.compactMap { RecordError(answered: $0, codeMember: "errorCode") }
        return errors.count == items.count ? errors : []
    }
}
