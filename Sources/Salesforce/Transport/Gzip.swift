import CZlib

/// A gzip stream (RFC 1952), made part by part.
///
/// Salesforce takes `Content-Encoding: gzip` on requests (REST API Developer Guide, "Using
/// Compression"): JSON and CSV of records shrink to a fifth or less.
struct Gzip: ~Copyable {
    /// At an address of its own: zlib remembers it, and a Swift value may move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Below this a body is sent as it is: it fits into one packet either way.
    static let bodyBytesMin = 1_024
    /// Of what deflate gives out at one time.
    private static let chunkBytes = 64 << 10
    /// 15 bits of window, and 16 for gzip's own head and checksum.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// The lowest level: beyond it the processor costs more than the bytes that it would save.
    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, 1, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory, or is of another version: \(status)")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The compressed bytes of the next part; those of the last part end the stream.
    mutating func add(_ part: [UInt8], isLast: Bool = false) -> [UInt8] {
        var part = part
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        part.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = uInt(input.count)
            repeat {
                let written = chunk.withUnsafeMutableBufferPointer { buffer in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = uInt(buffer.count)
                    let status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    precondition(status != Z_STREAM_ERROR, "the stream was ended before")
                    return buffer.count - Int(stream.pointee.avail_out)
                }
                output += chunk[..<written]
            } while stream.pointee.avail_out == 0
        }
        return output
    }

    /// `bytes` as one whole stream.
    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var gzip = Gzip()
        return gzip.add(bytes, isLast: true)
    }
}
