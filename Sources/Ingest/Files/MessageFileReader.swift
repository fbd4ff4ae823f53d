#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads a file of events, or standard input, item by item.
package struct MessageFileReader: ~Copyable {
    /// The path as given; `-` is standard input.
    package let path: String
    /// Bytes read so far, for progress.
    package private(set) var bytesRead = 0
    /// The file's size; `nil` when it is not known, as of a pipe.
    package let bytesTotal: Int?

    private let descriptor: Int32
    private var splitter: MessageSplitter
    private var chunk: [UInt8]
    private var isAtEnd = false

    private static let chunkBytes = 256 * 1024

    /// - Parameters:
    ///   - path: `-` reads standard input.
    ///   - itemBytesMax: a longer line or element is refused without being held in memory.
    package init(path: String, itemBytesMax: Int) throws(IngestError) {
        let opened = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw .cannotOpen(path: path, code: errno) }
        self.path = path
        descriptor = opened
        var information = stat()
        let isRegular = fstat(opened, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        bytesTotal = isRegular ? Int(information.st_size) : nil
        splitter = MessageSplitter(itemBytesMax: itemBytesMax)
        chunk = Array(repeating: 0, count: Self.chunkBytes)
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line or element; `nil` at the end.
    package mutating func next() throws(IngestError) -> MessageItem? {
        while true {
            if let item = splitter.next() { return item }
            if isAtEnd { return nil }
            try readChunk()
        }
    }

    private mutating func readChunk() throws(IngestError) {
        let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR { return }
            throw .cannotRead(path: path, code: errno)
        }
        bytesRead += count
        isAtEnd = count == 0
        if isAtEnd {
            splitter.finish()
        } else {
            chunk.withUnsafeBytes { splitter.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
