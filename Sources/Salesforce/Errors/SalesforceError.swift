import Records

/// Everything that can go wrong between here and Salesforce.
///
/// ``disposition`` is the only place that decides what an error means. No case carries a field
/// value, a token or a secret in its description.
package enum SalesforceError: Error, Sendable, Hashable {
    /// The settings cannot work. Nothing was sent. The text says what to change.
    case invalidSettings(String)
    /// A query or request was refused here, before anything was sent. The text says why.
    case invalidRequest(String)
    /// The call was not made: the org's 24-hour allocation is used to the share that the settings
    /// allow. Nothing was executed.
    case allocationShareUsed(limit: Int)
    /// No connection came about, or it broke before the request left. Nothing was executed.
    case notSent(CallKind, reason: String)
    /// The request, or part of it, left, and no complete answer came. A write is in doubt.
    case noAnswer(CallKind, reason: String)
    /// An answer came that is not the API's: HTML, a redirect, an empty, cut or miscounted body. A
    /// write is in doubt.
    case unreadableAnswer(CallKind, status: Int, reason: String)
    /// The API refused the whole request. `errors` has at least one entry.
    case refused(CallKind, status: Int, errors: [RecordError], retryAfter: Duration?)
    /// The token endpoint refused the credentials, for example with `invalid_client`. Nothing was
    /// executed; a person must act.
    case notAuthorized(status: Int, code: String)
    /// There is no grant, or Salesforce takes it no more. Nothing was executed; a person must
    /// connect anew. The text says why.
    case notConnected(String)
    /// The stored grant cannot be read or written. Nothing was executed. The text says what to do.
    case grantUnusable(String)
    /// The token response named an instance that is no Salesforce host. The token was sent nowhere.
    case instanceRefused(login: String)
    /// The login now leads to another org than before (a refreshed sandbox). Nothing was executed.
    case organizationChanged(expected: RecordID, answered: RecordID)
}

extension SalesforceError {
    /// What this error asks for. For a whole request: in ``Disposition/park`` and
    /// ``Disposition/split`` nothing of it was executed.
    package var disposition: Disposition {
        switch self {
        case .invalidSettings: .pause(.settings)
        case .invalidRequest: .park
        case .allocationShareUsed: .pause(.requestShare)
        case .notSent: .retry(after: nil)
        case .noAnswer(let kind, _): kind == .write ? .inDoubt : .retry(after: nil)
        case .unreadableAnswer(let kind, let status, _):
            if kind == .write {
                .inDoubt
            } else if (300..<400).contains(status) {
                .pause(.redirected)
            } else {
                .retry(after: nil)
            }
        case .refused(let kind, let status, let errors, let retryAfter):
            Self.disposition(kind, status: status, errors: errors, retryAfter: retryAfter)
        case .notAuthorized, .notConnected, .grantUnusable: .reauthorise
        case .instanceRefused: .pause(.instanceRefused)
        case .organizationChanged: .pause(.organizationChanged)
        }
    }

    /// True when certainly nothing was executed: the write may be sent again (or given up) without
    /// any wait. False: it is in doubt, and a create must not be sent again before its fence.
    package var isDefinite: Bool { disposition != .inDoubt }

    private static func disposition(
        _ kind: CallKind, status: Int, errors: [RecordError], retryAfter: Duration?
    ) -> Disposition {
        guard let first = errors.first else {
            return kind == .write ? .inDoubt : .retry(after: nil)
        }
        let errorClass = ErrorClass.of(first)
        if kind == .write, !isRefusal(errorClass, status: status) { return .inDoubt }
        switch first.disposition {
        case .retry(let known): return .retry(after: longer(known, retryAfter))
        // One record's value refuses the request for all: `JSON_PARSER_ERROR` for one bad date.
        // Halving finds the record; a request of one is parked.
        case .park, .observeAgain: return .split
        case let other: return other
        }
    }

    /// Whether the answer proves that nothing was executed.
    ///
    /// 4xx are refusals, except for codes that can follow a partial run and 420, which the network
    /// edge makes. 5xx prove nothing, except for codes that mean the transaction was rolled back or
    /// never begun.
    private static func isRefusal(_ errorClass: ErrorClass, status: Int) -> Bool {
        switch errorClass {
        case .transientUnsure: false
        case .transient, .concurrency, .allocation, .session, .apiUnavailable: true
        default: (400..<500).contains(status) && status != 420
        }
    }

    private static func longer(_ one: Duration?, _ other: Duration?) -> Duration? {
        guard let one else { return other }
        guard let other else { return one }
        return max(one, other)
    }
}

extension SalesforceError: CustomStringConvertible {
    /// What failed, the identifying values, the remedy. No field values, no secrets.
    package var description: String {
        switch self {
        case .invalidSettings(let text), .invalidRequest(let text):
            return text
        case .allocationShareUsed(let limit):
            // Without the number used, which changes: one pause must read the same at every probe.
            return
                "of \(limit) API requests in 24 hours the share that salesforce.budget.share "
                + "allows is used; calls go on by themselves when these have aged"
        case .notSent(let kind, let reason):
            return
                "a \(kind.rawValue) call to Salesforce was not sent: \(reason); "
                + "it will be made again"
        case .noAnswer(let kind, let reason):
            return "a \(kind.rawValue) call to Salesforce got no answer: \(reason)" + doubt(kind)
        case .unreadableAnswer(let kind, let status, let reason):
            return
                "Salesforce's answer to a \(kind.rawValue) call (status \(status)) cannot be used: "
                + reason + doubt(kind)
        case .refused(let kind, let status, let errors, _):
            let codes = errors.map(\.description).joined(separator: "; ")
            return "Salesforce refused a \(kind.rawValue) call with status \(status): \(codes)"
                + (disposition.remedy.map { "; \($0)" } ?? "")
        case .notAuthorized(let status, let code):
            return
                "Salesforce refused the credentials with status \(status): \(code); "
                + Self.remedy(for: code)
        case .notConnected(let reason): return reason + "; run `tidemark connect`"
        case .grantUnusable(let text): return text
        case .instanceRefused(let login):
            return "the token response of \(login) names an instance that is not a salesforce.com "
                + "host; the token was not used; check the login URL"
        case .organizationChanged(let expected, let answered):
            return "the login leads to org \(answered) but this data belongs to org \(expected); "
                + "use a data folder per org"
        }
    }

    /// What helps against a code of Salesforce Help, "OAuth 2.0 Authorization Errors".
    private static func remedy(for code: String) -> String {
        switch code {
        case "app_not_installed":
            "the app is not installed in this org: an admin must install it in Setup, then connect "
                + "again"
        case "access_denied": "the person at the browser said no; connect again"
        case "redirect_uri_mismatch":
            "register http://127.0.0.1/callback as the app's callback URL, or, where the port "
                + "must be part of it, set salesforce.auth.callbackPort and register it with it"
        case "invalid_app_access":
            "the user is not allowed to use this app: an admin must admit it in the app's policies"
        default:
            "check the app's client id and secret, that it allows the configured flow, and the "
                + "user it runs as"
        }
    }

    private func doubt(_ kind: CallKind) -> String {
        kind == .write ? "; whether it was executed is in doubt" : ""
    }
}
