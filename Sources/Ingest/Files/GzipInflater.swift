import CZlib

/// Inflates gzip data (RFC 1952) piece by piece, in bounded memory.
///
/// Several members one behind the other, as `cat a.gz b.gz` makes them, are one stream; zeros
/// behind the last are padding, as gzip itself has it.
struct GzipInflater: ~Copyable {
    /// The data is not gzip (any more), or ends inside a member.
    struct Broken: Error {}

    /// zlib keeps the address of its stream, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer
    private var isInMember = true
    /// Whether zlib filled the whole output last time, and may hold more without further input.
    private var mayHoldMore = false

    /// Inflated bytes handed out at one time.
    private static let outputBytes = 256 * 1024

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: Self.outputBytes, alignment: 16)
        // 16 more than the largest window: expect gzip's header and trailer.
        let code = inflateInit2_(
            stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        // It fails only without memory, or when header and library do not fit together.
        precondition(code == Z_OK, "zlib cannot be started (\(code))")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Whether ``next(_:from:)`` wants no input yet.
    var hasOutput: Bool { mayHoldMore }

    /// Whether the data may end here.
    var isComplete: Bool { !isInMember }

    /// Inflates some of `input`.
    ///
    /// - Parameter position: the first byte of `input` that was not taken yet; moved on.
    /// - Returns: inflated bytes, lent until the next call; none when more input is needed.
    mutating func next(
        _ input: UnsafeRawBufferPointer, from position: inout Int
    ) throws(Broken) -> UnsafeRawBufferPointer {
        if !isInMember {
            while position < input.count, input[position] == 0 { position += 1 }
            guard position < input.count else {
                return UnsafeRawBufferPointer(start: nil, count: 0)
            }
            inflateReset(stream)
            isInMember = true
        }
        let rest = UnsafeRawBufferPointer(rebasing: input[position...])
        // zlib does not write to its input, its header only lacks the const.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(rest.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        position += rest.count - Int(stream.pointee.avail_in)
        let produced = output.count - Int(stream.pointee.avail_out)
        mayHoldMore = code == Z_OK && stream.pointee.avail_out == 0
        switch code {
        case Z_STREAM_END: isInMember = false
        // No progress was possible without more input.
        case Z_OK, Z_BUF_ERROR: break
        default: throw Broken()
        }
        return UnsafeRawBufferPointer(rebasing: output[..<produced])
    }
}
