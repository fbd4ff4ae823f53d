import Foundation
import Synchronization

/// Which environments this process has open, by device and file number (paths can lie).
///
/// LMDB locks with `fcntl`, whose locks belong to the process: closing a second environment on the
/// same file would silently drop the first one's locks, and then another process could take its
/// readers for dead and reuse pages that are being read.
enum EnvironmentRegistry {
    struct FileIdentity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    private static let open = Mutex<Set<FileIdentity>>([])

    /// The identity of the file at `path`; nil when there is none.
    static func identity(of path: String) -> FileIdentity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }

    /// True when the identity was free and is now taken.
    static func take(_ identity: FileIdentity) -> Bool {
        open.withLock { $0.insert(identity).inserted }
    }

    static func release(_ identity: FileIdentity) {
        open.withLock { _ = $0.remove(identity) }
    }
}
