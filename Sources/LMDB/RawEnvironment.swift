import CLMDB
import Foundation

/// The calls that open LMDB's own environment and its tables, with their flags in one place.
enum RawEnvironment {
    /// Flags that would weaken what a commit promises. None is ever set; asserted after opening.
    static let weakFlags = UInt32(MDB_NOSYNC | MDB_NOMETASYNC | MDB_WRITEMAP | MDB_MAPASYNC)

    static func open(
        _ path: String, tableCountMax: Int, options: EnvironmentOptions
    ) throws(LMDBError) -> OpaquePointer {
        var created: OpaquePointer?
        let code = mdb_env_create(&created)
        guard code == 0, let raw = created else { throw LMDBError(code: code) }
        do throws(LMDBError) {
            try check(mdb_env_set_mapsize(raw, options.mapBytesMax))
            try check(mdb_env_set_maxreaders(raw, UInt32(options.readersMax)))
            try check(mdb_env_set_maxdbs(raw, UInt32(max(1, tableCountMax))))
            // NOTLS: a read transaction belongs to its own object, not to the thread. Swift's tasks
            // may read from any thread, several at once.
            var flags = UInt32(MDB_NOTLS)
            if options.noReadAhead { flags |= UInt32(MDB_NORDAHEAD) }
            if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
            try checkOpen(mdb_env_open(raw, path, flags, 0o600), path)
            var actual: UInt32 = 0
            try check(mdb_env_get_flags(raw, &actual))
            precondition(actual & weakFlags == 0, "the store would not sync its commits")
        } catch {
            mdb_env_close(raw)
            throw error
        }
        return raw
    }

    /// Opens the tables; creates those that are missing when the environment can be written.
    static func openTables(
        _ raw: OpaquePointer, _ names: [String], isReadOnly: Bool, path: String
    ) throws(LMDBError) -> [String: Table] {
        var begun: OpaquePointer?
        try checkOpen(mdb_txn_begin(raw, nil, isReadOnly ? UInt32(MDB_RDONLY) : 0, &begun), path)
        guard let transaction = begun else { throw .other(code: EINVAL) }
        var tables: [String: Table] = [:]
        for name in names {
            var handle: MDB_dbi = 0
            let code = mdb_dbi_open(
                transaction, name, isReadOnly ? 0 : UInt32(MDB_CREATE), &handle)
            guard code == 0 else {
                mdb_txn_abort(transaction)
                throw code == MDB_NOTFOUND ? .tableMissing(name) : LMDBError(code: code)
            }
            tables[name] = Table(name: name, handle: handle)
        }
        // Table handles become the environment's own only when their transaction commits.
        try check(mdb_txn_commit(transaction))
        return tables
    }

    static func check(_ code: Int32) throws(LMDBError) {
        guard code == 0 else { throw LMDBError(code: code) }
    }

    private static func checkOpen(_ code: Int32, _ path: String) throws(LMDBError) {
        switch code {
        case 0: return
        case MDB_INVALID, ENOENT: throw .notAnEnvironment(path: path)
        case MDB_VERSION_MISMATCH: throw .versionMismatch(path: path)
        case EACCES, EPERM, ENOTDIR, EROFS, EAGAIN, EMFILE, ENFILE:
            throw .system(step: "open", path: path, code: code)
        default: throw LMDBError(code: code)
        }
    }
}
