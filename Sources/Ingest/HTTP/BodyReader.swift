import Hummingbird
import NIOCore
import NIOHTTPCompression

/// Reads the body of one request within the limits.
///
/// Whoever makes one must call ``release()`` when the body is no longer needed.
struct BodyReader: ~Copyable {
    private let limits: IngestLimits
    private let budget: BodyBudget
    private var reservedBytes = 0

    init(limits: IngestLimits, budget: BodyBudget) {
        self.limits = limits
        self.budget = budget
    }

    deinit { budget.release(reservedBytes) }

    /// Counts what is made of the body, beyond its own bytes, as long as the body is held.
    mutating func reserve(_ bytes: Int) throws(Refusal) {
        guard budget.reserve(bytes) else { throw .busy }
        reservedBytes += bytes
    }

    /// The whole body, decompressed.
    mutating func read(_ request: Request) async throws(Refusal) -> ByteBuffer {
        let bytesMax = try admit(request)
        let start = ContinuousClock.now
        var body: ByteBuffer?
        var iterator = request.body.makeAsyncIterator()
        while let part = try await Self.next(&iterator, bytesMax: bytesMax) {
            guard (body?.readableBytes ?? 0) + part.readableBytes <= bytesMax else {
                throw .bodyTooLarge(bytesMax: bytesMax)
            }
            guard budget.reserve(part.readableBytes) else { throw .busy }
            reservedBytes += part.readableBytes
            // The connection closes when nothing arrives for a while; this catches a steady
            // trickle.
            guard ContinuousClock.now - start <= limits.bodyDurationMax else { throw .tooSlow }
            // Most bodies are one part, which is then used without a copy.
            if body == nil {
                body = part
            } else {
                body?.writeImmutableBuffer(part)
            }
        }
        return body ?? ByteBuffer()
    }

    /// Judges the header before a byte of the body is read.
    ///
    /// - Returns: the most bytes to take: inflated ones when the body is compressed.
    private func admit(_ request: Request) throws(Refusal) -> Int {
        if let text = request.headers[.contentLength], let length = Int(text),
            length > limits.requestBodyBytesMax
        {
            throw .bodyTooLarge(bytesMax: limits.requestBodyBytesMax)
        }
        switch request.headers[.contentEncoding]?.lowercased() {
        case nil, "", "identity": return limits.requestBodyBytesMax
        // The pipeline inflates these two before the body gets here.
        case "gzip", "deflate": return limits.decompressedBytesMax
        default: throw .unsupportedEncoding
        }
    }

    private static func next(
        _ iterator: inout RequestBody.AsyncIterator, bytesMax: Int
    ) async throws(Refusal) -> ByteBuffer? {
        do {
            return try await iterator.next()
        } catch NIOHTTPDecompression.DecompressionError.limit {
            throw .inflatedBodyTooLarge(bytesMax: bytesMax)
        } catch {
            // Other errors of the inflater, or a connection that broke: then nobody reads the
            // answer.
            throw .brokenCompression
        }
    }
}
