import CLMDB
import Foundation

/// Makes a new environment so that a crash leaves either none or a whole one.
///
/// LMDB's own first open is not crash-safe: a power cut during it leaves a file that it then
/// refuses. So the file is made in a temporary folder beside the real one, synced, and moved in by
/// one rename. A temporary folder found at a later open is what a crash left, and is removed.
///
/// Whoever creates holds ``CreationLock``: a second one at the same time would remove the first
/// one's temporary folder, or put its own file in the place of one that the first has open already,
/// and then both would lock with one `lock.mdb` what are two files.
enum EnvironmentCreation {
    static let dataFileName = "data.mdb"
    static let lockFileName = "lock.mdb"

    static func temporaryPath(for path: String) -> String { path + ".creating" }

    /// Makes the environment at `path`, with its tables, all empty, unless it is there. The folder
    /// may exist already. Any number of processes may call it at once: all find the same file.
    static func createIfMissing(at path: String, tables: [String]) throws(LMDBError) {
        // Most openings find what is whole, and then write nothing: a full disk can be looked at.
        guard
            !exists(path + "/" + dataFileName) || exists(temporaryPath(for: path))
                || exists(CreationLock.path(for: path))
        else { return }
        try CreationLock.holding(for: path) { () throws(LMDBError) in
            try removeRemains(for: path)
            // Another may have made it while this one waited.
            guard !exists(path + "/" + dataFileName) else { return }
            try create(at: path, tables: tables)
        }
    }

    private static func exists(_ path: String) -> Bool {
        EnvironmentRegistry.identity(of: path) != nil
    }

    /// Removes what a crashed creation left.
    private static func removeRemains(for path: String) throws(LMDBError) {
        let temporary = temporaryPath(for: path)
        for name in [dataFileName, lockFileName] {
            try remove(temporary + "/" + name, unlink, step: "remove")
        }
        try remove(temporary, rmdir, step: "remove")
    }

    private static func create(at path: String, tables: [String]) throws(LMDBError) {
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
