import Foundation

/// The right to make the environment of a folder, across processes and threads: `FOLDER.lock`
/// beside it, locked with `flock`. The system drops the lock when its process ends, however it
/// ends.
enum CreationLock {
    static func path(for folder: String) -> String { folder + ".lock" }

    /// Runs `body` as the only one that makes the environment in `folder`; waits for whoever does.
    ///
    /// - Throws: what `body` throws, or `system` when the file cannot be made or locked.
    static func holding<R>(
        for folder: String, _ body: () throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        let path = path(for: folder)
        let descriptor = try take(path)
        defer {
            // Removed while it is held: whoever waits for it sees that it is gone, and makes
            // another. One that stays, as after a kill, does no harm: the next opening takes it.
            unlink(path)
            close(descriptor)
        }
        return try body()
    }

    private static func take(_ path: String) throws(LMDBError) -> Int32 {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .system(step: "open", path: path, code: errno) }
            let code = lock(descriptor)
            guard code == 0 else {
                close(descriptor)
                throw .system(step: "lock", path: path, code: code)
            }
            if isStill(descriptor, at: path) { return descriptor }
            close(descriptor)
        }
    }

    /// - Returns: zero, or what went wrong.
    private static func lock(_ descriptor: Int32) -> Int32 {
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }

    /// Whether the locked file is the one that others find: the one before may have removed it.
    private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
        var locked = stat()
        var found = stat()
        return fstat(descriptor, &locked) == 0 && stat(path, &found) == 0
            && locked.st_dev == found.st_dev && locked.st_ino == found.st_ino
    }
}
