import CLMDB

/// What a walk over a table does with one entry; returns whether to go on. Key and value are lent.
package typealias EntryVisit = (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer)
    throws(LMDBError) -> Bool

extension Transaction where Self: ~Copyable {
    /// Walks the entries whose keys lie between `from` and `through`, both included, nil meaning no
    /// bound: upwards, or downwards from `through` when `reverse`. Ends when `body` returns false.
    /// `body` must not write to the table.
    package borrowing func forEach(
        _ table: Table, from: [UInt8]? = nil, through: [UInt8]? = nil, reverse: Bool = false,
        _ body: EntryVisit
    ) throws(LMDBError) {
        try withCursor(table) { (cursor) throws(LMDBError) in
            var isFound = try cursor.start(from: from, through: through, reverse: reverse)
            let end = reverse ? from : through
            while isFound {
                if let end, cursor.key.isBeyond(end, reverse: reverse) { return }
                guard try body(cursor.key, cursor.value) else { return }
                isFound = try reverse ? cursor.previous() : cursor.next()
            }
        }
    }

    /// Walks upwards the entries whose keys begin with `prefix`.
    package borrowing func forEach(
        _ table: Table, prefix: [UInt8], _ body: EntryVisit
    ) throws(LMDBError) {
        try forEach(table, from: prefix) { (key, value) throws(LMDBError) in
            guard key.starts(with: prefix) else { return false }
            return try body(key, value)
        }
    }
}

extension Cursor {
    fileprivate mutating func start(
        from: [UInt8]?, through: [UInt8]?, reverse: Bool
    ) throws(LMDBError) -> Bool {
        if reverse {
            guard let through else { return try last() }
            return try seek(atOrBefore: through)
        }
        guard let from else { return try first() }
        return try seek(atOrAfter: from)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether this key lies past `end` in the walk's direction, in LMDB's order: bytes, then
    /// length.
    fileprivate func isBeyond(_ end: [UInt8], reverse: Bool) -> Bool {
        reverse ? lexicographicallyPrecedes(end) : end.lexicographicallyPrecedes(self)
    }
}
