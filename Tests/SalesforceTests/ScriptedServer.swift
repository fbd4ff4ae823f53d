import NIOCore
import NIOPosix
import Synchronization

/// One request as its bytes arrived.
struct SeenRequest: Sendable {
    let method: String
    /// Path and query exactly as sent.
    let target: String
    /// Lower-case names.
    let headers: [String: String]
    let body: String
}

/// What the server does about a request.
enum Reaction: Sendable {
    /// A whole answer on a connection that stays open.
    case answer(Int, body: [UInt8], headers: [String] = ["Content-Type: application/json"])
    /// These bytes, then the end of the connection.
    case cut([UInt8])
    /// Nothing, for as long as the client waits.
    case silence
    /// These bytes, then one more space every few milliseconds, without end.
    case drip([UInt8])

    static func json(_ status: Int, _ text: String) -> Reaction {
        .answer(status, body: Array(text.utf8))
    }

    static func json(_ text: String) -> Reaction { .json(200, text) }

    /// A token for the server itself, which the request's Host header names.
    static func token(_ token: String = "00Dx!first", to request: SeenRequest) -> Reaction {
        let instance = "http://\(request.headers["host"] ?? "")"
        return .json(
            TokenEndpointTests.granted(instance: instance)
                .replacing("00Dx!AQ.token", with: token))
    }

    /// The bytes of a whole answer.
    static func bytes(_ status: Int, _ body: [UInt8], _ headers: [String]) -> [UInt8] {
        let head = ["HTTP/1.1 \(status) Scripted"] + headers + ["Content-Length: \(body.count)"]
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

/// A server on loopback that does to each request what a test says, down to the byte: what no
/// polite HTTP library would do.
struct ScriptedServer: Sendable {
    let baseURL: String
    private let log: RequestLog

    var seen: [SeenRequest] { log.all }

    static func withRunning<R>(
        _ react: @escaping @Sendable (SeenRequest) -> Reaction,
        _ body: (ScriptedServer) async throws -> R
    ) async throws -> R {
        let log = RequestLog()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptedConnection(log: log, react: react))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        let server = ScriptedServer(baseURL: "http://127.0.0.1:\(port)", log: log)
        let result: Result<R, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await channel.close().get()
        return try result.get()
    }
}

private final class RequestLog: Sendable {
    private let requests = Mutex<[SeenRequest]>([])
    var all: [SeenRequest] { requests.withLock { $0 } }
    func add(_ request: SeenRequest) { requests.withLock { $0.append(request) } }
}

/// Collects a request's bytes, then reacts. Lives on its channel's event loop.
private final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: RequestLog
    private let react: @Sendable (SeenRequest) -> Reaction
    private var received = ""

    init(log: RequestLog, react: @escaping @Sendable (SeenRequest) -> Reaction) {
        self.log = log
        self.react = react
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard let request = takeRequest() else { return }
        log.add(request)
        switch react(request) {
        case .answer(let status, let body, let headers):
            write(Reaction.bytes(status, body, headers), context)
        case .cut(let bytes):
            write(bytes, context)
            context.close(promise: nil)
        case .silence: break
        case .drip(let bytes):
            write(bytes, context)
            let channel = context.channel
            _ = context.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(5), delay: .milliseconds(5)
            ) { task in
                guard channel.isActive else { return task.cancel() }
                channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
            }
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    /// The request at the front of what was received, once it is whole.
    private func takeRequest() -> SeenRequest? {
        guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = received[..<end.lowerBound].split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ": ", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1]) : ""
        }
        let body = received[end.upperBound...]
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard words.count == 3, body.utf8.count >= length else { return nil }
        received = ""
        return SeenRequest(
            method: String(words[0]), target: String(words[1]), headers: headers,
            body: String(body))
    }
}
