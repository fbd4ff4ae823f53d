import CLMDB
import Foundation

/// The one write transaction of an environment, lent by ``Environment/write(_:)-(_)``. It sees its
/// own writes. For the thread it was lent on only.
package struct WriteTransaction: ~Copyable, Transaction {
    package let handle: OpaquePointer

    /// Stores `value` under `key`.
    ///
    /// - Throws: `keyTooLong`, `keyExists` (see `rule`), `mapFull`.
    package borrowing func put(
        _ table: Table, key: [UInt8], value: [UInt8], rule: PutRule = .overwrite
    ) throws(LMDBError) {
        try key.withBytes { (key) throws(LMDBError) in
            try value.withBytes { (value) throws(LMDBError) in
                try put(table, key: key, value: value, rule: rule)
            }
        }
    }

    /// The same for borrowed bytes, which are copied before it returns.
    package borrowing func put(
        _ table: Table, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
        rule: PutRule = .overwrite
    ) throws(LMDBError) {
        var storedKey = MDB_val(key)
        var storedValue = MDB_val(value)
        let code = mdb_put(handle, table.handle, &storedKey, &storedValue, rule.flags)
        guard code == 0 else { throw LMDBError(code: code, keyBytes: key.count) }
    }

    /// Makes room for a value of `count` bytes under `key` and returns it, to be filled whole
    /// before anything else is done with the transaction.
    package borrowing func reserve(
        _ table: Table, key: UnsafeRawBufferPointer, count: Int, rule: PutRule = .overwrite
    ) throws(LMDBError) -> UnsafeMutableRawBufferPointer {
        var storedKey = MDB_val(key)
        var room = MDB_val(mv_size: count, mv_data: nil)
        let code = mdb_put(
            handle, table.handle, &storedKey, &room, rule.flags | UInt32(MDB_RESERVE))
        guard code == 0 else { throw LMDBError(code: code, keyBytes: key.count) }
        return UnsafeMutableRawBufferPointer(start: room.mv_data, count: count)
    }

    /// Removes `key`. Returns whether it was there.
    @discardableResult
    package borrowing func delete(_ table: Table, key: [UInt8]) throws(LMDBError) -> Bool {
        try key.withBytes { (bytes) throws(LMDBError) in
            var key = MDB_val(bytes)
            let code = mdb_del(handle, table.handle, &key, nil)
            if code == MDB_NOTFOUND { return false }
            guard code == 0 else { throw LMDBError(code: code, keyBytes: bytes.count) }
            return true
        }
    }

    /// Empties the table.
    package borrowing func deleteAll(_ table: Table) throws(LMDBError) {
        try RawEnvironment.check(mdb_drop(handle, table.handle, 0))
    }
}
