import Events
import LMDB

/// What became of one appended event.
package enum AppendResult: Sendable, Hashable {
    /// It is in the log at this position.
    case accepted(Position)
    /// The same message was there already, at this position. Nothing was appended: success to its
    /// sender.
    case duplicate(Position)
    /// Another message with the same source and message ID is at this position and stays. Nothing
    /// was appended: refuse it.
    case conflict(Position)

    /// The position of the event that the log holds under this id.
    package var position: Position {
        switch self {
        case .accepted(let position), .duplicate(let position), .conflict(let position): position
        }
    }
}

/// Writes entries and their index into a transaction. Belongs to the writer's thread.
///
/// The hot path of the product: an event's body is written straight into the page that LMDB
/// reserved for it, and hashed there. A value, so that access to its parts is checked when the code
/// is compiled and not at every event.
struct BatchAppender: ~Copyable {
    private let store: LogStore
    private var chain: HashChain
    private var index: MessageIndex

    init(store: LogStore, head: ChainHead, index: MessageIndex) {
        self.store = store
        self.index = index
        chain = HashChain(after: head)
    }

    var head: ChainHead { chain.head }

    /// The transaction that ``finish(_:)`` completed is on disk.
    mutating func committed() { index.committed() }

    /// Forgets what was written after `head`: its transaction was given up.
    mutating func restore(_ head: ChainHead) {
        chain.restore(head)
        index.restore(last: head.position.number)
    }

    /// Appends a request's entries in order.
    mutating func append(
        _ content: AppendRequest.Content, now: Int64,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> [AppendResult] {
        var results: [AppendResult] = []
        switch content {
        case .events(let events, let keys, let part):
            results.reserveCapacity(part.count)
            try events.withUnsafeBufferPointer { (events) throws(LMDBError) in
                guard let first = events.baseAddress else { return }
                for index in part {
                    results.append(try append(first + index, keys[index], transaction))
                }
            }
        case .encoded(let events, let part):
            results.reserveCapacity(part.count)
            try events.withBytes { (bytes) throws(LMDBError) in
                for item in events.items[part] {
                    let body = UnsafeRawBufferPointer(rebasing: bytes[item.body])
                    results.append(try append(item, body, transaction))
                }
            }
        case .entries(let entries):
            results.reserveCapacity(entries.count)
            for (kind, body) in entries {
                results.append(try append(kind, body, now: now, transaction))
            }
        }
        return results
    }

    /// Records the new end and the new message IDs, in the same transaction as the entries.
    mutating func finish(_ transaction: borrowing WriteTransaction) throws(LMDBError) {
        try index.store(store, in: transaction)
        try transaction.put(
            store.meta, key: LogStore.Meta.head, value: HeadRecord.encode(chain.head))
    }

    /// By its place in memory: a copy, even one that is only lent, would retain and release all
    /// parts of the event.
    private mutating func append(
        _ event: UnsafePointer<Event>, _ key: MessageKey,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        // An id that came earlier in this very commit is found as well.
        if let known = try index.claim(key, at: chain.position + 1, transaction, store) {
            let body = EventBody.encode(event.pointee)
            return try body.withBytes { (body) throws(LMDBError) in
                try judge(body, known: known, transaction)
            }
        }
        let value = try reserve(EventBody.size(event.pointee), at: chain.nextKey(), transaction)
        EventBody.write(
            event.pointee,
            to: UnsafeMutableRawBufferPointer(rebasing: value[EntryFormat.headerBytes...]))
        chain.seal(value, kind: EntryKind.event.rawValue, recordedAt: event.pointee.receivedAt)
        return .accepted(Position(chain.position))
    }

    private mutating func append(
        _ item: EncodedEvents.Item, _ body: UnsafeRawBufferPointer,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        let known = try index.claim(item.key, at: chain.position + 1, transaction, store)
        if let known { return try judge(body, known: known, transaction) }
        let value = try reserve(body.count, at: chain.nextKey(), transaction)
        seal(value, .event, body, recordedAt: item.receivedAt)
        return .accepted(Position(chain.position))
    }

    private mutating func append(
        _ kind: EntryKind, _ body: [UInt8], now: Int64,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        let position = chain.nextKey()
        try withUnsafeBytes(of: kind.rawValue) { (value) throws(LMDBError) in
            try transaction.put(store.controls, key: position, value: value, rule: .append)
        }
        let value = try reserve(body.count, at: position, transaction)
        body.withUnsafeBytes { seal(value, kind, $0, recordedAt: now) }
        return .accepted(Position(chain.position))
    }

    /// Room for the next entry, whose key `position` is.
    private func reserve(
        _ bodyBytes: Int, at position: UnsafeRawBufferPointer,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> UnsafeMutableRawBufferPointer {
        try transaction.reserve(
            store.entries, key: position, count: EntryFormat.headerBytes + bodyBytes,
            rule: .append)
    }

    /// Fills that room.
    private mutating func seal(
        _ value: UnsafeMutableRawBufferPointer, _ kind: EntryKind, _ body: UnsafeRawBufferPointer,
        recordedAt: Int64
    ) {
        UnsafeMutableRawBufferPointer(rebasing: value[EntryFormat.headerBytes...])
            .copyMemory(from: body)
        chain.seal(value, kind: kind.rawValue, recordedAt: recordedAt)
    }

    /// Duplicate or conflict: compares with the event that holds the id.
    private func judge(
        _ body: UnsafeRawBufferPointer, known number: UInt64,
        _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> AppendResult {
        let stored = try withUnsafeBytes(of: number.bigEndian) { (key) throws(LMDBError) in
            try transaction.borrowedValue(store.entries, key: key)
        }
        guard let stored, stored.count >= EntryFormat.headerBytes,
            let parts = EventBodyParts(
                UnsafeRawBufferPointer(rebasing: stored[EntryFormat.headerBytes...]))
        else { throw .corrupted("the message index names position \(number), which is no event") }
        // We wrote it ourselves, a moment ago.
        guard let own = EventBodyParts(body) else {
            throw .corrupted("an event that is to be appended cannot be read")
        }
        guard parts.messageID.elementsEqual(own.messageID), parts.source.elementsEqual(own.source)
        else { throw .corrupted("the message index names position \(number), which is another id") }
        return own.isSameMessage(as: parts)
            ? .duplicate(Position(number)) : .conflict(Position(number))
    }
}
