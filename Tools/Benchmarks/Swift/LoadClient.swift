import NIOCore
import NIOPosix
import Synchronization

/// One request's bytes, with places for numbers that make each message ID unlike all others.
struct LoadRequest: Sendable {
    let bytes: [UInt8]
    /// Where a number of ``digitCount`` digits is written anew for each request.
    let numberPlaces: [Int]
    /// The bytes behind the head.
    let bodyBytes: Int

    static let writeKey = "benchmark-key"
    static let digitCount = 12
    private static let mark = "############"

    var eventCount: Int { numberPlaces.count }

    static func single(bodyBytes: Int) -> LoadRequest {
        let head = #"{"type":"identify","userId":"u","messageId":"\#(mark)","traits":{"text":""#
        let rest = max(0, bodyBytes - head.utf8.count - 3)
        return make(
            path: "/v1/identify", body: head + String(repeating: "x", count: rest) + #""}}"#)
    }

    static func batch(of event: [UInt8], count: Int) -> LoadRequest {
        let text = String(decoding: event, as: UTF8.self)
            .replacing("5703d620-8b26-43f4-8761-8e32fc01fae3", with: mark)
        let events = (0..<count).map { _ in text }.joined(separator: ",")
        return make(path: "/v1/batch", body: #"{"batch":[\#(events)]}"#)
    }

    private static func make(path: String, body: String) -> LoadRequest {
        let text =
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(writeKey)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
        let bytes = Array(text.utf8)
        var places: [Int] = []
        var index = 0
        while index + digitCount <= bytes.count {
            if bytes[index..<(index + digitCount)].allSatisfy({ $0 == UInt8(ascii: "#") }) {
                places.append(index)
                index += digitCount
            } else {
                index += 1
            }
        }
        return LoadRequest(
            bytes: bytes, numberPlaces: places, bodyBytes: body.utf8.count)
    }
}

/// Sends the same request on many connections, the next as soon as the last is answered.
struct LoadClient {
    let port: Int
    var connectionCount = 64
    let request: LoadRequest

    /// Requests answered with 200 in a second. Anything else ends the program: a benchmark of
    /// refusals is none.
    func rate(for duration: Duration) async throws -> Double {
        let counters = LoadCounters()
        let channels = try await connect(counters)
        // The first moments fill caches and queues.
        try await Task.sleep(for: .milliseconds(500))
        let start = ContinuousClock.now
        let before = counters.answered.load(ordering: .relaxed)
        try await Task.sleep(for: duration)
        let count = counters.answered.load(ordering: .relaxed) - before
        let elapsed = ContinuousClock.now - start
        for channel in channels { try await channel.close() }
        return Double(count) / (elapsed / .seconds(1))
    }

    private func connect(_ counters: LoadCounters) async throws -> [any Channel] {
        let request = request
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        LoadHandler(request: request, counters: counters))
                }
            }
        var channels: [any Channel] = []
        for _ in 0..<connectionCount {
            channels.append(try await bootstrap.connect(host: "127.0.0.1", port: port).get())
        }
        return channels
    }
}

/// What all connections of one client count together.
final class LoadCounters: Sendable {
    let answered = Atomic<Int>(0)
    /// The last message ID's number.
    let next = Atomic<Int>(0)
}

/// One connection: writes a request, waits for the whole answer, writes the next.
private final class LoadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: LoadRequest
    private let counters: LoadCounters
    private var received = ByteBuffer()

    init(request: LoadRequest, counters: LoadCounters) {
        self.request = request
        self.counters = counters
    }

    func channelActive(context: ChannelHandlerContext) { send(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        guard isComplete() else { return }
        precondition(received.getString(at: 0, length: 12) == "HTTP/1.1 200", "refused")
        received.clear()
        counters.answered.wrappingAdd(1, ordering: .relaxed)
        send(context)
    }

    /// Answers of both servers are short objects that end with a brace, and arrive with their head.
    private func isComplete() -> Bool { received.readableBytesView.last == UInt8(ascii: "}") }

    private func send(_ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(bytes: request.bytes)
        for place in request.numberPlaces {
            let number = counters.next.wrappingAdd(1, ordering: .relaxed).newValue
            Self.write(number, at: place, to: &buffer)
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Digits go straight into the buffer: a client that makes strings would measure itself.
    private static func write(_ number: Int, at place: Int, to buffer: inout ByteBuffer) {
        var rest = number
        for index in stride(from: place + LoadRequest.digitCount - 1, through: place, by: -1) {
            buffer.setInteger(UInt8(ascii: "0") + UInt8(rest % 10), at: index)
            rest /= 10
        }
    }
}
