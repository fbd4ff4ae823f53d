import CLMDB
import Foundation

/// How full an environment is.
package struct EnvironmentUsage: Sendable, Hashable {
    /// Bytes of the map that hold pages, free ones among them: the file's size, near enough.
    package let usedBytes: Int
    /// `mapBytesMax`.
    package let mapBytes: Int
    /// Bytes that a process without privileges may still write on that disk.
    package let diskFreeBytes: Int
    /// The size of that disk.
    package let diskBytes: Int

    /// How many transactions were ever committed; those that changed nothing are not counted.
    package let transactionCount: Int

    /// From this share on of the map or of the disk, a person should be told.
    package static let warningShare = 0.7

    package init(
        usedBytes: Int, mapBytes: Int, diskFreeBytes: Int, diskBytes: Int, transactionCount: Int
    ) {
        self.usedBytes = usedBytes
        self.mapBytes = mapBytes
        self.diskFreeBytes = diskFreeBytes
        self.diskBytes = diskBytes
        self.transactionCount = transactionCount
    }

    /// Share of the map in use, 0 to 1.
    package var mapShare: Double { Double(usedBytes) / Double(max(1, mapBytes)) }
    /// Share of the disk in use, by anybody, 0 to 1.
    package var diskShare: Double { 1 - Double(diskFreeBytes) / Double(max(1, diskBytes)) }
    package enum Place: String, Sendable, Hashable {
        case disk, map
    }

    /// The fuller of disk and map, and how many hundredths of it are used.
    package var fullest: (place: Place, percent: Int) {
        diskShare >= mapShare
            ? (.disk, (diskBytes - diskFreeBytes) * 100 / max(1, diskBytes))
            : (.map, usedBytes * 100 / max(1, mapBytes))
    }

    /// Whether the map or the disk has reached ``warningShare``.
    package var isWarning: Bool { max(mapShare, diskShare) >= Self.warningShare }
}

extension Environment {
    /// How full the map and the disk are.
    package func usage() throws(LMDBError) -> EnvironmentUsage {
        try using({ $0 }) { () throws(LMDBError) -> EnvironmentUsage in
            var info = MDB_envinfo()
            var status = MDB_stat()
            try RawEnvironment.check(mdb_env_info(raw, &info))
            try RawEnvironment.check(mdb_env_stat(raw, &status))
            var disk = statvfs()
            guard statvfs(path, &disk) == 0 else {
                throw .system(step: "read the free space of", path: path, code: errno)
            }
            let block = Int(disk.f_frsize)
            return EnvironmentUsage(
                usedBytes: (Int(info.me_last_pgno) + 1) * Int(status.ms_psize),
                mapBytes: Int(info.me_mapsize), diskFreeBytes: Int(disk.f_bavail) * block,
                diskBytes: Int(disk.f_blocks) * block, transactionCount: Int(info.me_last_txnid))
        }
    }

    /// Frees the reader slots of processes that died, and the pages those kept alive. Opening does
    /// it too; a server calls it every minute. Returns how many there were.
    @discardableResult
    package func clearStaleReaders() throws(LMDBError) -> Int {
        try using({ $0 }) { () throws(LMDBError) -> Int in
            var count: Int32 = 0
            try RawEnvironment.check(mdb_reader_check(raw, &count))
            return Int(count)
        }
    }

    /// Copies the environment into the existing, empty folder `path`, consistent and compacted,
    /// while writers go on. The copy is synced.
    package func copy(toFolder path: String) throws(LMDBError) {
        try using({ $0 }) { () throws(LMDBError) in
            let code = mdb_env_copy2(raw, path, UInt32(MDB_CP_COMPACT))
            guard code == 0 else {
                throw code > 0
                    ? .system(step: "copy the store to", path: path, code: code)
                    : LMDBError(code: code)
            }
        }
    }

    /// How large the disk is, and what is free on it; nil when the system does not say.
    package func diskSpace() -> DiskSpace? {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else { return nil }
        let block = Int(disk.f_frsize)
        return DiskSpace(
            freeBytes: Int(disk.f_bavail) * block, bytes: Int(disk.f_blocks) * block)
    }
}

/// What there is of a disk.
package struct DiskSpace: Sendable, Hashable {
    /// Bytes that a process without privileges may still write.
    package let freeBytes: Int
    /// The size of the disk.
    package let bytes: Int

    package init(freeBytes: Int, bytes: Int) {
        self.freeBytes = freeBytes
        self.bytes = bytes
    }
}
