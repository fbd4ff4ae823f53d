import CLMDB
import Foundation

/// Makes a new environment so that a crash leaves either none or a whole one.
///
/// LMDB's own first open is not crash-safe: a power cut during it leaves a file that it then
/// refuses. So the file is made in a temporary folder beside the real one, synced, and moved in by
/// one rename. A temporary folder found at a later open is what a crash left, and is removed. One
/// process creates at a time: the log and the projection hold their folder's lock when they come
/// here.
enum EnvironmentCreation {
    static let dataFileName = "data.mdb"
    static let lockFileName = "lock.mdb"

    static func temporaryPath(for path: String) -> String { path + ".creating" }

    /// Removes what a crashed creation left. Safe at any time when no creation is under way.
    static func removeRemains(for path: String) throws(LMDBError) {
        let temporary = temporaryPath(for: path)
        for name in [dataFileName, lockFileName] {
            try remove(temporary + "/" + name, unlink, step: "remove")
        }
        try remove(temporary, rmdir, step: "remove")
    }

    /// Creates the environment with its tables, all empty, at `path`. The folder may exist already.
    static func create(at path: String, tables: [String]) throws(LMDBError) {
        let temporary = temporaryPath(for: path)
        try makeFolder(path)
        try makeFolder(temporary)
        try fill(temporary, tables: tables)
        try sync(temporary + "/" + dataFileName)
        try sync(temporary)
        let from = temporary + "/" + dataFileName
        guard rename(from, path + "/" + dataFileName) == 0 else { throw system("rename", from) }
        try sync(path)
        // The folder itself may be new: its own name must survive a power cut too.
        try sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        try removeRemains(for: path)
    }

    private static func fill(_ folder: String, tables: [String]) throws(LMDBError) {
        let options = EnvironmentOptions(mapBytesMax: 16 << 20)
        let raw = try RawEnvironment.open(folder, tableCountMax: tables.count, options: options)
        defer { mdb_env_close(raw) }
        _ = try RawEnvironment.openTables(raw, tables, isReadOnly: false, path: folder)
    }

    private static func makeFolder(_ path: String) throws(LMDBError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw system("create folder", path)
        }
    }

    private static func sync(_ path: String) throws(LMDBError) {
        let descriptor = Foundation.open(path, O_RDONLY)
        guard descriptor >= 0 else { throw system("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw system("sync", path) }
    }

    private static func remove(
        _ path: String, _ call: (UnsafePointer<CChar>) -> Int32, step: String
    ) throws(LMDBError) {
        guard call(path) == 0 || errno == ENOENT else { throw system(step, path) }
    }

    private static func system(_ step: String, _ path: String) -> LMDBError {
        .system(step: step, path: path, code: errno)
    }
}
