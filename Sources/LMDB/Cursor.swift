import CLMDB

/// A place in a table, lent by ``Transaction/withCursor(_:_:)``. Each move says whether it found an
/// entry; ``key`` and ``value`` are that entry's, lent, and empty when the move found none.
package struct Cursor: ~Copyable {
    private let raw: OpaquePointer
    package private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
    package private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

    init(raw: OpaquePointer) { self.raw = raw }

    deinit { mdb_cursor_close(raw) }

    /// Moves to the smallest key.
    package mutating func first() throws(LMDBError) -> Bool { try move(MDB_FIRST) }
    /// Moves to the largest key.
    package mutating func last() throws(LMDBError) -> Bool { try move(MDB_LAST) }
    /// Moves to the next larger key; to the smallest when it has not moved yet.
    package mutating func next() throws(LMDBError) -> Bool { try move(MDB_NEXT) }
    /// Moves to the next smaller key; to the largest when it has not moved yet.
    package mutating func previous() throws(LMDBError) -> Bool { try move(MDB_PREV) }

    /// Moves to the smallest key that is `key` or larger.
    package mutating func seek(atOrAfter key: [UInt8]) throws(LMDBError) -> Bool {
        // LMDB refuses an empty key; everything is at or after it.
        if key.isEmpty { return try first() }
        return try key.withBytes { (bytes) throws(LMDBError) in
            try move(MDB_SET_RANGE, to: MDB_val(bytes))
        }
    }

    /// Moves to the largest key that is `key` or smaller.
    package mutating func seek(atOrBefore key: [UInt8]) throws(LMDBError) -> Bool {
        guard try seek(atOrAfter: key) else { return try last() }
        return self.key.elementsEqual(key) ? true : try previous()
    }

    private mutating func move(
        _ operation: MDB_cursor_op, to target: MDB_val = MDB_val()
    ) throws(LMDBError) -> Bool {
        var foundKey = target
        var foundValue = MDB_val()
        let code = mdb_cursor_get(raw, &foundKey, &foundValue, operation)
        guard code == 0 || code == MDB_NOTFOUND else {
            throw LMDBError(code: code, keyBytes: target.mv_size)
        }
        let isFound = code == 0
        key = isFound ? foundKey.buffer : UnsafeRawBufferPointer(start: nil, count: 0)
        value = isFound ? foundValue.buffer : UnsafeRawBufferPointer(start: nil, count: 0)
        return isFound
    }
}
