import CLMDB
import Foundation

/// Why the store could not do something. Closed: a `switch` over it needs no default.
///
/// Unless a case says otherwise the environment stays usable, and a write transaction that failed
/// has left nothing behind.
package enum LMDBError: Error, Sendable, Hashable {
    /// The map is used up. Nothing of the transaction was stored. Open the environment with a
    /// larger `mapBytesMax`.
    case mapFull
    /// The disk, or a quota on it, is full. Nothing of the transaction was stored. Free some space
    /// and try again.
    case diskFull
    /// The device refused a write or a sync (EIO). What the device holds is unknown until the
    /// environment was closed, opened again and its contents checked: stop acknowledging.
    case inputOutput
    /// Pages or their order make no sense, or LMDB gave up after a failed write. Stop; check the
    /// contents, restore a backup if they are damaged.
    case corrupted(String)
    /// The folder holds no LMDB environment. Nothing was created. Check the path.
    case notAnEnvironment(path: String)
    /// The file was written by another major version of LMDB. Nothing was changed. Use that
    /// version.
    case versionMismatch(path: String)
    /// This process has the same environment open already: LMDB's locks do not bear a second one.
    /// Nothing was opened. Share the first ``Environment``.
    case alreadyOpen(path: String)
    /// The environment was closed. Nothing was done.
    case closed(path: String)
    /// A write was asked of an environment that was opened to read. Nothing was done.
    case readOnly(path: String)
    /// The environment lacks a table that the caller named. Nothing was done.
    case tableMissing(String)
    /// A key is empty or longer than 511 bytes. The transaction can go on. Hash longer keys and
    /// keep the whole key in the value.
    case keyTooLong(bytes: Int)
    /// An entry with this key is there already (`noOverwrite`), or a later one is (`append`). The
    /// transaction can go on.
    case keyExists
    /// More read transactions at once than `readersMax`. Nothing was done. Read transactions are
    /// short: try again, or raise the limit.
    case readersFull
    /// A system call failed: its name or the step, the path, and `errno`. For opening and creating.
    case system(step: String, path: String, code: Int32)
    /// Any other code of LMDB or of the system. The transaction was given up.
    case other(code: Int32)
}

extension LMDBError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .mapFull: "the store's map is full; raise its maximum size (mapBytesMax)"
        case .diskFull: "the disk is full; nothing was stored; free some space and try again"
        case .inputOutput: "the disk failed a write (EIO); stop, check the disk, verify the store"
        case .corrupted(let detail):
            "the store is damaged (\(detail)); verify it or restore a backup"
        case .notAnEnvironment(let path): "\(path) holds no store; check the path"
        case .versionMismatch(let path):
            "\(path) was written by another version of LMDB; use that one"
        case .alreadyOpen(let path):
            "\(path) is open already in this process; share that environment"
        case .closed(let path): "the store in \(path) was closed"
        case .readOnly(let path): "the store in \(path) was opened to read only"
        case .tableMissing(let name):
            "the store lacks the table \(name); was it made by another version?"
        case .keyTooLong(let bytes):
            "a key has \(bytes) bytes; 1 to \(KeyEncoding.bytesMax) are possible"
        case .keyExists: "the key is there already"
        case .readersFull: "too many readers at once; try again or raise readersMax"
        case .system(let step, let path, let code): "\(step) \(path): \(Self.text(of: code))"
        case .other(let code): "the store failed: \(Self.text(of: code))"
        }
    }

    private static func text(of code: Int32) -> String { String(cString: mdb_strerror(code)) }
}

extension LMDBError {
    /// Whether a read or write that failed with this leaves the open environment in doubt: it must
    /// be closed, and what it holds looked at when it is opened again. Trying again is no use.
    package var endsUse: Bool {
        switch self {
        case .inputOutput, .corrupted, .other: true
        case .mapFull, .diskFull, .notAnEnvironment, .versionMismatch, .alreadyOpen, .closed,
            .readOnly, .tableMissing, .keyTooLong, .keyExists, .readersFull, .system:
            false
        }
    }
}

extension LMDBError {
    /// The error for a code that LMDB returned, other than success, not-found and EIO.
    ///
    /// `EFBIG` is what a file size limit gives and counts as a full disk. An EIO needs a look at
    /// the disk first: see ``Environment``.
    init(code: Int32) {
        switch code {
        case MDB_MAP_FULL, MDB_TXN_FULL: self = .mapFull
        case ENOSPC, EDQUOT, EFBIG: self = .diskFull
        case EIO: self = .inputOutput
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC, MDB_PAGE_FULL, MDB_CURSOR_FULL:
            self = .corrupted(Self.text(of: code))
        case MDB_BAD_VALSIZE: self = .keyTooLong(bytes: 0)
        case MDB_KEYEXIST: self = .keyExists
        case MDB_READERS_FULL: self = .readersFull
        default: self = .other(code: code)
        }
    }
}
