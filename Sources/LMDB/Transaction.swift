import CLMDB
import Foundation

/// What both kinds of transaction can do: read.
///
/// Buffers lent to closures, and those that end in "borrowed", lie in the map: valid until the
/// closure ends and, in a write transaction, until its next write. Copy what must live longer.
package protocol Transaction: ~Copyable {
    /// LMDB's own transaction.
    var handle: OpaquePointer { get }
}

/// A consistent view of the environment, lent by ``Environment/read(_:)-(_)``.
package struct ReadTransaction: ~Copyable, Transaction {
    package let handle: OpaquePointer
}

extension Transaction where Self: ~Copyable {
    /// The value of `key`, lent; nil when there is none.
    package borrowing func borrowedValue(
        _ table: Table, key: UnsafeRawBufferPointer
    ) throws(LMDBError) -> UnsafeRawBufferPointer? {
        var key = MDB_val(key)
        var value = MDB_val()
        let code = mdb_get(handle, table.handle, &key, &value)
        if code == MDB_NOTFOUND { return nil }
        guard code == 0 else { throw LMDBError(code: code, keyBytes: key.mv_size) }
        return value.buffer
    }

    /// Lends the value of `key` to `body`, or nil when there is none.
    package borrowing func get<R>(
        _ table: Table, key: [UInt8], _ body: (UnsafeRawBufferPointer?) throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        let value = try key.withBytes { (bytes) throws(LMDBError) in
            try borrowedValue(table, key: bytes)
        }
        return try body(value)
    }

    /// A copy of the value of `key`; nil when there is none.
    package borrowing func value(_ table: Table, key: [UInt8]) throws(LMDBError) -> [UInt8]? {
        try get(table, key: key) { $0.map { [UInt8]($0) } }
    }

    /// Whether the table holds `key`.
    package borrowing func contains(_ table: Table, key: [UInt8]) throws(LMDBError) -> Bool {
        try get(table, key: key) { $0 != nil }
    }

    /// How many keys the table holds. Kept by LMDB, so it costs nothing.
    package borrowing func count(_ table: Table) throws(LMDBError) -> Int {
        var status = MDB_stat()
        try RawEnvironment.check(mdb_stat(handle, table.handle, &status))
        return status.ms_entries
    }

    /// A copy of the entry with the smallest key.
    package borrowing func first(
        _ table: Table
    ) throws(LMDBError) -> (key: [UInt8], value: [UInt8])? {
        try withCursor(table) { (cursor) throws(LMDBError) in
            try cursor.first() ? ([UInt8](cursor.key), [UInt8](cursor.value)) : nil
        }
    }

    /// A copy of the entry with the largest key.
    package borrowing func last(
        _ table: Table
    ) throws(LMDBError) -> (key: [UInt8], value: [UInt8])? {
        try withCursor(table) { (cursor) throws(LMDBError) in
            try cursor.last() ? ([UInt8](cursor.key), [UInt8](cursor.value)) : nil
        }
    }

    /// Lends a cursor over `table`.
    package borrowing func withCursor<R>(
        _ table: Table, _ body: (inout Cursor) throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        var opened: OpaquePointer?
        try RawEnvironment.check(mdb_cursor_open(handle, table.handle, &opened))
        guard let raw = opened else { throw .other(code: EINVAL) }
        var cursor = Cursor(raw: raw)
        return try body(&cursor)
    }
}

extension MDB_val {
    /// For LMDB's input only, which never writes through it.
    init(_ buffer: UnsafeRawBufferPointer) {
        self.init(
            mv_size: buffer.count, mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
    }

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}

extension LMDBError {
    /// As `init(code:)`, naming the key's length when that was the matter.
    init(code: Int32, keyBytes: Int) {
        self = code == MDB_BAD_VALSIZE ? .keyTooLong(bytes: keyBytes) : LMDBError(code: code)
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` with a typed error.
    package func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try withUnsafeBufferPointer { (buffer) throws(E) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }
}
