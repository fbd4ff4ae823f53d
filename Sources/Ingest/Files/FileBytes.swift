#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The bytes of a file or of standard input, piece by piece; inflated when they are gzip.
struct FileBytes: ~Copyable {
    private enum Encoding { case undecided, plain, gzip }

    let path: String
    /// The file's size on disk; `nil` when it is not known, as of a pipe.
    let bytesTotal: Int?
    /// Read from disk so far, for progress.
    private(set) var bytesRead = 0

    private let descriptor: Int32
    private var encoding = Encoding.undecided
    private var inflater = GzipInflater()
    private var chunk: [UInt8]
    /// What of the chunk was read and not handed out yet.
    private var pending = 0..<0

    private static let chunkBytes = 256 * 1024
    /// RFC 1952 §2.3.1: what a gzip member starts with.
    private static let gzipMagic: [UInt8] = [0x1F, 0x8B]

    /// - Parameter path: `-` reads standard input.
    init(path: String) throws(IngestError) {
        let opened = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw .cannotOpen(path: path, code: errno) }
        var information = stat()
        let isKnown = fstat(opened, &information) == 0
        let kind = information.st_mode & S_IFMT
        guard !isKnown || kind != S_IFDIR else {
            close(opened)
            throw .cannotOpen(path: path, code: EISDIR)
        }
        self.path = path
        descriptor = opened
        bytesTotal = isKnown && kind == S_IFREG ? Int(information.st_size) : nil
        chunk = Array(repeating: 0, count: Self.chunkBytes)
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Hands out the next bytes, lent to `take`.
    ///
    /// - Returns: `false` at the end; then nothing was handed out.
    mutating func next(
        _ take: (UnsafeRawBufferPointer) -> Void
    ) throws(IngestError) -> Bool {
        while true {
            if pending.isEmpty, !inflater.hasOutput, try !fill() { return try end() }
            switch encoding {
            case .undecided: try decide()
            case .plain:
                chunk.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[pending])) }
                pending = 0..<0
                return true
            case .gzip: if try inflate(take) { return true }
            }
        }
    }

    /// Only a gzip file can end too early.
    private func end() throws(IngestError) -> Bool {
        guard encoding == .gzip, !inflater.isComplete else { return false }
        throw .brokenCompression(path: path, byte: bytesRead)
    }

    /// Two bytes are enough; a pipe may give one at a time.
    private mutating func decide() throws(IngestError) {
        while pending.count < Self.gzipMagic.count, try fill() {}
        encoding = chunk[pending].starts(with: Self.gzipMagic) ? .gzip : .plain
    }

    private mutating func inflate(
        _ take: (UnsafeRawBufferPointer) -> Void
    ) throws(IngestError) -> Bool {
        var position = pending.lowerBound
        var produced = 0
        var isBroken = false
        chunk.withUnsafeBytes { bytes in
            let input = UnsafeRawBufferPointer(rebasing: bytes[..<pending.upperBound])
            do throws(GzipInflater.Broken) {
                let output = try inflater.next(input, from: &position)
                produced = output.count
                if produced > 0 { take(output) }
            } catch {
                isBroken = true
            }
        }
        guard !isBroken else {
            throw .brokenCompression(path: path, byte: bytesRead - pending.count)
        }
        pending = position..<pending.upperBound
        return produced > 0
    }

    /// Reads more behind what is pending; that is little, or nothing.
    ///
    /// - Returns: `false` at the end of the file.
    private mutating func fill() throws(IngestError) -> Bool {
        let kept = pending.count
        if kept > 0, pending.lowerBound > 0 {
            chunk.replaceSubrange(..<kept, with: chunk[pending])
        }
        while true {
            let count = chunk.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + kept }, bytes.count - kept)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotRead(path: path, code: errno) }
            bytesRead += count
            pending = 0..<(kept + count)
            return count > 0
        }
    }
}
