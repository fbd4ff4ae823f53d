import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends one call and receives the whole answer, within limits. Decides nothing about its meaning.
struct HTTPTransport: Sendable {
    let http: HTTPClient
    let limits: ClientLimits

    /// - Throws: ``SalesforceError/notSent(_:reason:)`` when no byte that Salesforce could act on
    ///   has left; ``SalesforceError/noAnswer(_:reason:)`` when one may have.
    func send(
        _ call: HTTPCall, to origin: InstanceURL, token: Confidential?,
        sink: (any AnswerSink)? = nil
    ) async throws(SalesforceError) -> HTTPAnswer {
        let limit = call.isTransfer ? limits.transferTimeout : limits.callTimeout
        let probe = SendingProbe()
        let request = Self.request(for: call, origin: origin, token: token, probe: probe)
        do {
            return try await withTimeLimit(limit) {
                try await exchange(request, within: limit, sink: sink)
            }
        } catch {
            let fault = TransportFault(error)
            // A body that was never asked for cannot have arrived, and a call without its announced
            // body is not executed. Bodyless calls can only be judged by the error itself.
            let isUnsent = fault.isBeforeSending || (call.body != nil && !probe.hasStarted)
            if isUnsent { throw .notSent(call.kind, reason: fault.reason) }
            throw .noAnswer(call.kind, reason: fault.reason)
        }
    }

    private static func request(
        for call: HTTPCall, origin: InstanceURL, token: Confidential?, probe: SendingProbe
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: origin.description + call.path)
        request.method = call.method
        request.headers.add(name: "Accept", value: call.accept)
        request.headers.add(name: "Accept-Encoding", value: "gzip")
        if let token {
            request.headers.add(name: "Authorization", value: "Bearer \(token.revealed)")
            // Named in Salesforce's logs and in the changeOrigin of change events.
            request.headers.add(name: "Sforce-Call-Options", value: "client=tidemark")
            for header in call.saving.headers {
                request.headers.add(name: header.name, value: header.value)
            }
        }
        if let since = call.ifModifiedSince {
            request.headers.add(name: "If-Modified-Since", value: since)
        }
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: call.contentType)
            let compresses =
                !call.isCompressed && call.isCompressible && body.count >= Gzip.bodyBytesMin
            if compresses || call.isCompressed {
                request.headers.add(name: "Content-Encoding", value: "gzip")
            }
            let sent = compresses ? Gzip.compressed(body) : body
            let parts = ProbedBody(bytes: ByteBuffer(bytes: sent), probe: probe)
            request.body = .stream(parts, length: .known(Int64(sent.count)))
        }
        return request
    }

    private func exchange(
        _ request: HTTPClientRequest, within limit: Duration, sink: (any AnswerSink)?
    ) async throws -> HTTPAnswer {
        let response = try await http.execute(request, timeout: TimeAmount(limit))
        var body = ByteBuffer()
        if let sink, (200..<300).contains(response.status.code) {
            for try await part in response.body {
                guard await sink.add(Array(part.readableBytesView)) else { break }
            }
        } else {
            body = try await response.body.collect(upTo: limits.answerBytesMax)
        }
        let contentType = response.headers.first(name: "Content-Type")?.lowercased() ?? ""
        var answer = HTTPAnswer(
            status: Int(response.status.code),
            limitInfo: response.headers.first(name: "Sforce-Limit-Info"),
            retryAfter: Self.retryAfter(response.headers.first(name: "Retry-After")),
            isHTML: contentType.contains("html"),
            lastModified: response.headers.first(name: "Last-Modified"),
            date: response.headers.first(name: "Date"),
            body: Array(body.readableBytesView))
        answer.locator = response.headers.first(name: "Sforce-Locator")
        answer.recordCount = response.headers.first(name: "Sforce-NumberOfRecords").flatMap(
            Int.init)
        return answer
    }

    /// Seconds only; the date form of RFC 9110 §10.2.3 is ignored, and then the caller's own
    /// back-off holds. Capped at a day, so that no answer can stop delivery for longer.
    private static func retryAfter(_ text: String?) -> Duration? {
        guard let text, let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86_400))
    }
}

/// The call took longer than it may.
struct TimeLimitExceeded: Error {}

/// Runs `body` and gives up on it after `limit`.
///
/// async-http-client's own deadline ends with the response head; a body that drips one byte a
/// minute would hold the call for ever.
private func withTimeLimit<R: Sendable>(
    _ limit: Duration, _ body: @Sendable @escaping () async throws -> R
) async throws -> R {
    try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitExceeded()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
