import LMDB

/// The stored form of recent keys of the message index.
///
/// A row's key is the position of its first event, 8 bytes, most significant first, so that rows
/// are appended; its value holds, for each event, the 16 bytes of its ``MessageKey`` and how far
/// its position is past the row's, 4 bytes, most significant first.
enum RecentRows {
    private static let itemBytes = MessageKey.byteCount + 4
    /// Two rows of so many fill a page of 4,096 bytes, and none overflows it.
    static let itemCountMax = 100

    /// Appends rows for keys in the order of their positions.
    static func write(
        _ items: [(key: MessageKey, position: UInt64)],
        _ transaction: borrowing WriteTransaction, _ table: Table
    ) throws(LMDBError) {
        var start = 0
        while start < items.count {
            let end = min(start + itemCountMax, items.count)
            try write(items[start..<end], transaction, table)
            start = end
        }
    }

    private static func write(
        _ items: ArraySlice<(key: MessageKey, position: UInt64)>,
        _ transaction: borrowing WriteTransaction, _ table: Table
    ) throws(LMDBError) {
        guard let first = items.first?.position else { return }
        let row = try withUnsafeBytes(of: first.bigEndian) { (key) throws(LMDBError) in
            try transaction.reserve(
                table, key: key, count: items.count * itemBytes, rule: .append)
        }
        var offset = 0
        for (key, position) in items {
            row.storeBytes(of: key.high.bigEndian, toByteOffset: offset, as: UInt64.self)
            row.storeBytes(of: key.low.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
            // One commit's positions: far fewer than 2^32.
            let distance = UInt32(truncatingIfNeeded: position - first)
            row.storeBytes(of: distance.bigEndian, toByteOffset: offset + 16, as: UInt32.self)
            offset += itemBytes
        }
    }

    /// Visits every key of the table until `visit` returns false.
    ///
    /// - Throws: `corrupted` when a row cannot be read.
    static func forEach(
        _ transaction: borrowing some Transaction & ~Copyable, _ table: Table,
        _ visit: (MessageKey, UInt64) -> Bool
    ) throws(LMDBError) {
        try transaction.forEach(table) { (key, row) throws(LMDBError) in
            guard let first = KeyEncoding.unsigned(key), row.count % itemBytes == 0 else {
                throw .corrupted("a recent row of the message index has a wrong length")
            }
            for offset in stride(from: 0, to: row.count, by: itemBytes) {
                let distance = UInt32(
                    bigEndian: row.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self))
                let item = MessageKey(UnsafeRawBufferPointer(rebasing: row[offset...]))
                guard visit(item, first &+ UInt64(distance)) else { return false }
            }
            return true
        }
    }

    /// The whole table in memory, and its lowest position; nil when it is empty.
    static func load(
        _ transaction: borrowing some Transaction & ~Copyable, _ table: Table
    ) throws(LMDBError) -> (messages: RecentMessages, firstPosition: UInt64?) {
        var messages = RecentMessages()
        var isRepeated = false
        try forEach(transaction, table) { key, position in
            // Nothing but damage repeats a key or makes a position 0.
            isRepeated = isRepeated || position == 0 || messages.position(of: key) != nil
            if !isRepeated { messages.insert(key, at: position) }
            return !isRepeated
        }
        guard !isRepeated else {
            throw .corrupted("the message index names an id or a position twice")
        }
        let first = try transaction.first(table)
        return (messages, first.flatMap { KeyEncoding.unsigned($0.key) })
    }
}
