import LMDB

/// What a writer does to the log before its first append: facts of a new log, the next epoch, and a
/// look at the end of the chain.
struct LogStart: Sendable {
    /// Counts the writers this log has had, from 1. Durable before the first append, so two runs
    /// never share one: a request that belongs to an older run can be told apart.
    let epoch: UInt64
    let head: ChainHead
    let messages: MessageIndex

    /// - Throws: `unknownFormat`, `damaged` when the last entry does not agree with the recorded
    ///   head, or what the store throws.
    static func run(
        _ store: LogStore, creation: [UInt8], limits: LogLimits
    ) throws(LogError) -> LogStart {
        try store.environment.write(orThrow: LogError.self) {
            (transaction) throws(LogError) -> LogStart in
            try makeIfNew(transaction, store, creation)
            let format = try logged { () throws(LMDBError) in
                try transaction.value(store.meta, key: LogStore.Meta.format)
            }
            try LogStore.checkFormat(format, folder: store.environment.path)
            let head = try readHead(transaction, store)
            try checkEnd(transaction, store, head)
            let messages = try logged { () throws(LMDBError) in
                try MessageIndex(transaction, store, countMax: limits.recentMessageCountMax)
            }
            return LogStart(
                epoch: try nextEpoch(transaction, store), head: head, messages: messages)
        }
    }

    private static func makeIfNew(
        _ transaction: borrowing WriteTransaction, _ store: LogStore, _ creation: [UInt8]
    ) throws(LogError) {
        do throws(LMDBError) {
            guard try transaction.count(store.meta) == 0 else { return }
            guard try transaction.count(store.entries) == 0 else { return }
            let format = KeyEncoding.bytes(LogStore.formatVersion)
            try transaction.put(store.meta, key: LogStore.Meta.format, value: format)
            try transaction.put(store.meta, key: LogStore.Meta.creation, value: creation)
            try transaction.put(
                store.meta, key: LogStore.Meta.head, value: HeadRecord.encode(.start))
        } catch {
            throw LogError(store: error)
        }
    }

    private static func nextEpoch(
        _ transaction: borrowing WriteTransaction, _ store: LogStore
    ) throws(LogError) -> UInt64 {
        do throws(LMDBError) {
            let stored = try transaction.value(store.meta, key: LogStore.Meta.epoch)
            let epoch = (stored.flatMap { KeyEncoding.unsigned($0) } ?? 0) + 1
            try transaction.put(
                store.meta, key: LogStore.Meta.epoch, value: KeyEncoding.bytes(epoch))
            return epoch
        } catch {
            throw LogError(store: error)
        }
    }

    /// The recorded end of the log.
    static func readHead(
        _ transaction: borrowing some Transaction & ~Copyable, _ store: LogStore
    ) throws(LogError) -> ChainHead {
        let bytes: [UInt8]?
        do throws(LMDBError) {
            bytes = try transaction.value(store.meta, key: LogStore.Meta.head)
        } catch {
            throw LogError(store: error)
        }
        guard let bytes, let head = HeadRecord.decode(bytes) else {
            throw .damaged(.zero, detail: "the record of the log's end is missing")
        }
        return head
    }

    /// The last entry must be the recorded head, and its hash its own.
    private static func checkEnd(
        _ transaction: borrowing WriteTransaction, _ store: LogStore, _ head: ChainHead
    ) throws(LogError) {
        let tail: [(key: [UInt8], value: [UInt8])]
        do throws(LMDBError) {
            var found: [(key: [UInt8], value: [UInt8])] = []
            try transaction.forEach(store.entries, reverse: true) { key, value in
                found.append(([UInt8](key), [UInt8](value)))
                return found.count < 2
            }
            tail = found
        } catch {
            throw LogError(store: error)
        }
        guard let last = tail.first else {
            guard head == .start else {
                throw .damaged(head.position, detail: "the entries up to it are missing")
            }
            return
        }
        guard KeyEncoding.unsigned(last.key) == head.position.number else {
            throw .damaged(head.position, detail: "it is not the log's last entry")
        }
        try last.value.withBytes { (value) throws(LogError) in
            try EntryFormat.check(head.position, value)
            var chain = HashChain(after: before(head, tail))
            guard chain.accepts(value), chain.head == head else {
                throw .damaged(head.position, detail: "its hash is wrong")
            }
        }
    }

    private static func before(
        _ head: ChainHead, _ tail: [(key: [UInt8], value: [UInt8])]
    ) -> ChainHead {
        guard tail.count == 2, tail[1].value.count >= EntryFormat.headerBytes else { return .start }
        return ChainHead(
            position: Position(head.position.number - 1),
            hash: tail[1].value.withUnsafeBytes { [UInt8](EntryFormat.hash($0)) })
    }
}

/// The meta table's record of the log's end: the position as in the entry's key, then its hash.
enum HeadRecord {
    static func encode(_ head: ChainHead) -> [UInt8] {
        KeyEncoding.bytes(head.position.number) + head.hash
    }

    static func decode(_ bytes: [UInt8]) -> ChainHead? {
        guard bytes.count == 8 + EntryFormat.hashBytes,
            let number = KeyEncoding.unsigned([UInt8](bytes[..<8]))
        else { return nil }
        return ChainHead(position: Position(number), hash: [UInt8](bytes[8...]))
    }
}
