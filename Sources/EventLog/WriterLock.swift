import Foundation
import Synchronization

/// The exclusive right to append to a log, across processes: `writer.lock` in its folder, locked
/// with `flock`, holding the owner's process ID. The system drops the lock when the process ends,
/// however it ends.
final class WriterLock: Sendable {
    static let fileName = "writer.lock"
    // Nil once released.
    private let descriptor: Mutex<Int32?>

    /// - Throws: `inUse`, or `store(.system)` when the file cannot be opened or written.
    init(folder: String) throws(LogError) {
        let path = folder + "/" + Self.fileName
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .store(.system(step: "open", path: path, code: errno))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.owner(descriptor)
            close(descriptor)
            throw .inUse(folder: folder, processID: owner)
        }
        let text = [UInt8]("\(getpid())\n".utf8)
        // Only a courtesy to whoever is refused: without the number the refusal just does not name
        // us.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Gives the right back. Again is harmless.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    private static func owner(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: text.prefix { $0 != 10 && $0 != 0 }, as: UTF8.self))
    }
}
