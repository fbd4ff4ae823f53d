import HTTPTypes
import Hummingbird
import NIOCore

/// The request context: it keeps the channel, because faults cut connections.
struct EmulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Turns HTTP requests into calls of the org, and does to connections what faults demand.
struct EmulatorResponder: HTTPResponder {
    typealias Context = EmulatorContext

    static let bodyBytesMax = 160 << 20
    /// A longer request target answers 414, target and headers together 431 (Salesforce Help
    /// 000386264).
    static let targetBytesMax = 16_384

    let org: Org
    let latencyMilliseconds: Int
    /// Calls to execute after a delay though their connection is gone.
    let lateCalls: LateCalls

    func respond(to request: Request, context: Context) async throws -> Response {
        CompressedAnswers.packed(try await answer(request, context), for: request)
    }

    private func answer(_ request: Request, _ context: Context) async throws -> Response {
        let target = request.head.path ?? "/"
        if let status = Self.sizeStatus(target, request.headers) {
            return Response(status: .init(code: status))
        }
        guard let body = try await Self.body(request) else {
            return Response(status: .contentTooLarge)
        }
        guard let call = Self.call(request, target: target, body) else {
            return Self.response(
                APIResponse(Refusal("JSON_PARSER_ERROR", "The body is not valid gzip data")))
        }
        if let answer = ControlRoutes(org: org).answer(call) { return Self.response(answer) }
        let isAdmitted = org.enter()
        defer { org.leave() }
        guard isAdmitted else { return Self.response(org.refuse(call)) }
        if latencyMilliseconds > 0 {
            try await Task.sleep(for: .milliseconds(latencyMilliseconds))
        }
        return try await answer(org.accept(call), context)
    }

    private func answer(_ accepted: Org.AcceptedCall, _ context: Context) async throws -> Response {
        if let effect = accepted.effect, let answer = FaultAnswers.answer(effect) {
            return Self.response(answer)
        }
        switch accepted.effect {
        case .cutBefore: return await Self.cut(context)
        case .cutAfter:
            _ = org.execute(accepted, isAnswered: false)
            return await Self.cut(context)
        case .late(let milliseconds):
            lateCalls.add(accepted, milliseconds: milliseconds)
            return await Self.cut(context)
        case .truncate:
            let answer = org.execute(accepted, isAnswered: false)
            // Without a body there is no half to send: nothing at all arrives.
            guard let body = Self.bytes(answer.body) else { return await Self.cut(context) }
            return Self.truncated(answer, body.bytes, type: body.type)
        case .delay(let milliseconds):
            let answer = org.execute(accepted)
            try await Task.sleep(for: .milliseconds(milliseconds))
            return Self.response(answer)
        default: return Self.response(org.execute(accepted))
        }
    }

    // MARK: Requests

    private static func sizeStatus(_ target: String, _ headers: HTTPFields) -> Int? {
        if target.utf8.count > targetBytesMax { return 414 }
        let headerBytes = headers.reduce(0) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4
        }
        return target.utf8.count + headerBytes > targetBytesMax ? 431 : nil
    }

    /// The body in one buffer, copied once; nil when it is too large. Job data is the largest that
    /// comes, and is judged by its own limit when it is here.
    private static func body(_ request: Request) async throws -> [UInt8]? {
        var body: [UInt8] = []
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            guard length <= bodyBytesMax else { return nil }
            body.reserveCapacity(length)
        }
        for try await buffer in request.body {
            body.append(contentsOf: buffer.readableBytesView)
            guard body.count <= bodyBytesMax else { return nil }
        }
        return body
    }

    /// nil when the body claims gzip and is not.
    private static func call(_ request: Request, target: String, _ body: [UInt8]) -> APIRequest? {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        var body = body
        if headers["content-encoding"]?.lowercased() == "gzip" {
            guard let unpacked = Gunzip.unpack(body, bytesMax: bodyBytesMax) else { return nil }
            body = unpacked
        }
        return APIRequest(
            method: request.method.rawValue, target: target, headers: headers, body: body)
    }

    // MARK: Answers

    /// Closes the connection at once. The response returned meets a closed channel and is lost.
    private static func cut(_ context: Context) async -> Response {
        // Already closed by the client: that is the state wanted.
        try? await context.channel.close()
        return Response(status: .ok)
    }

    private static func bytes(_ body: APIResponse.Body) -> (bytes: [UInt8], type: String)? {
        switch body {
        case .none: nil
        case .json(let json): (json.serialized(), "application/json;charset=UTF-8")
        case .text(let text, let type): (Array(text.utf8), type)
        case .pieces(let pieces): (pieces.bytes, pieces.contentType)
        }
    }

    private static func head(_ answer: APIResponse, type: String?) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if let type { fields[.contentType] = type }
        return fields
    }

    static func response(_ answer: APIResponse) -> Response {
        if case .pieces(let pieces) = answer.body { return response(answer, pieces) }
        let body = bytes(answer.body)
        return Response(
            status: .init(code: answer.status), headers: head(answer, type: body?.type),
            body: body.map { .init(byteBuffer: ByteBuffer(bytes: $0.bytes)) } ?? .init())
    }

    private static func response(_ answer: APIResponse, _ pieces: PiecewiseBody) -> Response {
        Response(
            status: .init(code: answer.status), headers: head(answer, type: pieces.contentType),
            body: .init { writer in
                var index = 0
                while let piece = pieces.piece(index) {
                    try await writer.write(ByteBuffer(bytes: piece))
                    index += 1
                }
                try await writer.finish(nil)
            })
    }

    /// Announces the whole body, sends half of it, and breaks off.
    private static func truncated(
        _ answer: APIResponse, _ bytes: [UInt8], type: String
    ) -> Response {
        let half = ByteBuffer(bytes: bytes.prefix(bytes.count / 2))
        return Response(
            status: .init(code: answer.status), headers: head(answer, type: type),
            body: .init(contentLength: bytes.count) { writer in
                try await writer.write(half)
                throw CutConnection()
            })
    }

    /// Thrown to make the server close a connection in the middle of a body.
    private struct CutConnection: Error {}
}
