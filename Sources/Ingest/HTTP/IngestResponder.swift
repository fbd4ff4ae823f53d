import EventLog
import Events
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers requests: reads, judges, appends, and only then says that it did.
struct IngestResponder: HTTPResponder {
    let keys: WriteKeys
    let limits: IngestLimits
    let acceptance: EventAcceptance
    let log: LogWriter
    let now: @Sendable () -> Int64
    let budget: BodyBudget
    let storage: StorageHealth
    let rate: EventRate
    let origins: AllowedOrigins

    func respond(to request: Request, context: IngestContext) async -> Response {
        guard !origins.isEmpty else { return await respond(request, context) }
        let response: Response
        if let preflight = origins.preflight(request) {
            response = preflight
        } else {
            response = await respond(request, context)
        }
        return origins.telling(request.headers[.origin], in: response)
    }

    private func respond(_ request: Request, _ context: IngestContext) async -> Response {
        do throws(Refusal) {
            return try await answer(request)
        } catch {
            context.logger.debug(
                "Refused a request",
                metadata: ["code": "\(error.code)", "status": "\(error.status.code)"])
            let response = IngestAnswer.refusal(error, retryAfter: limits.retryAfter)
            return error.leavesBodyUnread ? response.closing(context.channel) : response
        }
    }

    private func answer(_ request: Request) async throws(Refusal) -> Response {
        guard let route = IngestRoute.find(request.head.path ?? "") else { throw .notFound }
        guard request.method == route.method else { throw .wrongMethod(allowed: route.method) }
        switch route {
        case .health: return IngestAnswer.ok()
        case .readiness:
            guard let error = storage.problem(of: log, at: now()) else { return IngestAnswer.ok() }
            throw .log(error)
        case .event(let kind): return try await take(request, as: .event(kind))
        case .batch: return try await take(request, as: .batch)
        }
    }

    private func take(
        _ request: Request, as shape: EventAcceptance.Shape
    ) async throws(Refusal) -> Response {
        let credential = Credential(authorization: request.headers[.authorization])
        // A wrong key in the header is refused before the body costs anything.
        let known = try source(of: credential)
        var reader = BodyReader(limits: limits, budget: budget)
        let buffer = try await reader.read(request)
        let receivedAt = now()
        let body = try accept(buffer, as: shape)
        guard let source = known ?? body.writeKey.flatMap(keys.source(of:)) else {
            throw .unauthorised
        }
        if !body.rejections.isEmpty, request.headers.isStrict {
            return IngestAnswer.strictRefusal(body.rejections)
        }
        // What a batch says for its events is stored with each of them.
        try reader.reserve(max(0, body.storedBytes - buffer.readableBytes))
        try rate.take(body.drafts.count, of: source, at: receivedAt)
        let events = buffer.withUnsafeReadableBytes {
            body.encoded(source: source, receivedAt: receivedAt, from: $0)
        }
        return try answer(body, try await append(events))
    }

    private func source(of credential: Credential) throws(Refusal) -> String? {
        switch credential {
        case .absent: return nil
        case .unreadable: throw .unauthorised
        case .key(let key):
            guard let source = keys.source(of: key) else { throw .unauthorised }
            return source
        }
    }

    private func accept(
        _ buffer: ByteBuffer, as shape: EventAcceptance.Shape
    ) throws(Refusal) -> AcceptedBody {
        let judged = buffer.withUnsafeReadableBytes { bytes -> Result<AcceptedBody, Refusal> in
            do throws(EventRejection) {
                return .success(try acceptance.accept(bytes, as: shape))
            } catch {
                return .failure(.rejected(error))
            }
        }
        return try judged.get()
    }

    private func append(_ events: EncodedEvents) async throws(Refusal) -> [AppendResult] {
        do throws(LogError) {
            let results = try await log.append(events)
            storage.noteSuccess()
            return results
        } catch {
            storage.note(error, at: now())
            throw .log(error)
        }
    }

    private func answer(
        _ body: AcceptedBody, _ results: [AppendResult]
    ) throws(Refusal) -> Response {
        guard !body.isBatch, let draft = body.drafts.first, let result = results.first else {
            return IngestAnswer.batch(BatchOutcome(body, results: results))
        }
        switch result {
        case .accepted: return IngestAnswer.stored(draft, isDuplicate: false)
        case .duplicate: return IngestAnswer.stored(draft, isDuplicate: true)
        case .conflict: throw .conflict
        }
    }

}

extension HTTPFields {
    /// Whether the sender wants a batch refused as a whole when an event of it is bad
    /// (`X-Strict-Mode: 1`, as Customer.io documents it).
    var isStrict: Bool {
        contains { $0.name.canonicalName == "x-strict-mode" && $0.value == "1" }
    }
}
