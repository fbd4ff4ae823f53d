import Foundation
import LMDB

/// The log's environment and its tables: entries, message index, and facts about the log itself.
final class LogStore: Sendable {
    /// The layout of the tables. Entries carry a version of their own.
    static let formatVersion: UInt64 = 2
    private static let tableNames = [
        "entries", "messages", "recent-0", "recent-1", "controls", "meta",
    ]

    let environment: Environment
    /// Position → entry, see ``EntryFormat``.
    let entries: Table
    /// Hash of source and message ID → position, see ``MessageIndex``.
    let messages: Table
    /// The same for the youngest events, in two generations, see ``RecentRows``.
    let recent: [Table]
    /// Position → kind, of every entry that is no event: few among many, and wanted by themselves.
    let controls: Table
    /// What ``Meta`` names.
    let meta: Table

    /// The keys of the meta table.
    enum Meta {
        /// ``formatVersion``, 8 bytes, most significant first.
        static let format = [UInt8]("format".utf8)
        /// How often a writer was started, likewise.
        static let epoch = [UInt8]("epoch".utf8)
        /// 16 random bytes from when the log was made: tells one log from another.
        static let creation = [UInt8]("creation".utf8)
        /// Last position, 8 bytes, and its entry's hash: an end that was cut off shows.
        static let head = [UInt8]("head".utf8)
    }

    private init(folder: String, options: EnvironmentOptions) throws(LMDBError) {
        environment = try Environment(path: folder, tables: Self.tableNames, options: options)
        entries = environment.table("entries")
        messages = environment.table("messages")
        recent = [environment.table("recent-0"), environment.table("recent-1")]
        controls = environment.table("controls")
        meta = environment.table("meta")
    }

    /// Opens beside a writer. Never creates anything.
    static func openToRead(folder: String) throws(LogError) -> LogStore {
        let store = try open(folder, EnvironmentOptions(isReadOnly: true))
        let format = try logged { () throws(LMDBError) in
            try store.environment.read { (transaction) throws(LMDBError) in
                try transaction.value(store.meta, key: Meta.format)
            }
        }
        try checkFormat(format, folder: folder)
        return store
    }

    /// Opens for the one writer; makes a new log where there is none. The caller holds
    /// ``WriterLock``.
    static func openToWrite(folder: String, mapBytesMax: Int) throws(LogError) -> LogStore {
        try open(folder, EnvironmentOptions(mapBytesMax: mapBytesMax))
    }

    private static func open(
        _ folder: String, _ options: EnvironmentOptions
    ) throws(LogError) -> LogStore {
        do throws(LMDBError) {
            return try LogStore(folder: folder, options: options)
        } catch .tableMissing {
            // An environment, but somebody else's.
            throw .notALog(folder: folder)
        } catch {
            throw LogError(store: error)
        }
    }

    static func checkFormat(_ bytes: [UInt8]?, folder: String) throws(LogError) {
        guard let bytes, let format = KeyEncoding.unsigned(bytes) else {
            throw .notALog(folder: folder)
        }
        guard format == formatVersion else {
            throw .unknownFormat(found: format, known: formatVersion)
        }
    }
}

/// Runs `body` and turns the store's error into the log's.
func logged<R>(_ body: () throws(LMDBError) -> R) throws(LogError) -> R {
    do throws(LMDBError) {
        return try body()
    } catch {
        throw LogError(store: error)
    }
}
