/// Answers that faults give in place of the org's own.
enum FaultAnswers {
    private static let itemCountMax =
        CollectionCall.recordCountMax * OrgState.heavySubrequestCountMax
    static let lockMessage = "unable to obtain exclusive access to this record or 1 records: "

    /// The answer of an effect that executes nothing; nil for the ones that do.
    static func answer(_ effect: FaultEffect) -> APIResponse? {
        switch effect {
        case .status(let status, let code, let message):
            APIResponse(Refusal(code, message, status: status))
        case .raw(let status, let body, let type):
            APIResponse(status, .text(body, contentType: type))
        case .maintenancePage:
            APIResponse(503, .text(maintenancePage, contentType: "text/html;charset=UTF-8"))
        case .unavailable(let seconds): unavailable(retryAfterSeconds: seconds)
        case .emptyInternalError: APIResponse(500)
        case .unauthorized: APIResponse(Authorization.invalidSession)
        case .dailyLimit: APIResponse(dailyLimit)
        case .concurrencyLimit:
            APIResponse(concurrencyLimit)
        default: nil
        }
    }

    private static func unavailable(retryAfterSeconds seconds: Int) -> APIResponse {
        var answer = APIResponse(
            Refusal("SERVER_UNAVAILABLE", "The server is unavailable.", status: 503))
        answer.headers.append((name: "Retry-After", value: String(seconds)))
        return answer
    }

    static let dailyLimit = Refusal(
        "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status: 403)

    static let concurrencyLimit = Refusal(
        "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", status: 403)

    private static let maintenancePage = """
        <html><head><title>We are down for maintenance</title></head>
        <body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience. We'll be back \
        shortly.</p></body></html>
        """

    /// The errors that an effect gives to single items, by index.
    static func itemFaults(_ effect: FaultEffect?) -> [Int: Refusal] {
        switch effect {
        case .lockRow(let items):
            // The most items a call can carry, in five collections: nil means all of them.
            Dictionary(
                uniqueKeysWithValues: Set(items ?? Array(0..<FaultAnswers.itemCountMax)).map {
                    ($0, Refusal("UNABLE_TO_LOCK_ROW", lockMessage + "unknown", fields: []))
                })
        case .itemErrors(let errors):
            Dictionary(
                errors.map { ($0.index, Refusal($0.code, $0.message, fields: [])) },
                uniquingKeysWith: { first, _ in first })
        default: [:]
        }
    }
}
