import Events
import LMDB

/// Reads the log, beside the writer of this or another process.
///
/// Every call is one short read transaction (``verify(problemCountMax:)`` and
/// ``firstPosition(atOrAfter:)`` are several): results are copies, and one call sees one state.
package struct LogReader: Sendable {
    let store: LogStore

    init(store: LogStore) { self.store = store }

    /// Opens the log in `folder`, which another process may be writing. Nothing is created. In the
    /// process that writes use ``LogWriter/reader()``: a second opening there is refused.
    ///
    /// - Throws: `notALog`, `unknownFormat`, `store`.
    package init(folder: String) throws(LogError) {
        store = try LogStore.openToRead(folder: folder)
    }

    /// The last position; zero in an empty log.
    package func lastPosition() throws(LogError) -> Position {
        let key = try logged { () throws(LMDBError) in
            try store.environment.read { (transaction) throws(LMDBError) in
                try transaction.last(store.entries)?.key
            }
        }
        guard let key else { return .zero }
        guard let number = KeyEncoding.unsigned(key) else {
            throw .damaged(.zero, detail: "the last entry's key is no position")
        }
        return Position(number)
    }

    /// The entry at `position`; nil when the log does not hold it.
    ///
    /// - Throws: `damaged`, `unknownFormat`, `closed`, `store`.
    package func entry(at position: Position) throws(LogError) -> Entry? {
        try store.environment.read(orThrow: LogError.self) {
            (transaction) throws(LogError) -> Entry? in
            let value = try Self.value(transaction, store, position)
            guard let value else { return nil }
            return try EntryFormat.entry(at: position, value)
        }
    }

    /// The entries after `position`, in order: up to `countMax`, and no more once their bodies have
    /// reached `bytesMax`; at least one when there is any. Fewer than `countMax` does not mean the
    /// end.
    ///
    /// - Throws: `damaged` at a gap or a broken header, `unknownFormat`, `closed`, `store`.
    package func entries(
        after position: Position, countMax: Int, bytesMax: Int
    ) throws(LogError) -> [Entry] {
        try page(after: position, countMax, bytesMax, EntryFormat.entry)
    }

    /// The same with the events read: nothing of an event's entry is copied but the event.
    ///
    /// - Throws: as ``entries(after:countMax:bytesMax:)``, and `damaged` at an unreadable event.
    package func contents(
        after position: Position, countMax: Int, bytesMax: Int
    ) throws(LogError) -> [EntryContent] {
        try page(after: position, countMax, bytesMax, EntryContent.read)
    }

    private func page<Item>(
        after position: Position, _ countMax: Int, _ bytesMax: Int,
        _ read: (Position, UnsafeRawBufferPointer) throws(LogError) -> Item
    ) throws(LogError) -> [Item] {
        var items: [Item] = []
        var failure: LogError?
        var bytes = 0
        try walk(from: position.next) { expected, found, value in
            do throws(LogError) {
                guard found == expected else { throw .damaged(expected, detail: "it is missing") }
                items.append(try read(found, value))
            } catch {
                failure = error
                return false
            }
            bytes += value.count - EntryFormat.headerBytes
            return items.count < countMax && bytes < bytesMax
        }
        // What was read before a damaged entry is good: the next call meets the damage first.
        if let failure, items.isEmpty { throw failure }
        return items
    }

    /// The position at which the log holds a message ID; nil when it does not.
    package func position(source: String, messageID: String) throws(LogError) -> Position? {
        let key = MessageKey(source: source, messageID: messageID)
        let found = try logged { () throws(LMDBError) in
            try store.environment.read { (transaction) throws(LMDBError) -> UInt64? in
                if let position = try recent(key, transaction) { return position }
                return try MessageIndex.merged(key, transaction, store)
            }
        }
        return found.map { Position($0) }
    }

    /// The position that the youngest part of the message index has for `key`: a walk over all of
    /// it, some milliseconds.
    private func recent(
        _ key: MessageKey, _ transaction: borrowing ReadTransaction
    ) throws(LMDBError) -> UInt64? {
        var found: UInt64?
        for table in store.recent where found == nil {
            try RecentRows.forEach(transaction, table) { other, position in
                if other == key { found = position }
                return found == nil
            }
        }
        return found
    }

    /// How many writers the log has had.
    package func epoch() throws(LogError) -> UInt64 {
        try meta(LogStore.Meta.epoch).flatMap { KeyEncoding.unsigned($0) } ?? 0
    }

    /// 16 random bytes from when the log was made: tells one log from another.
    package func creationID() throws(LogError) -> [UInt8] {
        try meta(LogStore.Meta.creation) ?? []
    }

    /// How full the log's map and disk are.
    package func usage() throws(LogError) -> EnvironmentUsage {
        try logged { () throws(LMDBError) in try store.environment.usage() }
    }

    /// Frees what readers of dead processes hold, and returns how many there were. A server calls
    /// it every minute.
    @discardableResult
    package func clearStaleReaders() throws(LogError) -> Int {
        try logged { () throws(LMDBError) in try store.environment.clearStaleReaders() }
    }

    /// Writes a consistent, compacted, synced copy of the log into the existing, empty `folder`,
    /// while appending goes on.
    package func copy(toFolder folder: String) throws(LogError) {
        try logged { () throws(LMDBError) in try store.environment.copy(toFolder: folder) }
    }

    /// Gives the environment back; later calls throw `closed`. For readers opened by folder: a
    /// writer's own reader ends with the writer.
    package func close() { store.environment.close() }

    private func meta(_ key: [UInt8]) throws(LogError) -> [UInt8]? {
        try logged { () throws(LMDBError) in
            try store.environment.read { (transaction) throws(LMDBError) in
                try transaction.value(store.meta, key: key)
            }
        }
    }
}
