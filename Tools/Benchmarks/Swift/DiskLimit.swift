import Foundation

/// What the disk takes when nothing else is done: bytes a second, each piece on the disk before the
/// next is written, at the end of a file that grows, as a log does.
enum DiskLimit {
    /// About what a busy server's commit writes.
    private static let pieceBytes = 2 << 20
    private static let pieceCount = 150

    static func bytesPerSecond(in folder: String, _ options: Options) async throws -> Double {
        // Not zeros: a disk of a virtual machine may do less for them.
        var generator = SystemRandomNumberGenerator()
        let piece = (0..<(pieceBytes / 8)).map { _ in generator.next() }
        let file = open(folder + "/disk", O_CREAT | O_WRONLY | O_EXCL, 0o600)
        guard file >= 0 else { throw Mistake(description: "the disk's file cannot be made") }
        defer { close(file) }
        let count = options.scaled(pieceCount)
        let time = try await seconds {
            for _ in 0..<count {
                let written = piece.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                guard written == pieceBytes, synchronise(file) == 0 else {
                    throw Mistake(description: "the disk's file cannot be written")
                }
            }
        }
        return Double(count * pieceBytes) / time
    }

    private static func synchronise(_ file: Int32) -> Int32 {
        #if canImport(Darwin)
        fsync(file)
        #else
        fdatasync(file)
        #endif
    }
}
