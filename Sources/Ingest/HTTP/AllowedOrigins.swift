import HTTPTypes
import Hummingbird

/// The web pages that may send events from a browser: the server's half of CORS (the Fetch
/// standard, §3.3). None unless configured: then nothing of it is in any answer.
package struct AllowedOrigins: Sendable, Hashable {
    private let origins: Set<String>
    private let allowsAll: Bool

    /// How long a browser may remember what it was told, in seconds. Chromium keeps it two hours.
    private static let ageMax = "7200"
    private static let headers = "Authorization, Content-Encoding, Content-Type, X-Strict-Mode"

    /// - Parameter origins: as browsers send them, such as `https://www.example.com`; `*` is any.
    package init(_ origins: [String] = []) {
        self.origins = Set(origins)
        allowsAll = origins.contains("*")
    }

    var isEmpty: Bool { origins.isEmpty }

    /// The answer to a browser that asks before it sends; `nil` when the request does not ask that.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.origin] != nil,
            request.headers[.accessControlRequestMethod] != nil,
            IngestRoute.find(request.head.path ?? "")?.method == .post
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "POST", .accessControlAllowHeaders: Self.headers,
                .accessControlMaxAge: Self.ageMax,
            ])
    }

    /// The same answer, which the page that asked may read if its origin is allowed.
    func telling(_ origin: String?, in response: Response) -> Response {
        var response = response
        // A cache must not give one page's answer to another.
        response.headers[.vary] = "Origin"
        guard let origin, allowsAll || origins.contains(origin) else { return response }
        response.headers[.accessControlAllowOrigin] = allowsAll ? "*" : origin
        response.headers[.accessControlExposeHeaders] = "Retry-After"
        return response
    }
}
