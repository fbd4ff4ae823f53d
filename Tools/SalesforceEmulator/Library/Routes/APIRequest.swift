/// One HTTP request, read whole: what a route needs, free of any server framework.
package struct APIRequest: Sendable {
    /// Upper case; a POST may stand for another method by `_HttpMethod`.
    package let method: String
    /// Path segments, percent-decoded after splitting, so that an encoded slash stays in one.
    package let path: [String]
    /// Query items, decoded (`+` is a space), in the order sent.
    package let query: [(name: String, value: String)]
    /// By lower-cased name.
    package var headers: [String: String]
    /// The bytes as sent, decompressed.
    package let body: [UInt8]
    /// The body of a subrequest, which was read with the call's; nil for a call of its own.
    var parsedBody: JSON?

    /// `target` is the request target as it stands in the request line.
    package init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // A client that cannot send PATCH may say so (REST API Developer Guide, "Using HTTP
        // PATCH").
        let query = halves.count > 1 ? PercentEncoding.items(String(halves[1])) : []
        let override = query.first { $0.name == "_HttpMethod" }?.value
        self.method = method == "POST" ? override ?? method : method
        self.path = halves[0].split(separator: "/").map { PercentEncoding.decode(String($0)) }
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first query item called `name`.
    package func item(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// Percent-encoding of request targets and form bodies (RFC 3986; the `+` of HTML forms).
enum PercentEncoding {
    static func items(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? String(halves[1]) : ""
            return (decode(String(halves[0]), plusIsSpace: true), decode(value, plusIsSpace: true))
        }
    }

    /// Decodes `%XX`; a malformed escape stays as written.
    static func decode(_ text: String, plusIsSpace: Bool = false) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") })
        else { return text }
        var decoded: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(
                    String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                index += 3
                continue
            }
            decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}

/// The answer to one request.
package struct APIResponse: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        case none
        case json(JSON)
        case text(String, contentType: String)
        /// Made while it is sent.
        case pieces(PiecewiseBody)
    }

    /// The HTTP status code.
    package var status: Int
    /// Headers in the order added; the content type comes from the body.
    package var headers: [(name: String, value: String)] = []
    /// The body; `.none` sends none at all.
    package var body: Body

    /// An answer without further headers.
    package init(_ status: Int, _ body: Body = .none) {
        self.status = status
        self.body = body
    }

    init(_ refusal: Refusal) {
        self.init(refusal.status, .json(refusal.envelope))
    }

    func adding(_ name: String, _ value: String) -> APIResponse {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    /// The JSON body; null when there is none.
    var json: JSON {
        if case .json(let json) = body { json } else { .null }
    }
}
