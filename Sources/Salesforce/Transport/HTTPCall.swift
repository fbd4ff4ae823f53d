import NIOHTTP1
import Records

/// What a call may have done when its answer is missing.
package enum CallKind: String, Sendable, Hashable, Codable {
    /// Changes nothing: any call may simply be made again.
    case read
    /// Changes records: without a definite answer it is in doubt.
    case write
    /// Asks for a token. Changes no record; not an API request of the org's allocation.
    case token
}

/// One request, complete but for host and token.
struct HTTPCall: Sendable {
    let kind: CallKind
    let method: HTTPMethod
    /// Path and query, percent-encoded, starting with a slash.
    let path: String
    var body: [UInt8]?
    var contentType = "application/json; charset=UTF-8"
    var accept = "application/json"
    /// The body is gzip already.
    var isCompressed = false
    /// A file goes or comes: it may take longer than a call.
    var isTransfer = false
    /// Under which rules of the org records are saved.
    var saving = SavingRules.usual
    /// `If-Modified-Since`, as an earlier answer's `Last-Modified` gave it.
    var ifModifiedSince: String?

    /// Whether a long body may go as gzip. The token endpoint is documented for plain forms only.
    var isCompressible: Bool { kind != .token }
}

/// Takes the body of an answer part by part, instead of all of it in memory.
protocol AnswerSink: Actor {
    /// - Returns: whether more is wanted.
    func add(_ part: [UInt8]) async -> Bool
}

/// One answer, wholly received.
struct HTTPAnswer: Sendable {
    let status: Int
    /// `Sforce-Limit-Info`: `api-usage=123/15000` (REST API Developer Guide, "Limit Info Header").
    let limitInfo: String?
    let retryAfter: Duration?
    let isHTML: Bool
    /// `Last-Modified` and `Date`, as they came.
    let lastModified: String?
    let date: String?
    let body: [UInt8]
    /// `Sforce-Locator` and `Sforce-NumberOfRecords` of a page of a query job's results.
    var locator: String?
    var recordCount: Int?

    init(
        status: Int, limitInfo: String? = nil, retryAfter: Duration? = nil, isHTML: Bool = false,
        lastModified: String? = nil, date: String? = nil, body: [UInt8]
    ) {
        self.lastModified = lastModified
        self.date = date
        self.status = status
        self.limitInfo = limitInfo
        self.retryAfter = retryAfter
        self.isHTML = isHTML
        self.body = body
    }

    /// The body as JSON.
    ///
    /// Pages of the network edge and of maintenance are HTML under any status, 200 included, and
    /// some 500 answers are empty: neither is ever taken for an answer of the API.
    func parsedBody() throws(JSONFault) -> FieldValue {
        guard !isHTML else { throw JSONFault(reason: "the body is HTML", byteOffset: 0) }
        return try ExactJSON.parse(body)
    }
}
